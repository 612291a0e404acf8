//! The machine's clock.

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
        let time = clock_gettime(CLOCK);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
        Moment::new(std::time::Duration::new(seconds, nanoseconds))
    }
}
