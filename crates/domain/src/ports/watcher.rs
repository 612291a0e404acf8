//! Watching what answers are made from.

use std::fmt::Debug;
use std::sync::{Arc, OnceLock};

use crate::Coverage;

/// Tells a [`ChangeSink`](crate::ChangeSink) of changes on disk.
///
/// An implementation MUST tell of every change to what a [`Coverage`] without gaps covers: which
/// directories are projects, their trackers, the files of their copies, and the collections. It MUST
/// tell of it after the system has told it, never before, and MUST begin watching something before
/// it tells that it has changed, so that nothing falls between. It MUST list what it cannot watch as
/// a gap, MUST tell of [`Change::Everything`](crate::Change::Everything) when changes may have been
/// lost, and MUST go back to a complete coverage by itself as soon as that is possible.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait Watcher: Debug + Send + Sync {
    /// Tells whether the sink has taken every change that happened before this call, as far as the
    /// [`coverage`](Self::coverage) goes: of what is only looked at from time to time, or not at all, it says
    /// nothing. Costs a system call at most and never blocks.
    fn is_settled(&self) -> bool;

    /// Returns when the sink has taken every change that happened before this call, as far as the coverage
    /// goes. It may block.
    fn settle(&self);

    /// Returns how much is watched.
    fn coverage(&self) -> Arc<Coverage>;
}

const _: fn(&dyn Watcher) = |_| {};

/// Watches nothing: an answer is good for its time to live.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watcher for Unwatched {
    fn is_settled(&self) -> bool {
        true
    }

    fn settle(&self) {}

    fn coverage(&self) -> Arc<Coverage> {
        static NONE: OnceLock<Arc<Coverage>> = OnceLock::new();
        Arc::clone(NONE.get_or_init(|| Arc::new(Coverage::none())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nobody_watches_nothing_is_waited_for() {
        assert!(Unwatched.is_settled());
        assert_eq!(*Unwatched.coverage(), Coverage::none());
    }
}
