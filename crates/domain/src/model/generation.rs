//! Before or after: when something was read, in terms of invalidations.

/// A point between invalidations; a later one is greater.
///
/// Whoever loads something notes the generation before it reads, and gives it along when it stores
/// what it made: a cache refuses what was read before an invalidation that concerns it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u64);

impl Generation {
    /// Wraps a counter of invalidations.
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// Returns the generation that the next invalidation begins.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_is_later() {
        assert_eq!(Generation::new(7).next(), Generation::new(8));
    }
}
