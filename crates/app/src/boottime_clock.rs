//! A clock that goes on while the machine sleeps.

use rustix::time::ClockId;
use skillstat_domain::{Clock, Moment};

use crate::system_clock::moment;

/// The time since the machine was started, to the nanosecond. Unlike [`SystemClock`](crate::SystemClock) it
/// counts the time in which the machine slept: a lease ends then, too.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BoottimeClock;

#[cfg(target_os = "linux")]
const CLOCK: ClockId = ClockId::Boottime;

/// Elsewhere the monotonic clock is the nearest that there is.
#[cfg(not(target_os = "linux"))]
const CLOCK: ClockId = ClockId::Monotonic;

impl Clock for BoottimeClock {
    fn now(&self) -> Moment {
        moment(CLOCK)
    }
}
