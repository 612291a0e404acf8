#![doc = include_str!("../README.md")]

mod connection;
mod fault;
mod head;
mod limits;
mod place;
mod service_query;

pub use limits::Limits;
pub use service_query::ServiceQuery;
