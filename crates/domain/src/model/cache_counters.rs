//! What a cache has done.

use std::time::Duration;

/// What a cache holds, and how often it was asked for what. A cache sets what it knows in
/// [`CacheCounters::default`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheCounters {
    /// Whether the list of projects is held.
    pub projects_cached: bool,
    /// How many artifacts' statistics are held.
    pub stats_entries: usize,
    /// How long an entry is good for.
    pub ttl: Duration,
    /// Questions for statistics that were held.
    pub hits: u64,
    /// Questions for statistics that were not: they were computed, or waited for, or known to be none because no
    /// project has the artifact, which is not held for each.
    pub misses: u64,
    /// Questions, for statistics or anything else, that waited for the answer to another one.
    pub joined: u64,
    /// Entries found too old when they were asked for.
    pub expired: u64,
    /// Calls that invalidated something.
    pub invalidated: u64,
}
