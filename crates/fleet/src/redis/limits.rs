//! How much is kept at the server.

use std::time::Duration;

/// How many announcements of a volume are remembered; each has [`super::entry::MOST`] bytes at most.
pub(super) const LOG: usize = 256;

/// For how long a volume is remembered that nobody asks after.
pub(super) const VOLUME_SECONDS: u64 = 24 * 60 * 60;

/// For how long a machine is remembered that reports nothing.
pub(super) const HOST_SECONDS: u64 = 7 * 24 * 60 * 60;

/// How many machines are remembered; of more, those that reported last.
pub(super) const MOST_HOSTS: usize = 128;

/// How many bytes a machine says at most.
pub(super) const MOST_BYTES: usize = 128 << 10;

/// How long an answer about a lease or an announcement may take; a later one would be of no use.
pub(super) const ANSWER: Duration = Duration::from_millis(240);

/// How long an answer about machines may take.
pub(super) const SLOW_ANSWER: Duration = Duration::from_secs(2);

/// How long it may take to connect.
pub(super) const CONNECT: Duration = Duration::from_secs(3);

/// The first and the longest wait before another attempt to connect.
pub(super) const BACKOFF: [Duration; 2] = [Duration::from_millis(50), Duration::from_secs(3)];
