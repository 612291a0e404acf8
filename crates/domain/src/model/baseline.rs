//! The hash on record, against which a copy is compared.

use std::sync::Arc;

use crate::ContentHash;

/// What was deployed, as the tracker says: `collection_sha` if non-empty, else `content_hash`.
///
/// It is text. Only 64 hex digits (either case) can be compared; any other text means that the
/// copy cannot be verified.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Baseline {
    // Shared: a record and every report of its copy hold the same.
    text: Arc<str>,
    hash: Option<ContentHash>,
}

impl Baseline {
    /// Takes the text of a record.
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), hash: text.parse().ok() }
    }

    /// Returns the text as it stands on record.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the hash, or nothing when the text is none.
    pub fn hash(&self) -> Option<ContentHash> {
        self.hash
    }
}
