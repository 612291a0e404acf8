//! Waiting, so that tests need not.

use std::fmt::Debug;
use std::thread;
use std::time::Duration;

/// Waits for some time.
pub trait Pause: Debug + Send + Sync {
    /// Returns after that time.
    fn pause(&self, time: Duration);
}

/// Really waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sleep;

impl Pause for Sleep {
    fn pause(&self, time: Duration) {
        thread::sleep(time);
    }
}
