//! The machine's clock.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use skillstat_domain::{Clock, Moment};

/// The monotonic clock, to the tick (some milliseconds): reading the exact one would cost as much as
/// the cache hit whose age it tells. Setting the wall clock does not change it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::MonotonicCoarse;

#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        moment(CLOCK)
    }
}

/// Reads a clock of the system that cannot be before its beginning.
pub(crate) fn moment(clock: ClockId) -> Moment {
    Moment::new(Duration::try_from(clock_gettime(clock)).unwrap_or_default())
}
