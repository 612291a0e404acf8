//! Looking from time to time at what nobody tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use camino::Utf8PathBuf;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, openat, statat};
use skillstat_domain::{Change, ProfileRoot, ProjectPath};

use crate::layout::TRACKER_FILE;
use crate::stamp::Stamp;
use crate::tree::MAX_LEVELS;

/// How old a change must be at the least to be told from another: some file systems count time in
/// steps of two seconds.
const STEP: Duration = Duration::from_secs(2);

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sight {
    /// The profile roots and trackers of a project.
    Trackers(ProjectPath),
    /// A copy.
    Copy(ProjectPath, ProfileRoot, Utf8PathBuf),
    /// The collections, below SkillMeat's home.
    Collections(Utf8PathBuf),
}

impl Sight {
    fn change(&self) -> Change {
        match self.clone() {
            Self::Trackers(project) => Change::Project(project),
            Self::Copy(project, profile_root, path) => {
                Change::Content { project, profile_root, path }
            }
            Self::Collections(_) => Change::Collections,
        }
    }

    fn look(&self, view: &mut View) {
        match self {
            Self::Trackers(project) => view.trackers(project.as_path().as_std_path()),
            Self::Copy(project, root, path) => {
                let path = project.as_path().join(root.as_str()).join(path);
                view.all(path.as_std_path(), 0);
            }
            Self::Collections(home) => view.all(home.as_std_path(), 0),
        }
    }
}

/// What was seen at the last look, of everything that is looked at. Contents are not read: what the
/// system says of each file tells.
#[derive(Debug, Default)]
pub(super) struct Looks {
    seen: BTreeMap<Sight, View>,
}

impl Looks {
    /// Looks at all of these; returns what is different from the last look, or was not looked at then.
    pub(super) fn look(&mut self, sights: impl IntoIterator<Item = Sight>) -> BTreeSet<Change> {
        let mut changes = BTreeSet::new();
        let mut seen = BTreeMap::new();
        for sight in sights {
            let mut view = View::new();
            sight.look(&mut view);
            if !self.seen.get(&sight).is_some_and(|before| before.still(&view)) {
                changes.insert(sight.change());
            }
            seen.insert(sight, view);
        }
        self.seen = seen;
        changes
    }

    /// Returns how much is looked at.
    pub(super) fn len(&self) -> usize {
        self.seen.len()
    }
}

/// What the system said of some files and directories, in short.
#[derive(Debug)]
struct View {
    digest: u64,
    /// When the look began, in seconds and nanoseconds since 1970, as file times are told.
    begun: Duration,
    /// Whether something may have changed again since, unseen.
    young: bool,
}

impl View {
    fn new() -> Self {
        let begun = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { digest: 0, begun, young: false }
    }

    /// Tells whether a later look shows the same and nothing can have changed since this one.
    fn still(&self, later: &Self) -> bool {
        self.digest == later.digest && !self.young
    }

    fn add(&mut self, name: &[u8], what: &Stat) {
        let mut hasher = DefaultHasher::new();
        (self.digest, name, Stamp::new(what), what.st_mode).hash(&mut hasher);
        self.digest = hasher.finish();
        let seconds = u64::try_from(what.st_ctime).unwrap_or_default();
        let changed = Duration::from_secs(seconds);
        self.young |= changed + STEP >= self.begun;
    }

    fn trackers(&mut self, project: &Path) {
        for (name, kind) in names(project) {
            let hidden = name.first() == Some(&b'.');
            if hidden && matches!(kind, FileType::Directory | FileType::Symlink) {
                let tracker = project.join(os(&name)).join(TRACKER_FILE);
                if let Ok(what) = statat(CWD, &tracker, AtFlags::empty()) {
                    self.add(&name, &what);
                }
            }
        }
    }

    fn all(&mut self, path: &Path, level: usize) {
        // Links are followed: where one leads is part of a copy. Round in a circle it ends somewhere.
        let Ok(what) = statat(CWD, path, AtFlags::empty()) else { return };
        self.add(&[], &what);
        if level > MAX_LEVELS || FileType::from_raw_mode(what.st_mode) != FileType::Directory {
            return;
        }
        for (name, kind) in names(path) {
            let path = path.join(os(&name));
            if let Ok(what) = statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW) {
                self.add(&name, &what);
            }
            match kind {
                FileType::Directory => self.all(&path, level + 1),
                FileType::Symlink => {
                    if let Ok(what) = statat(CWD, &path, AtFlags::empty()) {
                        self.add(&name, &what);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Lists a directory by name; one that cannot be listed is empty.
fn names(directory: &Path) -> Vec<(Vec<u8>, FileType)> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = openat(CWD, directory, flags, Mode::empty()).and_then(Dir::new);
    let entries = opened.into_iter().flatten().flatten();
    let mut names: Vec<_> = entries
        .map(|entry| (entry.file_name().to_bytes().to_vec(), entry.file_type()))
        .filter(|(name, _)| name != b"." && name != b"..")
        .collect();
    names.sort_by(|(one, _), (other, _)| one.cmp(other));
    names
}

fn os(name: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(name)
}
