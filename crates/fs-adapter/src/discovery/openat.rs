//! The fast walk: every directory is opened relative to its parent, and nothing is allocated for an
//! entry but what is found.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;
use rustix::path::Arg;
use skillstat_domain::{ProjectDiscovery, ProjectPath, Scanned, Workers};

use super::exclude::ExcludeError;
use super::found::Found;
use super::{Branch, DiscoveryOptions, Plan};
use crate::layout::{INTENT_FILE, TRACKER_FILE};
use crate::listing::{known, list};
use crate::listings::{Entries, Listings, Reporting};

/// Finds projects by walking each root down to the depth limit, and no deeper.
///
/// Hidden directories, `node_modules` and `.git` are entered like any other: a project may lie
/// there. Links to directories are not followed, except a root itself; a profile root may be a link.
#[derive(Debug)]
pub struct OpenatDiscovery {
    pub(super) plan: Plan,
    listings: Option<Arc<Listings>>,
}

impl OpenatDiscovery {
    /// Prepares a walk; `workers` walk the directories directly below the roots side by side.
    ///
    /// # Errors
    ///
    /// - [`ExcludeError`] when an exclude glob is malformed.
    pub fn new(options: DiscoveryOptions, workers: Arc<dyn Workers>) -> Result<Self, ExcludeError> {
        Ok(Self { plan: Plan::new(options, workers)?, listings: None })
    }

    /// Reports what it lists from now on.
    #[must_use]
    pub fn reporting(self, listings: Arc<Listings>) -> Self {
        Self { listings: Some(listings), ..self }
    }

    /// Walks a directory by its path.
    pub(super) fn start(
        &self,
        branch: &Branch,
        found: &mut Found,
        deeper: Option<&mut Vec<Branch>>,
    ) {
        let mut walk = Walk {
            plan: &self.plan,
            found,
            path: branch.top.clone(),
            names: Vec::new(),
            reporting: self.listings.as_ref().and_then(|listings| listings.begin()),
            entries: Entries::default(),
        };
        walk.directory(open(CWD, branch.top.as_os_str()), branch.depth, deeper);
    }
}

/// A walk on its way.
struct Walk<'a> {
    plan: &'a Plan,
    found: &'a mut Found,
    /// The directory that is walked now.
    path: PathBuf,
    /// The directories that are to be walked here and above, each name with a NUL behind it: one room
    /// for all of them.
    names: Vec<u8>,
    reporting: Option<Reporting<'a>>,
    /// What is reported of the current directory.
    entries: Entries,
}

impl Walk<'_> {
    /// Walks an opened directory.
    fn directory(
        &mut self,
        opened: io::Result<OwnedFd>,
        depth: usize,
        mut deeper: Option<&mut Vec<Branch>>,
    ) {
        let directory = match opened {
            Ok(directory) => directory,
            Err(error) => return self.found.unreadable(&self.path, &error),
        };
        let first = self.names.len();
        if let Err(error) = self.list(directory.as_fd(), depth) {
            self.found.unreadable(&self.path, &error);
        }
        let (mut at, end) = (first, self.names.len());
        while at < end {
            let name = CStr::from_bytes_until_nul(&self.names[at..]).expect("each ends with NUL");
            at += name.count_bytes() + 1;
            self.path.push(OsStr::from_bytes(name.to_bytes()));
            if let Some(deeper) = &mut deeper {
                deeper.push(Branch { top: self.path.clone(), depth: depth + 1 });
            } else {
                let opened = open(directory.as_fd(), name);
                self.directory(opened, depth + 1, None);
            }
            self.path.pop();
        }
        self.names.truncate(first);
    }

    /// Probes the profile roots of a directory and notes the names of those directories in it that are
    /// to be walked.
    fn list(&mut self, directory: BorrowedFd<'_>, depth: usize) -> io::Result<()> {
        let Self { plan, found, path, names, reporting, entries } = self;
        entries.clear();
        let listed = list(directory, |entry, kind| {
            let name = OsStr::from_bytes(entry.to_bytes());
            let kind = match known(kind, directory, entry) {
                Ok(kind) => kind,
                Err(error) => {
                    if reporting.is_some() {
                        entries.note(entry.to_bytes(), FileType::Unknown);
                    }
                    return found.unreadable(path, &error);
                }
            };
            let role = role(plan, path, depth, name, kind);
            let probed = role.filter(|role| role.is_candidate).map(|_| probe(directory, name));
            if reporting.is_some() {
                match &probed {
                    Some(probed) if kind == FileType::Directory => {
                        entries.note_probed(entry.to_bytes(), tracker(probed));
                    }
                    _ => entries.note(entry.to_bytes(), kind),
                }
            }
            if let Some(probed) = probed {
                found.probed(path, name, probed.map(drop));
            }
            let Some(role) = role else { return };
            if role.is_walked {
                names.extend_from_slice(entry.to_bytes_with_nul());
            }
        });
        if let (Some(reporting), Ok(())) = (reporting, &listed) {
            reporting.report(path, entries);
        }
        listed
    }
}

/// What a walk does with an entry of a directory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    /// It may be a profile root.
    pub(super) is_candidate: bool,
    pub(super) is_walked: bool,
}

/// Tells what a walk does with an entry of a directory; nothing where it passes it by.
pub(super) fn role(
    plan: &Plan,
    directory: &Path,
    depth: usize,
    name: &OsStr,
    kind: FileType,
) -> Option<Role> {
    let may_be_profile_root = matches!(kind, FileType::Directory | FileType::Symlink);
    let is_candidate = may_be_profile_root && name.as_bytes().starts_with(b".");
    let is_walked = kind == FileType::Directory && depth < plan.max_depth;
    let counts = (is_candidate || is_walked) && !plan.exclude.covers(name, || directory.join(name));
    counts.then_some(Role { is_candidate, is_walked })
}

/// Looks for a tracker, of whatever kind and condition, or what a first write has left that was
/// interrupted; tells whether it is a tracker in a file of its own.
pub(super) fn probe(parent: BorrowedFd<'_>, profile_root: &OsStr) -> io::Result<bool> {
    let look =
        |file: &str| statat(parent, Path::new(profile_root).join(file), AtFlags::SYMLINK_NOFOLLOW);
    Ok(match look(TRACKER_FILE) {
        Ok(tracker) => FileType::from_raw_mode(tracker.st_mode) == FileType::RegularFile,
        Err(Errno::NOENT) => look(INTENT_FILE).map(|_| false)?,
        Err(errno) => return Err(errno.into()),
    })
}

/// Tells whether there is a tracker in a file of its own; nothing when that takes a closer look.
fn tracker(probed: &io::Result<bool>) -> Option<bool> {
    match probed {
        Ok(true) => Some(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(false),
        Ok(false) | Err(_) => None,
    }
}

pub(super) fn open(parent: BorrowedFd<'_>, name: impl Arg) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(parent, name, flags, Mode::empty())?)
}

impl ProjectDiscovery for OpenatDiscovery {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        self.plan.discover(|branch, found, deeper| self.start(branch, found, deeper))
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        self.plan.look_at(directory, |branch, found, deeper| self.start(branch, found, deeper))
    }
}
