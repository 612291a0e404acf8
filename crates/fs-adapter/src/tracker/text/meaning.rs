//! What a tracker says, without how it is written: for comparing.

use toml::de::{DeTable, DeValue};

/// The values of a tracker.
#[derive(Debug)]
pub(super) struct Meaning<'t> {
    records: Vec<DeValue<'t>>,
    others: DeTable<'t>,
}

impl<'t> Meaning<'t> {
    /// Reads a text; nothing when it is no tracker.
    pub(super) fn of(text: &'t str) -> Option<Self> {
        let mut others = DeTable::parse(text).ok()?.into_inner();
        let records = match others.remove("deployed").map(toml::Spanned::into_inner) {
            None => Vec::new(),
            Some(DeValue::Array(records)) => {
                records.into_iter().map(toml::Spanned::into_inner).collect()
            }
            Some(_) => return None,
        };
        Some(Self { records, others })
    }

    /// Puts the record of a block in the place of another.
    pub(super) fn replace(&mut self, entry: usize, block: &'t str) {
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
    pub(super) fn append(&mut self, block: &'t str) {
        self.records.extend(record_of(block));
    }

    /// Tells whether two trackers say the same, records in the same order.
    pub(super) fn is(&self, other: &Meaning<'_>) -> bool {
        let records = self.records.iter().zip(&other.records);
        self.records.len() == other.records.len()
            && records.into_iter().all(|(one, other)| same(one, other))
            && same_table(&self.others, &other.others)
    }
}

fn record_of(block: &str) -> Option<DeValue<'_>> {
    Meaning::of(block)?.records.pop()
}

fn same_table(one: &DeTable<'_>, other: &DeTable<'_>) -> bool {
    let alike = |(key, value): (&toml::Spanned<_>, &toml::Spanned<_>)| {
        let key: &toml::de::DeString<'_> = key.get_ref();
        other.get(&**key).is_some_and(|found| same(value.get_ref(), found.get_ref()))
    };
    one.len() == other.len() && one.iter().all(alike)
}

fn same(one: &DeValue<'_>, other: &DeValue<'_>) -> bool {
    match (one, other) {
        (DeValue::String(one), DeValue::String(other)) => one == other,
        (DeValue::Boolean(one), DeValue::Boolean(other)) => one == other,
        (DeValue::Datetime(one), DeValue::Datetime(other)) => one == other,
        (DeValue::Integer(one), DeValue::Integer(other)) => {
            (one.as_str(), one.radix()) == (other.as_str(), other.radix())
        }
        (DeValue::Float(one), DeValue::Float(other)) => one.as_str() == other.as_str(),
        (DeValue::Array(one), DeValue::Array(other)) => {
            let pairs = one.iter().zip(other.iter());
            one.len() == other.len()
                && pairs.into_iter().all(|(one, other)| same(one.get_ref(), other.get_ref()))
        }
        (DeValue::Table(one), DeValue::Table(other)) => same_table(one, other),
        _ => false,
    }
}
