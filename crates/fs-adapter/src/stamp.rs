//! What changes when a file or directory changes.

use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

/// The identity, size and times of a file or directory. Two equal stamps, one taken before the
/// content was read and one after, mean that what was read is what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// Takes what counts out of a `stat`.
    pub(crate) fn new(stat: &Stat) -> Self {
        let nanoseconds = |part| i64::try_from(part).unwrap_or(i64::MAX);
        Self {
            device: stat.st_dev,
            inode: stat.st_ino,
            size: stat.st_size,
            modified: (stat.st_mtime, nanoseconds(stat.st_mtime_nsec)),
            changed: (stat.st_ctime, nanoseconds(stat.st_ctime_nsec)),
        }
    }

    /// Returns the file system it lies on.
    pub(crate) fn device(&self) -> u64 {
        self.device
    }

    /// Returns when it changed last, in seconds and nanoseconds: nobody can set that back.
    pub(crate) fn changed(&self) -> (i64, i64) {
        self.changed
    }
}
