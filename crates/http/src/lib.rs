#![doc = include_str!("../README.md")]

mod aside;
mod bodies;
mod body;
mod document;
mod freshness;
mod front;
mod guard;
mod id;
mod known;
mod limits;
mod metrics;
mod observe;
mod page;
mod paging;
mod params;
mod problem;
mod router;
mod routes;
mod serve;
mod state;
mod unfinished;
mod unread;
mod warm;

pub use guard::{ApiKey, GuardConfig, Reads};
pub use limits::Limits;
pub use router::{openapi, router};
pub use serve::{Ended, serve};
pub use state::{HttpState, Others, Services};
