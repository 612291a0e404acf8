#![doc = include_str!("../README.md")]

mod cached_discovery;
mod cached_projects;
mod cached_statistics;
mod feed;
mod flights;
mod invalidating_commands;
mod noop_cache;
mod places;
mod pooled_diffs;
#[cfg(not(shuttle))]
mod process_wide;
mod settled;
mod slot;
mod sync;
mod tally;
#[cfg(test)]
#[cfg_attr(shuttle, expect(dead_code, reason = "fewer things happen where every order is tried"))]
mod test_world;
mod ttl;
mod ttl_stats_cache;

pub use cached_discovery::CachedDiscovery;
pub use cached_projects::CachedProjects;
pub use cached_statistics::{BlockingPool, CachedStatistics, Sources};
pub use feed::Feed;
pub use invalidating_commands::InvalidatingCommands;
pub use noop_cache::NoopCache;
pub use pooled_diffs::PooledDiffs;
#[cfg(not(shuttle))]
pub use process_wide::process_wide;
pub use settled::SettledStatistics;
pub use ttl::{Ttl, TtlError};
pub use ttl_stats_cache::TtlStatsCache;
