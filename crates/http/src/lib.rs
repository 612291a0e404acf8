#![doc = include_str!("../README.md")]

mod bodies;
mod freshness;
mod guard;
mod id;
mod limits;
mod paging;
mod params;
mod problem;
mod router;
mod routes;
mod state;

pub use guard::{GuardConfig, Reads, Token};
pub use limits::Limits;
pub use router::{openapi, router};
pub use state::{HttpState, Services};
