//! Writing the file of the index: anew, beside the old one, in whose place it is then put.
//!
//! So readers are never in the way and never see half of a file. Of several writers one at a time has the
//! lock; it takes over what others have written since it read. Which entry of two wins does not matter:
//! each is true of what it was taken from, and is only used for what looks the same. One that is never asked
//! for goes in the end.

use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, OFlags, statat};
use sha2::{Digest, Sha256};

use super::table::{Day, FRAME, MAX_BYTES, Table, frame, header};
use crate::Sleep;
use crate::file_lock::{FileLock, Patience};
use crate::stamp::Stamp;

/// The file of the index in its directory.
pub(super) const FILE: &str = "fingerprints";

/// What is written before it takes that place.
const DRAFT: &str = "fingerprints.new";

/// The lock of those that write.
const LOCK: &str = "fingerprints.lock";

/// How long to wait for another that writes. What it does takes less; and without, nothing is lost but
/// the time to find it out again.
const PATIENCE: Duration = Duration::from_millis(100);

/// For how many days an entry stays that nobody asks for.
const KEPT_DAYS: Day = 60;

/// How many days old the day of an entry may become while it is asked for.
const STALE_DAYS: Day = 7;

/// What is to be written besides what is there.
pub(super) struct News<'a> {
    /// Entries by key.
    pub(super) fresh: &'a HashMap<u64, Vec<u8>>,
    pub(super) today: Day,
}

impl News<'_> {
    /// Tells whether writing changes anything that matters.
    fn matter(&self, known: &Table) -> bool {
        let stale = |(_, day): (u64, Day)| self.today.abs_diff(day) > STALE_DAYS;
        !self.fresh.is_empty() || known.asked().any(stale)
    }
}

/// Writes what is new, if anything is; tells whether there was. `known` is what was read before.
pub(super) fn keep(directory: &Path, known: &Table, news: &News<'_>) -> io::Result<bool> {
    if !news.matter(known) {
        return Ok(false);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let _lock = lock(directory)?;
    let path = directory.join(FILE);
    let stamp = statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW).ok().map(|stat| Stamp::new(&stat));
    let others = (stamp != known.file).then(|| Table::read(&path).unwrap_or_default());
    let entries = merged(others.as_ref().unwrap_or(known), known, news);
    let draft = directory.join(DRAFT);
    let written = write(&draft, &entries).and_then(|()| fs::rename(&draft, &path));
    if written.is_err() {
        let _left = fs::remove_file(&draft);
    }
    written.map(|()| true)
}

/// Removes the file; tells whether there was one.
pub(super) fn clear(directory: &Path) -> io::Result<bool> {
    let found = fs::symlink_metadata(directory.join(FILE));
    if found.as_ref().is_err_and(crate::fault::is_absence) {
        return Ok(false);
    }
    let _lock = lock(directory)?;
    fs::remove_file(directory.join(FILE))?;
    Ok(true)
}

fn lock(directory: &Path) -> io::Result<FileLock> {
    let opened = File::open(directory)?;
    let patience = Patience { limit: PATIENCE, pause: &Sleep };
    let shown = crate::fault::printable(directory);
    FileLock::take(opened.as_fd(), (&shown, LOCK), patience).map_err(io::Error::other)
}

/// Returns what the new file holds: no more than there is room for, and no entry that nobody asks for.
fn merged<'a>(there: &'a Table, known: &Table, news: &News<'a>) -> Vec<(u64, Day, &'a [u8])> {
    let asked: HashMap<u64, Day> = known.asked().collect();
    let mut entries = there.entries();
    entries.retain(|(key, ..)| !news.fresh.contains_key(key));
    for (key, day, _) in &mut entries {
        // A day that has not come yet is from before the clock was set back.
        *day = if asked.contains_key(key) { news.today } else { (*day).min(news.today) };
    }
    entries.retain(|(_, day, _)| news.today - day <= KEPT_DAYS);
    let mut fresh: Vec<_> = news.fresh.iter().collect();
    fresh.sort_unstable_by_key(|(key, _)| **key);
    entries.extend(fresh.into_iter().map(|(&key, entry)| (key, news.today, entry.as_slice())));
    let mut room = MAX_BYTES - (1 << 10);
    let bytes = |entry: &[u8]| (FRAME + entry.len()) as u64;
    if entries.iter().map(|(.., entry)| bytes(entry)).sum::<u64>() > room {
        entries.sort_by_key(|(_, day, _)| std::cmp::Reverse(*day));
        entries.retain(|(.., entry)| {
            let fits = bytes(entry) <= room;
            room -= if fits { bytes(entry) } else { 0 };
            fits
        });
    }
    entries
}

fn write(path: &Path, entries: &[(u64, Day, &[u8])]) -> io::Result<()> {
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    // Whoever had the lock before may have been killed.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)?;
    let mut out = BufWriter::with_capacity(64 << 10, file);
    let mut digest = Sha256::new();
    let mut put = |bytes: &[u8]| {
        digest.update(bytes);
        out.write_all(bytes)
    };
    put(&header())?;
    for (key, day, entry) in entries {
        put(&frame(*key, *day, entry.len()))?;
        put(entry)?;
    }
    out.write_all(&digest.finalize())?;
    out.flush()
}
