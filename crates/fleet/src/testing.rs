//! For tests only: a real server, and ways to it and to one in memory that can be cut, slowed down and lied on.

mod proxy;
mod server;
mod way;

pub use proxy::{Proxy, Traffic};
pub use server::RedisServer;
pub use way::{RuntimeClock, Way, WayThere};

#[cfg(feature = "redis")]
pub use super::redis::properties::redis as holds_of_what_a_server_says;
