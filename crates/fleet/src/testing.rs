//! For tests only: a real server, and a way to it that can be cut, slowed down and lied on.

mod proxy;
mod server;

pub use proxy::{Proxy, Traffic};
pub use server::RedisServer;
