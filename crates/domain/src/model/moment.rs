//! A point in time that nobody can set back.

use std::time::Duration;

/// A reading of a monotonic [`Clock`](crate::Clock): the time since some fixed point of that clock.
///
/// Why not `std::time::Instant`: reading one costs as much as the cache hit whose age it is to tell,
/// and one cannot be made from a coarser clock, or by a test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Duration);

impl Moment {
    /// Wraps a reading.
    pub const fn new(since_start: Duration) -> Self {
        Self(since_start)
    }

    /// Returns the moment that much later, or the last there is.
    #[must_use]
    pub const fn after(self, time: Duration) -> Self {
        Self(self.0.saturating_add(time))
    }

    /// Returns the time from `earlier` to this; zero when `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_later_by_a_time_is_that_time_since(start: u32, time: u32) {
            let (start, time) = (Duration::from_micros(start.into()), Duration::from_micros(time.into()));
            let earlier = Moment::new(start);
            prop_assert_eq!(earlier.after(time).since(earlier), time);
            prop_assert_eq!(earlier.since(earlier.after(time)), Duration::ZERO);
        }
    }
}
