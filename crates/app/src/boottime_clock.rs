//! A clock that goes on while the machine sleeps.

use rustix::time::{ClockId, clock_gettime};
use skillstat_domain::{Clock, Moment};

/// The time since the machine was started, to the nanosecond. Unlike [`SystemClock`](crate::SystemClock) it
/// counts the time in which the machine slept: a lease ends then, too.
#[derive(Debug, Clone, Copy, Default)]
pub struct BoottimeClock;

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;

/// Elsewhere the monotonic clock is the nearest that there is.
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

impl Clock for BoottimeClock {
    fn now(&self) -> Moment {
        let time = clock_gettime(CLOCK);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
        Moment::new(std::time::Duration::new(seconds, nanoseconds))
    }
}
