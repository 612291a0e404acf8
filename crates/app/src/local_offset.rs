//! The time zone of this machine.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Returns how many seconds east of UTC the local time is now, for dates that do not say: zero when
/// the system does not know either. The library looks at `TZ` and the system's files itself.
pub fn local_offset() -> i32 {
    let zone = TimeZone::try_system().unwrap_or(TimeZone::UTC);
    zone.to_offset(Timestamp::now()).seconds()
}
