//! The fast walk: every directory is opened relative to its parent, and no path is built for an
//! entry that is neither a profile root nor walked.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, statat};
use skillstat_domain::{ProjectDiscovery, ProjectPath, Scanned, Workers};

use super::exclude::ExcludeError;
use super::found::Found;
use super::{Branch, DiscoveryOptions, Plan};
use crate::layout::{INTENT_FILE, TRACKER_FILE};

/// Finds projects by walking each root down to the depth limit, and no deeper.
///
/// Hidden directories, `node_modules` and `.git` are entered like any other: a project may lie
/// there. Links to directories are not followed, except a root itself; a profile root may be a link.
#[derive(Debug)]
pub struct OpenatDiscovery {
    plan: Plan,
}

impl OpenatDiscovery {
    /// Prepares a walk; `workers` walk the directories directly below the roots side by side.
    ///
    /// # Errors
    ///
    /// - [`ExcludeError`] when an exclude glob is malformed.
    pub fn new(options: DiscoveryOptions, workers: Arc<dyn Workers>) -> Result<Self, ExcludeError> {
        Ok(Self { plan: Plan::new(options, workers)? })
    }

    /// Walks a directory by its path.
    pub(super) fn start(
        &self,
        branch: &Branch,
        found: &mut Found,
        deeper: Option<&mut Vec<Branch>>,
    ) {
        self.walk(open(CWD, branch.top.as_os_str()), branch, found, deeper);
    }

    /// Walks an opened directory.
    fn walk(
        &self,
        opened: io::Result<OwnedFd>,
        branch: &Branch,
        found: &mut Found,
        mut deeper: Option<&mut Vec<Branch>>,
    ) {
        let mut directory = match opened.and_then(|opened| Ok(Dir::new(opened)?)) {
            Ok(directory) => directory,
            Err(error) => return found.unreadable(&branch.top, &error),
        };
        for name in self.list(&mut directory, branch, found) {
            let child = Branch { top: branch.top.join(&name), depth: branch.depth + 1 };
            if let Some(deeper) = &mut deeper {
                deeper.push(child);
            } else {
                let parent = directory.fd().map_err(io::Error::from);
                self.walk(parent.and_then(|parent| open(parent, &name)), &child, found, None);
            }
        }
    }

    /// Probes the profile roots of a directory and returns the names of those directories in it that
    /// are to be walked.
    fn list(&self, directory: &mut Dir, branch: &Branch, found: &mut Found) -> Vec<OsString> {
        let mut below = Vec::new();
        while let Some(entry) = directory.read() {
            let probed = entry.map_err(io::Error::from).and_then(|entry| {
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                let parent = directory.fd()?;
                let kind = kind(entry.file_type(), parent, name)?;
                let hidden = name.as_bytes().starts_with(b".");
                let walked = kind == FileType::Directory && branch.depth < self.plan.max_depth;
                if name == "." || name == ".." || !(walked || hidden && may_be_profile_root(kind)) {
                    return Ok(());
                }
                if self.plan.exclude.covers(name, || branch.top.join(name)) {
                    return Ok(());
                }
                if hidden {
                    found.probed(&branch.top, name, probe(parent, name));
                }
                if walked {
                    below.push(name.to_owned());
                }
                Ok(())
            });
            if let Err(error) = probed {
                found.unreadable(&branch.top, &error);
            }
        }
        below
    }
}

fn may_be_profile_root(kind: FileType) -> bool {
    matches!(kind, FileType::Directory | FileType::Symlink)
}

/// Asks for the kind of an entry where the listing does not tell it.
fn kind(listed: FileType, parent: BorrowedFd<'_>, name: &OsStr) -> io::Result<FileType> {
    if listed != FileType::Unknown {
        return Ok(listed);
    }
    Ok(FileType::from_raw_mode(statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode))
}

/// Looks for a tracker, of whatever kind and condition, or what a first write has left that was
/// interrupted.
fn probe(parent: BorrowedFd<'_>, profile_root: &OsStr) -> io::Result<()> {
    let look = |file: &str| {
        statat(parent, Path::new(profile_root).join(file), AtFlags::SYMLINK_NOFOLLOW).map(drop)
    };
    Ok(look(TRACKER_FILE).or_else(|errno| match errno {
        rustix::io::Errno::NOENT => look(INTENT_FILE),
        errno => Err(errno),
    })?)
}

fn open(parent: BorrowedFd<'_>, name: &OsStr) -> io::Result<OwnedFd> {
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
