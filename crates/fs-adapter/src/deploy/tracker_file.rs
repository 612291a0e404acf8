//! The tracker of a profile root that is written: read without following a link, and replaced in one
//! step by a file of the same permissions.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, Stat, fsync, openat, renameat, statat, unlinkat,
};
use skillstat_domain::DeployError;

use super::beneath::Beneath;
use crate::entry::{sync_directory, write_all};
use crate::fault::{cannot_be_read, make_readable};
use crate::layout::{MAX_TOML_BYTES, TRACKER_DRAFT_FILE, TRACKER_FILE};
use crate::regular_file::{NotRead, read_at_most};
use crate::tracker::TrackerText;

/// A tracker as it was read.
#[derive(Debug)]
pub(crate) struct TrackerFile {
    /// What stands in it; nothing is an empty text.
    pub(crate) text: TrackerText,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
    /// Nothing when there was no file.
    stat: Option<Stat>,
}

impl TrackerFile {
    /// Reads the tracker of a profile root.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Tracker`] when it is not a regular file or cannot be read or is not TOML.
    pub(crate) fn read(root: &Beneath) -> Result<Self, DeployError> {
        let path = root.show(TRACKER_FILE);
        let (bytes, stat) = read(root).map_err(|refused| match refused {
            Refused::Shape(reason, fix) => tracker_error(&path, reason.to_owned(), fix),
            Refused::Io(error) => {
                tracker_error(&path, cannot_be_read(&error), make_readable(&error))
            }
        })?;
        Ok(Self { text: TrackerText::parse(&path, &bytes)?, bytes, stat })
    }

    /// Returns the tracker of a profile root that is not there.
    pub(crate) fn absent(path: &str) -> Result<Self, DeployError> {
        Ok(Self { text: TrackerText::parse(path, b"")?, bytes: Vec::new(), stat: None })
    }

    /// Tells whether the file is still as it was read.
    pub(crate) fn is_current(&self, root: &Beneath) -> bool {
        read(root)
            .is_ok_and(|(bytes, stat)| bytes == self.bytes && stat.is_some() == self.stat.is_some())
    }

    /// Replaces the file. It is on disk when this returns; after an error the old one is there.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Failed`] when the system refuses.
    pub(crate) fn replace(&self, root: &Beneath, text: TrackerText) -> Result<(), DeployError> {
        let bytes = text.into_bytes();
        let failed = |error: io::Error| root.failed(TRACKER_FILE, "written", &error);
        let draft = self.write_draft(root, &bytes);
        let written = draft.and_then(|()| {
            renameat(root.fd(), TRACKER_DRAFT_FILE, root.fd(), TRACKER_FILE)?;
            Ok(())
        });
        if let Err(error) = written {
            // Whoever writes next deletes it in any case.
            let _left = unlinkat(root.fd(), TRACKER_DRAFT_FILE, AtFlags::empty());
            return Err(failed(error));
        }
        if let Err(error) = sync_directory(root.fd()) {
            self.put_back(root);
            return Err(failed(error));
        }
        Ok(())
    }

    /// Tries to bring back what was there before.
    pub(crate) fn put_back(&self, root: &Beneath) {
        let _best_effort = match self.stat {
            None => unlinkat(root.fd(), TRACKER_FILE, AtFlags::empty()).map_err(Into::into),
            Some(_) => self.write_draft(root, &self.bytes).and_then(|()| {
                renameat(root.fd(), TRACKER_DRAFT_FILE, root.fd(), TRACKER_FILE)?;
                sync_directory(root.fd())
            }),
        };
    }

    fn write_draft(&self, root: &Beneath, bytes: &[u8]) -> io::Result<()> {
        match unlinkat(root.fd(), TRACKER_DRAFT_FILE, AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
        let flags =
            OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let draft = openat(root.fd(), TRACKER_DRAFT_FILE, flags, Mode::from_raw_mode(0o644))?;
        write_all(&draft, bytes)?;
        if let Some(stat) = &self.stat {
            keep_owner(&draft, stat);
            rustix::fs::fchmod(&draft, Mode::from_raw_mode(stat.st_mode & 0o7777))?;
        }
        Ok(fsync(&draft)?)
    }
}

/// Gives the new file the owner of the old one, which only few may; others own what they write.
fn keep_owner(draft: &OwnedFd, stat: &Stat) {
    let owner = rustix::fs::Uid::from_raw(stat.st_uid);
    let group = rustix::fs::Gid::from_raw(stat.st_gid);
    let _if_allowed = rustix::fs::fchown(draft, Some(owner), Some(group));
}

/// Reads the tracker of a profile root for its records alone.
pub(crate) fn read_to_show(root: &Beneath) -> Result<Vec<u8>, NotRead> {
    match read(root) {
        Ok((_, None)) => Err(NotRead::Absent),
        Ok((bytes, Some(_))) => Ok(bytes),
        Err(Refused::Shape(reason, fix)) => {
            Err(NotRead::Refused { reason: reason.to_owned(), fix })
        }
        Err(Refused::Io(error)) => {
            Err(NotRead::Refused { reason: cannot_be_read(&error), fix: make_readable(&error) })
        }
    }
}

/// Why a tracker was not read.
enum Refused {
    Shape(&'static str, &'static str),
    Io(io::Error),
}

impl From<rustix::io::Errno> for Refused {
    fn from(errno: rustix::io::Errno) -> Self {
        Self::Io(errno.into())
    }
}

fn read(root: &Beneath) -> Result<(Vec<u8>, Option<Stat>), Refused> {
    let stat = match statat(root.fd(), TRACKER_FILE, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(rustix::io::Errno::NOENT) => return Ok((Vec::new(), None)),
        Err(errno) => return Err(errno.into()),
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {}
        FileType::Symlink => {
            let reason = "is a link, so it is read but not written";
            return Err(Refused::Shape(reason, "replace the link by the file it points to"));
        }
        _ => return Err(Refused::Shape("is no file", "move it away")),
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(openat(root.fd(), TRACKER_FILE, flags, Mode::empty())?);
    let bytes = read_at_most(&file, MAX_TOML_BYTES + 1).map_err(Refused::Io)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_TOML_BYTES) {
        return Err(Refused::Shape("is too large, so it was not read", "look at what wrote it"));
    }
    Ok((bytes, Some(stat)))
}

fn tracker_error(path: &str, reason: String, fix: &str) -> DeployError {
    DeployError::Tracker { path: path.to_owned(), line: None, reason, fix: fix.to_owned() }
}
