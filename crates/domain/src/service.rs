//! The verbs: discover, read, assess, aggregate, as rules over ports.

pub(crate) mod active;
pub(crate) mod aggregate;
pub(crate) mod compare;
pub(crate) mod deployment_service;
pub(crate) mod diff_service;
pub(crate) mod direct_originals;
pub(crate) mod direct_states;
pub(crate) mod explain;
pub(crate) mod inventory;
pub(crate) mod part;
pub(crate) mod quoted;
pub(crate) mod replacing;
pub(crate) mod staleness;
pub(crate) mod statistics_service;
pub(crate) mod unified;
