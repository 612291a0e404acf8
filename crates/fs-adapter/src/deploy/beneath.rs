//! A profile root that is open, and what lies beneath it.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use camino::Utf8Path;
use cap_std::fs::Dir;
use skillstat_domain::{DeployError, Occupant};

use crate::entry::{Entry, What};
use crate::fault::{cannot_be, make_writable};
use crate::hasher::{explain, hash_when_quiet};
use crate::layout::{STAGING_DIRECTORY, TRACKER_FILE, is_lock_file};
use crate::links::{Links, leaves_profile_root};

/// How deep it is looked whether a directory holds lock files alone.
const MAX_LEVELS: usize = 16;

/// A profile root: whatever is done in it is done relative to the open directory, so that it makes no
/// difference what becomes of the path that led there.
#[derive(Debug)]
pub(crate) struct Beneath {
    dir: Dir,
    shown: String,
}

/// An entry by the directory that holds it and its name.
#[derive(Debug)]
pub(crate) struct Located {
    /// The directory.
    pub(crate) parent: Dir,
    /// The name, without a slash.
    pub(crate) name: CString,
}

impl Located {
    /// Returns the directory as the system takes it.
    pub(crate) fn within(&self) -> BorrowedFd<'_> {
        self.parent.as_fd()
    }

    /// Opens what is there, and follows no link.
    pub(crate) fn entry(&self) -> Result<Option<Entry>, What> {
        Entry::open(self.within(), &self.name)
    }
}

impl Beneath {
    /// Takes an open profile root and its path, which is for errors.
    pub(crate) fn new(dir: Dir, shown: String) -> Self {
        Self { dir, shown }
    }

    /// Returns the profile root as the system takes it.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.dir.as_fd()
    }

    /// Returns the profile root.
    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Returns the path of the profile root.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns a path beneath as it is shown.
    pub(crate) fn show(&self, path: impl AsRef<Utf8Path>) -> String {
        Utf8Path::new(&self.shown).join(path.as_ref()).into_string()
    }

    /// Finds the directory that holds `path`. Links are followed as long as they stay beneath.
    pub(crate) fn locate(&self, path: &Utf8Path) -> io::Result<Located> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_str().is_empty() => self.dir.open_dir(parent)?,
            _ => self.dir.try_clone()?,
        };
        Ok(Located { parent, name: CString::new(name)? })
    }

    /// Tells what lies at a path.
    pub(crate) fn occupant(&self, path: &Utf8Path) -> Occupant {
        if let Some(reason) = reserved(path) {
            return Occupant::Unverified(reason.to_owned());
        }
        match self.dir.symlink_metadata(path) {
            Ok(_) => {}
            Err(error) if crate::fault::is_absence(&error) => return Occupant::Nothing,
            Err(error) if leaves_profile_root(&error) => {
                return Occupant::Unverified(
                    "lies behind a link that leaves the profile root".to_owned(),
                );
            }
            Err(error) => return Occupant::Unverified(crate::fault::cannot_be_read(&error)),
        }
        let profile_root = match self.dir.try_clone() {
            Ok(profile_root) => profile_root,
            Err(error) => return Occupant::Unverified(crate::fault::cannot_be_read(&error)),
        };
        let links = Links::Beneath { profile_root, copy: path.as_std_path().to_owned() };
        match hash_when_quiet(&links, |_| false) {
            Ok(hash) => Occupant::Content(hash),
            Err(fault) => Occupant::Unverified(explain(&fault.what).0),
        }
    }

    /// Tells whether a directory holds nothing but lock files, which stay when a copy is taken away, and
    /// directories that hold no more.
    pub(crate) fn is_left_over(&self, path: &Utf8Path) -> bool {
        let is_directory = self.dir.symlink_metadata(path).is_ok_and(|found| found.is_dir());
        let opened = self.dir.open_dir(path).ok().filter(|_| is_directory);
        opened.is_some_and(|directory| holds_only_locks(&directory, MAX_LEVELS).unwrap_or(false))
    }

    /// The error of something beneath that could not be done.
    pub(crate) fn failed(
        &self,
        path: impl AsRef<Utf8Path>,
        done: &str,
        error: &io::Error,
    ) -> DeployError {
        failed(self.show(path), done, error)
    }
}

fn holds_only_locks(directory: &Dir, levels: usize) -> io::Result<bool> {
    for entry in directory.entries()? {
        let entry = entry?;
        let (name, found) = (entry.file_name(), entry.metadata()?);
        let harmless = if found.is_dir() && levels > 0 {
            holds_only_locks(&entry.open_dir()?, levels - 1)?
        } else {
            found.is_file() && found.len() == 0 && name.to_str().is_some_and(is_lock_file)
        };
        if !harmless {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The error of something that could not be done because the system refused.
pub(crate) fn failed(path: String, done: &str, error: &io::Error) -> DeployError {
    if leaves_profile_root(error) {
        let reason = "lies behind a link that leaves the profile root".to_owned();
        let fix = "replace the link by a directory".to_owned();
        return DeployError::Failed { path, reason, fix };
    }
    DeployError::Failed {
        path,
        reason: cannot_be(done, error),
        fix: make_writable(error).to_owned(),
    }
}

/// Tells why a path can be no copy's: what lies there belongs to the deployments themselves.
pub(crate) fn reserved(path: &Utf8Path) -> Option<&'static str> {
    let first = path.components().next()?.as_str();
    if path.components().any(|component| component.as_str() == STAGING_DIRECTORY) {
        return Some("is where copies are made");
    }
    let of_tracker = first.starts_with(TRACKER_FILE) || first.starts_with("..skillmeat-deployed");
    if of_tracker || first.starts_with(".skillstat-intent") {
        return Some("is where records are kept");
    }
    None
}
