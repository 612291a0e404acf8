//! Counting what the cache does.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters that many threads add to; none orders anything.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) hits: Count,
    pub(crate) misses: Count,
    pub(crate) joined: Count,
    pub(crate) expired: Count,
    pub(crate) invalidated: Count,
}

/// One counter.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Returns a number that no other cached value of this process has.
pub(crate) fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
