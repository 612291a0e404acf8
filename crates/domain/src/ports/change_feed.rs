//! Listening to news.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::Notice;

/// Tells listeners what has changed.
///
/// An implementation MUST keep only so many notices, whatever listeners do: one that has fallen
/// behind gets [`News::Resync`](crate::News::Resync) in place of those it missed.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait ChangeFeed: Debug + Send + Sync {
    /// Returns the id of the latest notice; 0 before the first.
    fn latest(&self) -> u64;

    /// Begins to listen: to what comes from now on, or to what came after the notice with this id.
    fn listen(&self, after: Option<u64>) -> Box<dyn Listener>;
}

const _: fn(&dyn ChangeFeed) = |_| {};

/// Someone who listens.
#[async_trait]
pub trait Listener: Debug + Send {
    /// Returns the next notice when there is one; nothing when there will be none any more. May be
    /// given up and asked again without losing one.
    async fn next(&mut self) -> Option<Notice>;
}
