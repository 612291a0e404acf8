//! Looking from time to time at what nobody tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use camino::Utf8PathBuf;
use rustix::fs::{AtFlags, CWD, FileType, Stat, statat};
use skillstat_domain::{Change, ProfileRoot, ProjectPath};

use crate::hasher::may_be_misplaced;
use crate::layout::{COLLECTIONS_DIRECTORY, INTENT_FILE, SKILLMEAT_CONFIG_FILE, TRACKER_FILE};
use crate::listing::list_at;
use crate::stamp::Stamp;
use crate::tree::MAX_LEVELS;

/// How old a change must be at the least to be told from another: some file systems count time in
/// steps of two seconds.
const STEP: Duration = Duration::from_secs(2);

/// How many levels below the directory of collections a link to a directory is followed: a collection
/// may be one, a directory of artifacts in it, and an artifact. Inside of an artifact none counts.
pub(super) const LINKED_LEVELS: usize = 3;

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
            Self::Copy(project, root, copy) => {
                let project = project.as_path();
                view.all(project.join(root.as_str()).join(copy).as_std_path(), 0, 0);
                if may_be_misplaced(copy) {
                    view.entry(&[], project.join(copy).as_std_path());
                }
            }
            // The rest of the home is not read for any answer.
            Self::Collections(home) => {
                view.entry(&[], home.join(SKILLMEAT_CONFIG_FILE).as_std_path());
                view.all(home.join(COLLECTIONS_DIRECTORY).as_std_path(), 0, LINKED_LEVELS);
            }
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

    /// Adds what lies at a path, and what it leads to if it is a link.
    fn entry(&mut self, name: &[u8], path: &Path) {
        let Ok(what) = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) else { return };
        self.add(name, &what);
        if FileType::from_raw_mode(what.st_mode) == FileType::Symlink
            && let Ok(what) = statat(CWD, path, AtFlags::empty())
        {
            self.add(name, &what);
        }
    }

    fn trackers(&mut self, project: &Path) {
        for (name, kind) in names(project) {
            let hidden = name.first() == Some(&b'.');
            if hidden && matches!(kind, FileType::Directory | FileType::Symlink) {
                let profile_root = project.join(os(&name));
                for file in [TRACKER_FILE, INTENT_FILE] {
                    self.entry(&name, &profile_root.join(file));
                }
            }
        }
    }

    /// Adds what lies at a path and all below it. Links to directories are followed at the path itself
    /// and so many levels below it. Round in a circle that ends somewhere.
    fn all(&mut self, path: &Path, level: usize, linked: usize) {
        let Ok(what) = statat(CWD, path, AtFlags::empty()) else { return };
        self.add(&[], &what);
        if level > MAX_LEVELS || FileType::from_raw_mode(what.st_mode) != FileType::Directory {
            return;
        }
        for (name, kind) in names(path) {
            let path = path.join(os(&name));
            self.entry(&name, &path);
            if kind == FileType::Directory || kind == FileType::Symlink && level < linked {
                self.all(&path, level + 1, linked);
            }
        }
    }
}

/// Lists a directory by name; one that cannot be listed is empty.
fn names(directory: &Path) -> Vec<(Vec<u8>, FileType)> {
    let mut names = Vec::new();
    let _what_there_is =
        list_at(directory, |name, kind| names.push((name.to_bytes().to_vec(), kind)));
    names.sort_by(|(one, _), (other, _)| one.cmp(other));
    names
}

fn os(name: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(name)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::listing::without_kinds;
    use crate::test_support::TempTree;

    /// Longer than a change can be too young for.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Looks until nothing has changed any more: what has just been made may change unseen.
    fn quiet(looks: &mut Looks, sight: &Sight) {
        let begun = Instant::now();
        while !looks.look([sight.clone()]).is_empty() {
            assert!(begun.elapsed() < PATIENCE, "never quiet: {sight:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn digest(sight: &Sight) -> u64 {
        let mut view = View::new();
        sight.look(&mut view);
        view.digest
    }

    #[test]
    fn what_has_just_changed_may_have_changed_again() {
        let tree = TempTree::new();
        tree.file("shop/.claude/skills/pdf/SKILL.md", "");
        let root = ProfileRoot::new(".claude").unwrap();
        let sight = Sight::Copy(tree.project("shop"), root, "skills/pdf".into());
        let (mut looks, begun) = (Looks::default(), Instant::now());
        for _ in 0..3 {
            assert_eq!(looks.look([sight.clone()]), BTreeSet::from([sight.change()]));
        }
        quiet(&mut looks, &sight);
        // Until all that changes later is sure to be told a later time, in whole seconds.
        assert!(begun.elapsed() + Duration::from_secs(1) >= STEP, "{:?}", begun.elapsed());
        assert_eq!(looks.len(), 1);
    }

    #[test]
    fn each_sight_shows_what_answers_are_made_from_and_no_more() {
        let tree = TempTree::new();
        let root = ProfileRoot::new(".claude").unwrap();
        let copy = |path: &str| Sight::Copy(tree.project("shop"), root.clone(), path.into());
        let trackers = Sight::Trackers(tree.project("shop"));
        let collections = Sight::Collections(tree.path("home").try_into().unwrap());
        tree.file("shop/.claude/skills/pdf/a/b/file", "")
            .file("shop/.claude/skills/csv/file", "")
            .file("shop/.claude/other/file", "")
            .file("shop/src/main.rs", "")
            .link("shop/.claude/skills/pdf/link", "../../other/file")
            .tracker("shop/.claude")
            .tracker("shop/.codex")
            .file("store/tracker", "")
            .link("shop/.agents/.skillmeat-deployed.toml", "../../store/tracker")
            .file("home/collections/own/collection.toml", "")
            .file("home/cache.db", "")
            .file("team/collection.toml", "")
            .link("home/collections/team", "../../team");
        let (pdf, docs) = (copy("skills/pdf"), copy("docs/notes"));
        let cases = [
            (&pdf, "shop/.claude/skills/pdf/a/b/file", true),
            (&pdf, "shop/.claude/skills/pdf/a/new", true),
            (&pdf, "shop/.claude/other/file", true),
            (&pdf, "shop/.claude/skills/csv/file", false),
            (&docs, "shop/.claude/docs/notes", true),
            (&docs, "shop/docs/notes", true),
            (&docs, "shop/src/main.rs", false),
            (&trackers, "shop/.codex/.skillmeat-deployed.toml", true),
            (&trackers, "shop/.new/.skillmeat-deployed.toml", true),
            (&trackers, "store/tracker", true),
            (&trackers, "shop/.claude/other/file", false),
            (&collections, "home/collections/own/collection.toml", true),
            (&collections, "home/collections/new/collection.toml", true),
            (&collections, "team/collection.toml", true),
            (&collections, "home/config.toml", true),
            (&collections, "home/cache.db", false),
        ];
        for (sight, path, shows) in cases {
            let (before, before_without) = (digest(sight), without_kinds(|| digest(sight)));
            tree.file(path, path);
            assert_eq!(digest(sight) != before, shows, "{path} in {sight:?}");
            // On a file system that does not tell what a name stands for.
            let without = without_kinds(|| digest(sight));
            assert_eq!(without != before_without, shows, "{path} in {sight:?} without kinds");
        }
        // A link that leads nowhere is no tracker, but a problem.
        let before = digest(&trackers);
        tree.link("shop/.gone/.skillmeat-deployed.toml", "nothing");
        assert_ne!(digest(&trackers), before);
    }
}
