//! Reading collections.

use std::fmt::Debug;

use crate::{Collection, Scanned};

/// Reads the collections artifacts are deployed from.
///
/// An implementation MUST return them sorted by name, each bad manifest entry as a problem beside
/// its good neighbours; no collection at all is an empty list without problems. It MUST NOT write
/// anything. It may block.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait CollectionReader: Debug + Send + Sync {
    /// Returns all collections.
    fn collections(&self) -> Scanned<Vec<Collection>>;
}

const _: fn(&dyn CollectionReader) = |_| {};
