//! Hearing of changes.

use std::collections::BTreeSet;
use std::fmt::Debug;

use crate::Change;

/// Takes changes from whoever watches.
///
/// Once [`changed`](Self::changed) has returned, an implementation MUST NOT give anyone who asks later
/// an answer made from what was read before the change. It may block, for as long as reading what
/// changed takes.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait ChangeSink: Debug + Send + Sync {
    /// Takes changes; several that happened together come together, each once.
    fn changed(&self, changes: &BTreeSet<Change>);
}

const _: fn(&dyn ChangeSink) = |_| {};
