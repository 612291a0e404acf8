//! When a stamp may be trusted: git's rule for what is "racily clean".
//!
//! A change that comes after the look, in the same tick of the clock as the one before it, leaves the same
//! stamp. So a fingerprint is kept only if the last change in it had been over for longer than a tick when
//! the look began: a later change then has a later stamp. The time of the look is read before the first
//! stamp, from the clock that the kernel takes stamps from.
//!
//! That holds where this machine's kernel makes the stamps. A file server has a clock of its own, and a file
//! system in user space may say what it likes, so copies there are never kept.

use std::os::fd::OwnedFd;
use std::time::Duration;

/// Seconds and nanoseconds since 1970, in UTC.
pub(crate) type Moment = (i64, i64);

/// The coarsest that a file system counts in which counts in fractions of a second, and what the kernel's
/// tick may be on top: it is 1 to 10 ms.
const FINE: Duration = Duration::from_millis(10);

/// The coarsest that any file system counts in.
const COARSE: Duration = Duration::from_secs(2);

/// What a fraction of a second is a multiple of where a file system may not count any finer.
const FINE_NANOSECONDS: i64 = 1_000_000;

/// Tells whether what `changed` last at this time can be told from what changes after `looked`.
pub(crate) fn is_settled(changed: Moment, looked: Moment) -> bool {
    let (_, fraction) = changed;
    let margin = if fraction % FINE_NANOSECONDS == 0 { COARSE } else { FINE };
    let nanoseconds =
        |(seconds, fraction): Moment| i128::from(seconds) * 1_000_000_000 + i128::from(fraction);
    nanoseconds(changed) + margin.as_nanos().cast_signed() <= nanoseconds(looked)
}

/// Returns the time that a change would be stamped with now.
#[cfg(target_os = "linux")]
pub(crate) fn now() -> Moment {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    (now.tv_sec, now.tv_nsec)
}

/// Tells whether this machine's kernel stamps what lies on the file system of what was found, if that is
/// `device`.
#[cfg(target_os = "linux")]
pub(super) fn is_stamped_here(found: &OwnedFd, device: u64) -> bool {
    /// The numbers of file systems that take their stamps from the kernel's clock. Source: Linux,
    /// `include/uapi/linux/magic.h` and the sources of those that are not in it.
    const LOCAL: [u32; 8] = [
        0x0000_ef53, // ext2, ext3, ext4
        0x5846_5342, // xfs
        0x9123_683e, // btrfs
        0x0102_1994, // tmpfs
        0x794c_7630, // overlay
        0xf2f5_2010, // f2fs
        0xca45_1a4e, // bcachefs
        0x2fc1_2fc1, // zfs
    ];
    let is_there = rustix::fs::fstat(found).is_ok_and(|stat| stat.st_dev == device);
    let kind = rustix::fs::fstatfs(found).map(|system| system.f_type);
    is_there
        && kind.is_ok_and(|kind| LOCAL.iter().any(|&local| i128::from(local) == i128::from(kind)))
}

/// Elsewhere nothing is known of the clock, so nothing is kept.
#[cfg(not(target_os = "linux"))]
pub(crate) fn now() -> Moment {
    (i64::MIN, 0)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_stamped_here(_found: &OwnedFd, _device: u64) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_older_than_a_tick_is_settled() {
        let changed = (100, 123_456_789);
        for (looked, settled) in [
            ((100, 123_456_789), false),
            ((100, 133_456_788), false),
            ((100, 133_456_789), true),
            ((101, 0), true),
            // The clock was set back, or the file comes from the future.
            ((99, 999_999_999), false),
        ] {
            assert_eq!(is_settled(changed, looked), settled, "{looked:?}");
        }
    }

    #[test]
    fn what_may_be_counted_in_seconds_takes_two() {
        for fraction in [0, 250_000_000, 7_000_000] {
            assert!(!is_settled((100, fraction), (102, fraction - 1)));
            assert!(is_settled((100, fraction), (102, fraction)));
        }
    }

    #[test]
    fn the_clock_is_the_one_that_stamps() {
        let tree = crate::test_support::TempTree::new();
        let before = now();
        let stat = rustix::fs::stat(tree.file("a", "").path("a")).unwrap();
        let changed = crate::stamp::Stamp::new(&stat).changed();
        // A file system that was asked before may stamp more finely, never with less.
        assert!(before <= changed, "{before:?} {changed:?}");
    }
}
