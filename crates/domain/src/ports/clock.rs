//! The time.

use std::fmt::Debug;

use crate::Moment;

/// Tells the time. It MUST never go back, whatever happens to the wall clock; it may stand still for
/// some milliseconds.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait Clock: Debug + Send + Sync {
    /// Returns the time now.
    fn now(&self) -> Moment;
}

const _: fn(&dyn Clock) = |_| {};
