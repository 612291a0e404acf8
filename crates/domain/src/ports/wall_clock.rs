//! The date.

use std::fmt::Debug;

use crate::DeployedAt;

/// Tells the date and time that people go by. Ages are told by [`Clock`](crate::Clock); this is for
/// what is written down.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait WallClock: Debug + Send + Sync {
    /// Returns the local date and time, naive, which is what SkillMeat writes into trackers.
    fn local(&self) -> DeployedAt;

    /// Returns the date and time in UTC.
    fn utc(&self) -> DeployedAt;
}

const _: fn(&dyn WallClock) = |_| {};
