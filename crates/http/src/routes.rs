//! One module a route, and what several of them share.

pub(crate) mod artifact;
pub(crate) mod artifacts;
pub(crate) mod cache;
pub(crate) mod collections;
pub(crate) mod copies;
pub(crate) mod deploy;
pub(crate) mod diff;
pub(crate) mod events;
pub(crate) mod exact;
pub(crate) mod fleet;
pub(crate) mod health;
pub(crate) mod matrix;
pub(crate) mod metrics;
mod named;
pub(crate) mod orders;
pub(crate) mod project;
pub(crate) mod projects;
pub(crate) mod root;
pub(crate) mod shape;
pub(crate) mod status;
pub(crate) mod watch;
pub(crate) mod writes;
