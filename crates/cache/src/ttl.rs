//! How long an entry is good for.

use std::time::Duration;

/// A time to live; never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ttl(Duration);

impl Ttl {
    /// Two minutes, as SkillMeat's cache has it.
    pub const DEFAULT: Self = Self(Duration::from_mins(2));

    /// Checks a time.
    ///
    /// # Errors
    ///
    /// - [`TtlError`] when it is zero: to switch a cache off there is [`NoopCache`](crate::NoopCache).
    pub const fn new(time: Duration) -> Result<Self, TtlError> {
        if time.is_zero() { Err(TtlError) } else { Ok(Self(time)) }
    }

    /// Returns the time.
    pub const fn get(self) -> Duration {
        self.0
    }
}

/// A time to live of zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TtlError;

impl std::fmt::Display for TtlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a time to live is longer than zero")
    }
}

impl std::error::Error for TtlError {}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_zero_is_refused_and_says_why() {
        let refused = Ttl::new(Duration::ZERO).map_err(|error| error.to_string());
        assert_eq!(refused, Err("a time to live is longer than zero".to_owned()));
    }
}
