//! The file of the index, read.
//!
//! It starts with a line that names format, release, machine and user; where one of these is another, the
//! file is somebody else's and is not looked into. A table of contents follows, with a row for each profile
//! root, collection and search root: what is known of the copies in it, or of walks below it, is a slice of the
//! file, which is read when one of them is asked about. So a question about few copies costs little, however much is known of others.
//!
//! All numbers are little endian:
//!
//! * the number of rows (4 bytes); the rows, each a [`Row`] of 52 bytes; SHA-256 of everything so far;
//! * the slices in the order of the rows, each as many entries as its row says: a key (8), the day when it
//!   was asked for last (4), its length (4), and as many bytes in postcard's encoding.
//!
//! A row holds SHA-256 of its slice. So whatever is damaged, cut off or of another version is none.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::{FileType, OFlags, fstat};
use sha2::{Digest, Sha256};

use super::slice::{Day, Slice};
use crate::fault::{cannot_be_read, is_absence, is_loop};
use crate::stamp::Stamp;

/// The version of everything behind the first line, and of how fingerprints and hashes are made.
const FORMAT: u32 = 2;

/// How large the file may be: what is asked for least is left out. 2,000 projects take an eighth of it.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// The length of a checksum.
const CHECKSUM: usize = 32;

/// What the file tells of a slice before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Of which profile root or collection it is.
    pub(super) key: u64,
    /// When something in it was asked for last.
    pub(super) day: Day,
    /// How many entries it has.
    pub(super) entries: u32,
    /// How many bytes.
    pub(super) length: u32,
    checksum: [u8; CHECKSUM],
}

/// The length of a row.
const ROW: usize = 8 + 3 * 4 + CHECKSUM;

/// What the file holds.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Open, so that it stays the same whoever puts another in its place.
    file: Option<File>,
    /// What the file looked like; nothing if there was none, or none to be trusted.
    pub(super) stamp: Option<Stamp>,
    places: HashMap<u64, Place>,
}

/// Where a slice is, and what it holds once that was asked.
#[derive(Debug)]
struct Place {
    row: Row,
    at: u64,
    slice: OnceLock<Slice>,
}

/// Why a file is none of ours.
#[derive(Debug)]
pub(super) enum Refused {
    /// It is not there.
    Absent,
    /// It cannot be read, or is not to be trusted.
    Unusable(String),
}

impl Table {
    /// Reads the table of contents of the file at a path.
    pub(super) fn read(path: &Path) -> Result<Self, Refused> {
        let unusable = |error: &io::Error| Refused::Unusable(cannot_be_read(error));
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
            Ok(file) => file,
            Err(error) if is_absence(&error) && !is_loop(&error) => return Err(Refused::Absent),
            Err(error) => return Err(unusable(&error)),
        };
        let (stamp, length) = ours(&file)?;
        let damaged =
            || Refused::Unusable("is damaged, or of another release, machine or user".to_owned());
        let places = contents(&file, length).ok_or_else(damaged)?;
        Ok(Self { file: Some(file), stamp: Some(stamp), places })
    }

    /// Returns the slice of a profile root or collection; an empty one where there is none, or it is damaged.
    pub(super) fn slice(&self, key: u64) -> Option<&Slice> {
        let place = self.places.get(&key)?;
        Some(place.slice.get_or_init(|| {
            let bytes = self.bytes(&place.row, place.at);
            let sound = bytes.filter(|bytes| place.row.is_of(bytes));
            sound.and_then(Slice::parse).unwrap_or_default()
        }))
    }

    /// Returns the slices that were read, by key.
    pub(super) fn read_slices(&self) -> impl Iterator<Item = (u64, &Slice)> {
        self.places.iter().filter_map(|(key, place)| Some((*key, place.slice.get()?)))
    }

    /// Returns all rows in the order of the file.
    pub(super) fn rows(&self) -> Vec<Row> {
        let mut places: Vec<_> = self.places.values().collect();
        places.sort_unstable_by_key(|place| place.at);
        places.into_iter().map(|place| place.row).collect()
    }

    /// Returns the bytes of a slice as they are in the file; nothing where it was cut off.
    pub(super) fn bytes_of(&self, row: &Row) -> Option<Vec<u8>> {
        self.bytes(row, self.places.get(&row.key)?.at)
    }

    fn bytes(&self, row: &Row, at: u64) -> Option<Vec<u8>> {
        exactly(self.file.as_ref()?, row.length.try_into().ok()?, at)
    }

    /// Tells whether every slice is as it was written.
    pub(super) fn is_sound(&self) -> bool {
        let is_sound = |place: &Place| {
            self.bytes(&place.row, place.at).is_some_and(|bytes| place.row.is_of(&bytes))
        };
        self.places.values().all(is_sound)
    }
}

impl Row {
    /// Returns the row of a slice.
    pub(super) fn new(key: u64, day: Day, entries: usize, bytes: &[u8]) -> Option<Self> {
        let (entries, length) = (entries.try_into().ok()?, bytes.len().try_into().ok()?);
        Some(Self { key, day, entries, length, checksum: Sha256::digest(bytes).into() })
    }

    /// Returns how many entries the slice has.
    pub(super) fn count(&self) -> usize {
        self.entries.try_into().unwrap_or(usize::MAX)
    }

    fn is_of(&self, bytes: &[u8]) -> bool {
        Sha256::digest(bytes).as_slice() == self.checksum
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.key.to_le_bytes());
        for number in [self.day, self.entries, self.length] {
            to.extend_from_slice(&number.to_le_bytes());
        }
        to.extend_from_slice(&self.checksum);
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (key, bytes) = bytes.split_first_chunk()?;
        let (day, bytes) = bytes.split_first_chunk()?;
        let (entries, bytes) = bytes.split_first_chunk()?;
        let (length, bytes) = bytes.split_first_chunk()?;
        Some(Self {
            key: u64::from_le_bytes(*key),
            day: Day::from_le_bytes(*day),
            entries: u32::from_le_bytes(*entries),
            length: u32::from_le_bytes(*length),
            checksum: *bytes.first_chunk()?,
        })
    }
}

/// Returns everything that stands before the slices.
pub(super) fn beginning(rows: &[Row]) -> Vec<u8> {
    let mut bytes = header();
    bytes.extend_from_slice(&u32::try_from(rows.len()).unwrap_or(u32::MAX).to_le_bytes());
    for row in rows {
        row.write(&mut bytes);
    }
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

/// Returns the first line of a file that this process would write.
///
/// Groups are in it because they decide what may be read: an answer must not outlive the permission.
pub(super) fn header() -> Vec<u8> {
    let user = rustix::process::geteuid().as_raw();
    let mut groups: Vec<_> = rustix::process::getgroups().unwrap_or_default();
    groups.push(rustix::process::getegid());
    let mut groups: Vec<_> = groups.into_iter().map(rustix::process::Gid::as_raw).collect();
    groups.sort_unstable();
    groups.dedup();
    let (release, machine) = (env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    format!("skillstat index {FORMAT} of {release} for {machine}, user {user} in {groups:?}\n")
        .into()
}

/// Reads where everything is, if all of that is as it was written.
fn contents(file: &File, length: u64) -> Option<HashMap<u64, Place>> {
    let header = header();
    let start = exactly(file, header.len() + 4, 0)?;
    let (found, count) = start.split_last_chunk()?;
    let rows = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(ROW)?;
    let end = start.len().checked_add(rows)?.checked_add(CHECKSUM)?;
    // Nothing is made room for that a damaged file only says it has.
    if found != header || u64::try_from(end).ok()? > length || length > MAX_BYTES {
        return None;
    }
    let all = exactly(file, end, 0)?;
    let (all, checksum) = all.split_last_chunk::<CHECKSUM>()?;
    if Sha256::digest(all).as_slice() != checksum {
        return None;
    }
    let mut at = u64::try_from(end).ok()?;
    let mut places = HashMap::new();
    for row in all.get(start.len()..)?.chunks_exact(ROW) {
        let row = Row::read(row)?;
        places.insert(row.key, Place { row, at, slice: OnceLock::new() });
        at = at.checked_add(row.length.into())?;
    }
    // One that was cut off, or goes on, is none.
    (at == length).then_some(places)
}

fn exactly(file: &File, length: usize, at: u64) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, at).ok()?;
    Some(bytes)
}

/// Checks that nobody else can have written a file; returns its length, too.
fn ours(file: &File) -> Result<(Stamp, u64), Refused> {
    let stat = fstat(file.as_fd()).map_err(|errno| Refused::Unusable(errno.to_string()))?;
    let refused = |reason: &str| Err(Refused::Unusable(reason.to_owned()));
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return refused("is no regular file");
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() || stat.st_mode & 0o022 != 0 {
        return refused("could have been written by somebody else");
    }
    Ok((Stamp::new(&stat), u64::try_from(stat.st_size).unwrap_or(0)))
}
