//! What a tracker says, without how it is written: for comparing.

use toml::{Table, Value};

/// The values of a tracker.
#[derive(Debug, PartialEq)]
pub(super) struct Meaning {
    records: Vec<Value>,
    others: Table,
}

impl Meaning {
    /// Reads a text; nothing when it is not TOML.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut others: Table = toml::from_str(text).ok()?;
        let records = match others.remove("deployed") {
            None => Vec::new(),
            Some(Value::Array(records)) => records,
            Some(_) => return None,
        };
        Some(Self { records, others })
    }

    /// Puts the record of a block in the place of another.
    pub(super) fn replace(&mut self, entry: usize, block: &str) {
        if let (Some(place), Some(record)) = (self.records.get_mut(entry), record_of(block)) {
            *place = record;
        }
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, entry: usize) {
        if entry < self.records.len() {
            self.records.remove(entry);
        }
    }

    /// Adds the record of a block.
    pub(super) fn append(&mut self, block: &str) {
        self.records.extend(record_of(block));
    }
}

fn record_of(block: &str) -> Option<Value> {
    Meaning::of(block)?.records.pop()
}
