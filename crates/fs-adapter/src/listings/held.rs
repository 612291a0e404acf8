//! What was recorded.

use foldhash::HashMap;

use super::News;

/// Names a directory or a copy: two hashes of its path with keys that nobody knows. Paths would be
/// most of what is kept.
pub(super) type Key = [u64; 2];

#[derive(Debug, Default)]
pub(super) struct Held {
    pub(super) records: HashMap<Key, Record>,
    /// Which copies a project was taken to have.
    pub(super) copies: HashMap<Key, u64>,
    /// What the records hold, one behind the other.
    pub(super) bytes: Vec<u8>,
    pub(super) news: Vec<News>,
}

/// What was listed of a directory or copy: a part of [`Held::bytes`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    begin: u32,
    length: u32,
    pub(super) taken: bool,
}

impl Held {
    /// Records what was listed, if somebody can say what it is.
    pub(super) fn record(&mut self, key: Key, found: Option<&[u8]>) {
        let known = self.records.get(&key).copied();
        if known.is_some_and(|known| Some(self.said(known)) == found) {
            return;
        }
        let place = found.and_then(|found| {
            Some((u32::try_from(self.bytes.len()).ok()?, u32::try_from(found.len()).ok()?, found))
        });
        // What is not recorded is listed by the watcher.
        let Some((begin, length, found)) = place else {
            self.records.remove(&key);
            return;
        };
        self.bytes.extend_from_slice(found);
        self.records.insert(key, Record { begin, length, taken: false });
    }

    /// Returns what was said of it.
    pub(super) fn said(&self, record: Record) -> &[u8] {
        let begin = record.begin as usize;
        &self.bytes[begin..begin + record.length as usize]
    }

    /// Gives room back when most of it is not needed any more.
    pub(super) fn shrink(&mut self) {
        if self.records.len() > self.records.capacity() / 4 {
            return;
        }
        let mut bytes = Vec::new();
        for record in self.records.values_mut() {
            let begin = record.begin as usize;
            let kept = &self.bytes[begin..begin + record.length as usize];
            // There was room for all of it before.
            record.begin = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(kept);
        }
        bytes.shrink_to_fit();
        self.bytes = bytes;
        self.records.shrink_to_fit();
        self.copies.shrink_to_fit();
    }
}
