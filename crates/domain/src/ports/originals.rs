//! The place between use case and collections where a cache can stand.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use crate::{Original, OriginalId};

/// Knows what copies were deployed from, as it is now.
///
/// An implementation MUST answer as if it had looked at the disk after the call began, or after the
/// last change it can know of. It MUST return one entry for each name asked for. It may block.
///
/// # Hidden contract
///
/// Whoever computes an answer asks once for all that it needs, so that an implementation that remembers
/// can tell which answers a change of the collections may concern.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait Originals: Debug + Send + Sync {
    /// Returns what each of these is.
    fn originals(&self, wanted: &BTreeSet<OriginalId>) -> BTreeMap<OriginalId, Original>;
}

const _: fn(&dyn Originals) = |_| {};
