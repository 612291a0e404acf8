//! What is known of the copies in one profile root, of the originals in one collection, or of the walks below one
//! search root.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// The length of what stands before the bytes of an entry.
const FRAME: usize = 16;

/// The days since 1970.
pub(super) type Day = u32;

/// Entries, as they were read.
#[derive(Debug, Default)]
pub(super) struct Slice {
    bytes: Vec<u8>,
    entries: HashMap<u64, Place>,
}

#[derive(Debug)]
struct Place {
    bytes: Range<usize>,
    day: Day,
    asked: AtomicBool,
}

/// An entry to be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) key: u64,
    /// When it was asked for last.
    pub(super) day: Day,
    pub(super) bytes: &'a [u8],
}

impl Slice {
    /// Finds the entries in the bytes of a slice.
    pub(super) fn parse(bytes: Vec<u8>) -> Option<Self> {
        let mut entries = HashMap::new();
        let mut at = 0;
        while at < bytes.len() {
            let frame: &[u8; FRAME] = bytes.get(at..)?.first_chunk()?;
            let (key, rest) = frame.split_first_chunk()?;
            let (day, rest) = rest.split_first_chunk()?;
            let length = u32::from_le_bytes(*rest.first_chunk()?);
            let start = at + FRAME;
            at = start.checked_add(length.try_into().ok()?)?;
            bytes.get(start..at)?;
            let (day, asked) = (Day::from_le_bytes(*day), AtomicBool::new(false));
            entries.insert(u64::from_le_bytes(*key), Place { bytes: start..at, day, asked });
        }
        Some(Self { bytes, entries })
    }

    /// Returns an entry, and notes that it was asked for.
    pub(super) fn get(&self, key: u64) -> Option<&[u8]> {
        let entry = self.entries.get(&key)?;
        entry.asked.store(true, Ordering::Relaxed);
        Some(&self.bytes[entry.bytes.clone()])
    }

    /// Returns the entries in order, those that were asked for with this day.
    pub(super) fn entries(&self) -> Vec<(Entry<'_>, bool)> {
        let mut places: Vec<_> = self.entries.iter().collect();
        places.sort_unstable_by_key(|(_, place)| place.bytes.start);
        let entry = |(&key, place): (&u64, &Place)| {
            let bytes = &self.bytes[place.bytes.clone()];
            (Entry { key, day: place.day, bytes }, place.asked.load(Ordering::Relaxed))
        };
        places.into_iter().map(entry).collect()
    }
}

/// Returns the bytes of a slice with these entries.
pub(super) fn written(entries: &[Entry<'_>]) -> Vec<u8> {
    let length = entries.iter().map(|entry| FRAME + entry.bytes.len()).sum();
    let mut written = Vec::with_capacity(length);
    for Entry { key, day, bytes } in entries {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        written.extend_from_slice(&key.to_le_bytes());
        written.extend_from_slice(&day.to_le_bytes());
        written.extend_from_slice(&length.to_le_bytes());
        written.extend_from_slice(bytes);
    }
    written
}
