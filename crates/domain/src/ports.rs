//! What the domain needs from outside, as traits. Each is `Send + Sync` and dyn-compatible.

pub(crate) mod change_feed;
pub(crate) mod change_sink;
pub(crate) mod clock;
pub(crate) mod collection_reader;
pub(crate) mod deploy_observer;
pub(crate) mod deployer;
pub(crate) mod deployment_commands;
pub(crate) mod deployment_reader;
pub(crate) mod diff_query;
pub(crate) mod file_lister;
pub(crate) mod fleet;
pub(crate) mod hasher;
pub(crate) mod originals;
pub(crate) mod project_discovery;
pub(crate) mod project_states;
pub(crate) mod scan_observer;
pub(crate) mod shared_volumes;
pub(crate) mod statistics_query;
pub(crate) mod stats_cache;
pub(crate) mod wall_clock;
pub(crate) mod watcher;
pub(crate) mod workers;
