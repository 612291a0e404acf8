//! What is counted.

use std::sync::atomic::AtomicU64;

/// The counts of all volumes; none orders anything.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) renewals: AtomicU64,
    pub(crate) failed_renewals: AtomicU64,
    pub(crate) announcements: AtomicU64,
    pub(crate) failed_announcements: AtomicU64,
    pub(crate) dropped: AtomicU64,
}
