#![doc = include_str!("../README.md")]

mod bodies;
mod freshness;
mod guard;
mod id;
mod limits;
mod metrics;
mod observe;
mod paging;
mod params;
mod problem;
mod router;
mod routes;
mod serve;
mod state;

pub use guard::{GuardConfig, Reads, Token};
pub use limits::Limits;
pub use router::{openapi, router};
pub use serve::{Caller, Ended, serve};
pub use state::{HttpState, Services};
