//! The machine's date.

use std::time::SystemTime;

use skillstat_domain::{DeployedAt, WallClock};

use crate::local_offset;

/// The date as the system has it, and its time zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemWallClock;

impl WallClock for SystemWallClock {
    fn local(&self) -> DeployedAt {
        DeployedAt::local(unix_microseconds(), local_offset())
    }

    fn utc(&self) -> DeployedAt {
        DeployedAt::utc(unix_microseconds())
    }
}

fn unix_microseconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_and_utc_are_the_same_time() {
        let (utc, local) = (SystemWallClock.utc(), SystemWallClock.local());
        assert!(local.is_naive() && !utc.is_naive());
        let apart = local.unix_microseconds(local_offset()) - utc.unix_microseconds(0);
        assert!((0..60_000_000).contains(&apart), "{utc} {local}");
        assert!(utc.unix_microseconds(0) > 1_700_000_000_000_000, "{utc}");
    }
}
