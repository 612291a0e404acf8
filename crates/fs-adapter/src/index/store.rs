//! What the index knows, shared by all that look into it: the file as it was read, and what is new.

use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::{fmt, io};

use sha2::{Digest, Sha256};
use skillstat_domain::{Problem, ProblemKind};

use super::keeping::{self, FILE, Fresh};
use super::settled::{Moment, is_stamped_here};
use super::slice::Day;
use super::table::Table;
use crate::fault::printable;

/// The bit that tells what is known of walks from what is known of contents.
const WALKS: u64 = 1 << 63;

/// Names what something is known of. Should two have the same name, one displaces the other: whose stamps an
/// entry holds is told by themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// The profile root or collection, or the search root.
    slice: u64,
    /// Which in it.
    entry: u64,
}

impl Key {
    /// Names a content by the directory that is not left, and its path there.
    pub(super) fn of_content(root: &[&[u8]], path: &[u8]) -> Self {
        Self { slice: name(root) & !WALKS, entry: name(&[path]) }
    }

    /// Names a walk below a directory by all that decides what it looks at, and that directory.
    pub(crate) fn of_walk(plan: &[&[u8]], directory: &[u8]) -> Self {
        Self { slice: name(plan) | WALKS, entry: name(&[directory]) }
    }
}

/// Tells whether the name of a slice is that of one about contents.
pub(super) fn is_of_contents(slice: u64) -> bool {
    slice & WALKS == 0
}

fn name(parts: &[&[u8]]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update(b"\0");
    }
    u64::from_le_bytes(*digest.finalize().first_chunk().expect("SHA-256 has 32 bytes"))
}

/// The index of one process.
pub(crate) struct Store {
    pub(super) directory: PathBuf,
    /// What tells the time of a look.
    pub(crate) now: fn() -> Moment,
    /// What the file held when the first question came.
    pub(super) table: OnceLock<Table>,
    /// Entries that are new. Held for one insertion, and in the end for the time of a write.
    fresh: Mutex<Fresh>,
    /// Which file systems were looked at, and whether their stamps can be trusted. Held for one look.
    devices: Mutex<Vec<(u64, bool)>>,
    /// What the index said wrongly. Held for one insertion.
    untrue: Mutex<Vec<Problem>>,
    retired: AtomicBool,
}

impl Store {
    /// Uses the index in a directory. Touches no disk.
    pub(super) fn new(directory: PathBuf, now: fn() -> Moment) -> Self {
        Self {
            directory,
            now,
            table: OnceLock::new(),
            fresh: Mutex::default(),
            devices: Mutex::default(),
            untrue: Mutex::default(),
            retired: AtomicBool::new(false),
        }
    }

    /// Returns an entry as it was read.
    pub(crate) fn entry(&self, key: Key) -> Option<&[u8]> {
        let read = || Table::read(&self.directory.join(FILE)).unwrap_or_default();
        self.table.get_or_init(read).slice(key.slice)?.get(key.entry)
    }

    /// Notes an entry, to be kept.
    pub(crate) fn note(&self, key: Key, entry: Vec<u8>) {
        lock(&self.fresh).entry(key.slice).or_default().insert(key.entry, entry);
    }

    /// Tells whether the kernel of this machine stamps what is on a device; `found` is something on it.
    pub(crate) fn is_stamped_here(
        &self,
        device: u64,
        found: impl FnOnce() -> io::Result<OwnedFd>,
    ) -> bool {
        let mut devices = lock(&self.devices);
        if let Some((_, trusted)) = devices.iter().find(|(known, _)| *known == device) {
            return *trusted;
        }
        let trusted = found().is_ok_and(|found| is_stamped_here(&found, device));
        devices.push((device, trusted));
        trusted
    }

    /// Notes that something wrong was said of what lies at a path.
    pub(crate) fn doubt(&self, path: &Path) {
        lock(&self.untrue).push(Problem {
            path: printable(path),
            line: None,
            kind: ProblemKind::UntrueIndex,
            reason: "is not what the index of fingerprints says, though no stamp has changed"
                .to_owned(),
            fix: "the index has been put right; where this comes again, use `--no-index`"
                .to_owned(),
            artifact: None,
        });
    }

    /// Returns what was noted so, sorted by path.
    pub(super) fn untrue(&self) -> Vec<Problem> {
        let mut untrue = lock(&self.untrue).clone();
        untrue.sort();
        untrue.dedup();
        untrue
    }

    /// Writes what is new; tells whether anything was.
    pub(super) fn keep(&self) -> io::Result<bool> {
        let Some(table) = self.table.get() else { return Ok(false) };
        let today = Day::try_from((self.now)().0 / (24 * 60 * 60)).unwrap_or(0);
        keeping::keep(&self.directory, table, &mut lock(&self.fresh), today)
    }

    /// Remembers nothing any more.
    pub(super) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
        lock(&self.fresh).clear();
    }

    /// Tells whether nothing is to be looked up any more.
    pub(crate) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("directory", &self.directory).finish_non_exhaustive()
    }
}

/// Locks; what a panic left is whole, as nothing is done under the lock that could be half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
