#![doc = include_str!("../README.md")]

mod announcing_commands;
mod counters;
mod lease;
mod leased_watcher;
mod leases;
#[cfg(feature = "redis")]
mod redis;
mod sync;
#[cfg(test)]
#[cfg_attr(shuttle, expect(dead_code, reason = "only the lease itself is explored"))]
mod test_world;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;
mod volumes;

pub use announcing_commands::AnnouncingCommands;
pub use leased_watcher::LeasedWatcher;
pub use leases::{LeasePorts, Leases};
#[cfg(feature = "redis")]
pub use redis::{KeyPrefix, KeyPrefixError, RedisAddress, RedisAddressError, RedisFleet};
pub use volumes::SharedVolume;
