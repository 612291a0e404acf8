//! Strings out of TOML tables, with the place of what is wrong.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Why an entry cannot be used.
#[derive(Debug)]
pub(crate) struct Fault {
    /// The byte at which the bad value stands; nothing when something is lacking.
    pub(crate) at: Option<usize>,
    /// What is wrong.
    pub(crate) reason: String,
}

/// A string and where it stands.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
}

/// Returns the string of a key that must be there.
pub(crate) fn required<'a>(table: &'a DeTable<'_>, key: &str) -> Result<Text<'a>, Fault> {
    optional(table, key)?.ok_or_else(|| missing(key))
}

/// Returns the string of a key that may be absent but must not be anything else.
pub(crate) fn optional<'a>(table: &'a DeTable<'_>, key: &str) -> Result<Option<Text<'a>>, Fault> {
    match table.get(key) {
        None => Ok(None),
        Some(value) => match value.get_ref() {
            DeValue::String(text) => Ok(Some(Text { text, at: value.span().start })),
            _ => Err(wrong_type(key, value, "a string")),
        },
    }
}

/// The fault of a key that is not there.
pub(crate) fn missing(key: &str) -> Fault {
    Fault { at: None, reason: format!("it has no {key}") }
}

/// The fault of a value of the wrong type.
pub(crate) fn wrong_type(key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> Fault {
    Fault {
        at: Some(value.span().start),
        reason: format!("{key} is of type {}, not {expected}", value.get_ref().type_str()),
    }
}
