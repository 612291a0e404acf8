//! A clock that a test sets.

use std::sync::Mutex;
use std::time::Duration;

use crate::{Clock, Moment};

/// Stands still until it is advanced.
#[derive(Debug, Default)]
pub struct ManualClock {
    // Held to read or set one number.
    now: Mutex<Moment>,
}

impl ManualClock {
    /// Moves the time on.
    ///
    /// # Panics
    ///
    /// Panics when a thread panicked while it held the time.
    pub fn advance(&self, time: Duration) {
        let mut now = self.now.lock().expect("no test panics inside");
        *now = now.after(time);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.now.lock().expect("no test panics inside")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_contract_of_clocks() {
        let clock = ManualClock::default();
        let advance = || clock.advance(Duration::from_nanos(1));
        crate::testing::contract::clock(&clock, &advance);
    }
}
