//! Waiting until what was written can be told from what is written now.

use std::fs;
use std::time::{Duration, SystemTime};

use camino::Utf8Path;
use rustix::time::{ClockId, clock_gettime};

/// More than the ticks by which files are stamped, and what the index takes for that.
const ENOUGH: Duration = Duration::from_millis(20);

/// Waits until all that was written so far in a file system is old enough for the index to trust it.
pub(crate) fn settle(directory: &Utf8Path) {
    fs::create_dir_all(directory).expect("writable");
    let probe = directory.join("probe");
    fs::write(&probe, "").expect("writable");
    let written = fs::metadata(&probe).and_then(|found| found.modified()).expect("it is there");
    while now() < written + ENOUGH {
        std::thread::yield_now();
    }
}

/// Returns the time by the clock that files are stamped from.
fn now() -> SystemTime {
    let now = clock_gettime(ClockId::RealtimeCoarse);
    let seconds = Duration::from_secs(now.tv_sec.unsigned_abs());
    SystemTime::UNIX_EPOCH + seconds + Duration::from_nanos(now.tv_nsec.unsigned_abs())
}
