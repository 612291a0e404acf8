//! What is counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
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

/// The counts of all volumes.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) renewals: Count,
    pub(crate) failed_renewals: Count,
    pub(crate) announcements: Count,
    pub(crate) failed_announcements: Count,
    pub(crate) dropped: Count,
}
