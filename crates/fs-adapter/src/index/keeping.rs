//! Writing the file of the index: anew, beside the old one, in whose place it is then put.
//!
//! So readers are never in the way and never see half of a file. Of several writers one at a time has the
//! lock; it takes over what others have written since it read. Which entry of two wins does not matter:
//! each is true of what it was taken from, and is only used for what looks the same. One that is never asked
//! for goes in the end.

use std::collections::{HashMap, HashSet};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, OFlags, statat};

use super::slice::{Day, Entry, Slice, written};
use super::table::{MAX_BYTES, Row, Table, beginning};
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

/// Entries that are new: by slice, then by key.
pub(super) type Fresh = HashMap<u64, HashMap<u64, Vec<u8>>>;

/// A slice as it is to be written, or nothing where it stays as it is in the old file.
type Part = (Row, Option<Vec<u8>>);

/// Writes what is new, if anything is; tells whether there was. `known` is what was read before; `fresh` is
/// empty once the lock is there, even if writing fails then: what is not written is found out again.
pub(super) fn keep(
    directory: &Path,
    known: &Table,
    fresh: &mut Fresh,
    today: Day,
) -> io::Result<bool> {
    if fresh.is_empty() && !known.read_slices().any(|(_, slice)| is_stale(slice, today)) {
        return Ok(false);
    }
    DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    let _lock = lock(directory)?;
    let path = directory.join(FILE);
    let stamp = statat(CWD, &path, AtFlags::SYMLINK_NOFOLLOW).ok().map(|stat| Stamp::new(&stat));
    let others = (stamp != known.stamp).then(|| Table::read(&path).unwrap_or_default());
    let there = others.as_ref().unwrap_or(known);
    let parts = merged(there, known, std::mem::take(fresh), today);
    let draft = directory.join(DRAFT);
    let made = write(&draft, there, parts).and_then(|()| fs::rename(&draft, &path));
    if made.is_err() {
        let _left = fs::remove_file(&draft);
    }
    made.map(|()| true)
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

/// Tells whether something was asked for whose day is long ago.
fn is_stale(slice: &Slice, today: Day) -> bool {
    slice.entries().iter().any(|(entry, asked)| *asked && today.abs_diff(entry.day) > STALE_DAYS)
}

/// Tells whether what was asked for on this day is kept. A day that has not come yet is from before the clock
/// was set back: nobody knows when it was.
fn is_kept(day: Day, today: Day) -> bool {
    today.abs_diff(day) <= KEPT_DAYS
}

/// Returns what the new file holds: no more than there is room for, and nothing that nobody asks for.
fn merged(there: &Table, known: &Table, mut fresh: Fresh, today: Day) -> Vec<Part> {
    let asked: HashMap<u64, &Slice> = known.read_slices().collect();
    let mut parts = Vec::new();
    for row in there.rows() {
        let new = fresh.remove(&row.key);
        if new.is_some() || asked.contains_key(&row.key) {
            let old = there.slice(row.key);
            parts.extend(part(row.key, old, asked.get(&row.key).copied(), new, today));
        } else {
            parts.push((row, None));
        }
    }
    let mut new: Vec<_> = fresh.into_iter().collect();
    new.sort_unstable_by_key(|(key, _)| *key);
    parts.extend(new.into_iter().filter_map(|(key, new)| part(key, None, None, Some(new), today)));
    parts.retain(|(row, _)| row.entries > 0 && is_kept(row.day, today));
    make_room(&mut parts);
    parts
}

/// Returns a slice anew; `asked` is the same slice as it was read before.
fn part(
    key: u64,
    old: Option<&Slice>,
    asked: Option<&Slice>,
    new: Option<HashMap<u64, Vec<u8>>>,
    today: Day,
) -> Option<Part> {
    let asked = asked.map(Slice::entries).unwrap_or_default().into_iter();
    let asked: HashSet<u64> =
        asked.filter(|(_, asked)| *asked).map(|(entry, _)| entry.key).collect();
    let new = new.unwrap_or_default();
    let old = old.map(Slice::entries).unwrap_or_default().into_iter();
    let mut entries: Vec<_> = old
        .map(|(entry, _)| {
            let day = if asked.contains(&entry.key) { today } else { entry.day };
            Entry { day, ..entry }
        })
        .filter(|entry| !new.contains_key(&entry.key) && is_kept(entry.day, today))
        .collect();
    entries.extend(new.iter().map(|(&key, bytes)| Entry { key, day: today, bytes }));
    let day = entries.iter().map(|entry| entry.day).max()?;
    let bytes = written(&entries);
    Some((Row::new(key, day, entries.len(), &bytes)?, Some(bytes)))
}

/// Leaves out what was asked for longest ago, until the rest fits.
fn make_room(parts: &mut Vec<Part>) {
    let length = |row: &Row| u64::from(row.length) + 64;
    let mut room = MAX_BYTES - (1 << 10);
    if parts.iter().map(|(row, _)| length(row)).sum::<u64>() > room {
        parts.sort_by_key(|(row, _)| std::cmp::Reverse(row.day));
        parts.retain(|(row, _)| {
            let fits = length(row) <= room;
            room -= if fits { length(row) } else { 0 };
            fits
        });
    }
}

fn write(path: &Path, there: &Table, parts: Vec<Part>) -> io::Result<()> {
    // Whoever had the lock before may have been killed.
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let flags = OFlags::NOFOLLOW.bits().cast_signed();
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .custom_flags(flags)
        .open(path)?;
    let mut out = BufWriter::with_capacity(64 << 10, file);
    let rows: Vec<_> = parts.iter().map(|(row, _)| *row).collect();
    out.write_all(&beginning(&rows))?;
    for (row, bytes) in parts {
        let bytes = match bytes {
            Some(bytes) => bytes,
            // What was cut off is damaged here, too, and nothing else is.
            None => there.bytes_of(&row).unwrap_or_else(|| vec![0; row.length as usize]),
        };
        out.write_all(&bytes)?;
    }
    out.flush()
}
