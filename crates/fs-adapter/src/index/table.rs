//! The file of the index, read.
//!
//! It starts with a line that names format, release, machine and user; where one of these is another, the
//! file is somebody else's and is not looked into. Entries follow, each a key (8 bytes), the day when it was
//! asked for last (4), its length (4), all little endian, and as many bytes in postcard's encoding. SHA-256
//! of all this is at the end. So a file that is damaged, cut off or of another version is none, and one that
//! is whole is read in one piece: entries are taken apart only when they are asked for.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{FileType, OFlags, fstat};
use sha2::{Digest, Sha256};

use crate::fault::{cannot_be_read, is_absence, is_loop};
use crate::regular_file::read_at_most;
use crate::stamp::Stamp;

/// The version of everything behind the first line, and of how fingerprints and hashes are made.
const FORMAT: u32 = 1;

/// How large the file may be: what is asked for least is left out. 2,000 projects take a seventh of it.
pub(super) const MAX_BYTES: u64 = 64 << 20;

/// The length of the checksum.
const CHECKSUM: usize = 32;

/// The length of what stands before the bytes of an entry.
pub(super) const FRAME: usize = 16;

/// The days since 1970.
pub(super) type Day = u32;

/// What the file holds.
#[derive(Debug, Default)]
pub(super) struct Table {
    bytes: Vec<u8>,
    entries: HashMap<u64, Entry>,
    /// The file this was read from; nothing if there was none, or none to be trusted.
    pub(super) file: Option<Stamp>,
}

#[derive(Debug)]
struct Entry {
    place: Range<usize>,
    day: Day,
    asked: AtomicBool,
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
    /// Reads the file at a path.
    pub(super) fn read(path: &Path) -> Result<Self, Refused> {
        let unusable = |error: &io::Error| Refused::Unusable(cannot_be_read(error));
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
            Ok(file) => file,
            Err(error) if is_absence(&error) && !is_loop(&error) => return Err(Refused::Absent),
            Err(error) => return Err(unusable(&error)),
        };
        let stamp = ours(&file)?;
        let bytes = read_at_most(&file, MAX_BYTES + 1).map_err(|error| unusable(&error))?;
        let table = Self::parse(bytes).ok_or_else(|| {
            Refused::Unusable("is damaged, or of another release, machine or user".to_owned())
        })?;
        Ok(Self { file: Some(stamp), ..table })
    }

    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let header = header();
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        if !content.starts_with(&header) || Sha256::digest(content).as_slice() != checksum {
            return None;
        }
        let mut entries = HashMap::new();
        let mut at = header.len();
        while at < content.len() {
            let frame: &[u8; FRAME] = content.get(at..)?.first_chunk()?;
            let (key, day, length) = unframe(frame);
            let place = at + FRAME..at + FRAME + length;
            content.get(place.clone())?;
            at = place.end;
            entries.insert(key, Entry { place, day, asked: AtomicBool::new(false) });
        }
        Some(Self { bytes, entries, file: None })
    }

    /// Returns an entry, and notes that it was asked for.
    pub(super) fn get(&self, key: u64) -> Option<&[u8]> {
        let entry = self.entries.get(&key)?;
        entry.asked.store(true, Ordering::Relaxed);
        Some(&self.bytes[entry.place.clone()])
    }

    /// Returns how many entries there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the keys that were asked for, each with its day before that.
    pub(super) fn asked(&self) -> impl Iterator<Item = (u64, Day)> {
        let asked = |entry: &Entry| entry.asked.load(Ordering::Relaxed);
        self.entries
            .iter()
            .filter(move |(_, entry)| asked(entry))
            .map(|(&key, entry)| (key, entry.day))
    }

    /// Returns all entries in the order of the file.
    pub(super) fn entries(&self) -> Vec<(u64, Day, &[u8])> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by_key(|(_, entry)| entry.place.start);
        let bytes = |entry: &Entry| &self.bytes[entry.place.clone()];
        entries.into_iter().map(|(&key, entry)| (key, entry.day, bytes(entry))).collect()
    }
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

/// Returns what stands before the bytes of an entry.
pub(super) fn frame(key: u64, day: Day, length: usize) -> [u8; FRAME] {
    let mut frame = [0; FRAME];
    frame[..8].copy_from_slice(&key.to_le_bytes());
    frame[8..12].copy_from_slice(&day.to_le_bytes());
    frame[12..].copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    frame
}

fn unframe(frame: &[u8; FRAME]) -> (u64, Day, usize) {
    let [k0, k1, k2, k3, k4, k5, k6, k7, d0, d1, d2, d3, l0, l1, l2, l3] = *frame;
    let key = u64::from_le_bytes([k0, k1, k2, k3, k4, k5, k6, k7]);
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    (key, Day::from_le_bytes([d0, d1, d2, d3]), usize::try_from(length).unwrap_or(usize::MAX))
}

/// Checks that nobody else can have written a file.
fn ours(file: &File) -> Result<Stamp, Refused> {
    let stat = fstat(file.as_fd()).map_err(|errno| Refused::Unusable(errno.to_string()))?;
    let refused = |reason: &str| Err(Refused::Unusable(reason.to_owned()));
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return refused("is no regular file");
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() || stat.st_mode & 0o022 != 0 {
        return refused("could have been written by somebody else");
    }
    Ok(Stamp::new(&stat))
}
