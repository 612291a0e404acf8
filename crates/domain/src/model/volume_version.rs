//! How often a shared volume was changed.

use std::fmt;

/// The version of a shared volume: one more with each announcement.
///
/// A volume that nobody remembers begins with the time, in microseconds since 1970, of whoever counts.
/// So a count that was lost does not come back, and whoever knows a version of before sees a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeVersion(u64);

impl VolumeVersion {
    /// The largest version: above it, a server that counts in floating point would skip some.
    pub const LAST: Self = Self(1 << 53);

    /// Wraps a count; nothing when it is zero or larger than [`LAST`](Self::LAST).
    pub const fn new(count: u64) -> Option<Self> {
        if count == 0 || count > Self::LAST.0 { None } else { Some(Self(count)) }
    }

    /// Returns the count.
    pub const fn count(self) -> u64 {
        self.0
    }

    /// Tells whether this is the very next version.
    pub const fn follows(self, before: Self) -> bool {
        self.0 == before.0 + 1
    }
}

impl fmt::Display for VolumeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_count_that_a_double_can_hold() {
        assert_eq!(VolumeVersion::new(0), None);
        assert_eq!(VolumeVersion::new((1 << 53) + 1), None);
        let [first, second] = [1, 2].map(|count| VolumeVersion::new(count).unwrap());
        assert!(second.follows(first) && !first.follows(second) && !first.follows(first));
        assert_eq!(second.count(), 2);
        assert_eq!(VolumeVersion::new(1 << 53), Some(VolumeVersion::LAST));
    }
}
