#![doc = include_str!("../README.md")]

mod collection;
mod contained;
mod deploy;
mod discovery;
mod entry;
mod examination;
mod fault;
mod file_lock;
mod hasher;
mod index;
mod kept;
mod layout;
mod lines;
mod links;
mod listing;
mod listings;
mod pause;
#[cfg(any(test, feature = "test-util"))]
pub mod properties;
mod regular_file;
mod reporter;
mod reporting_states;
mod roots;
mod scoped_workers;
mod seen;
mod stamp;
#[cfg(test)]
mod test_support;
mod toml_fields;
mod tracker;
mod tree;
mod tree_lister;
mod watcher;

pub use collection::SkillmeatHome;
pub use deploy::{BackupLimits, DeployOptions, StagingDeployer};
#[cfg(any(test, feature = "test-util"))]
pub use discovery::WalkdirDiscovery;
pub use discovery::{
    DiscoveryOptions, ExcludeError, IndexedDiscovery, OpenatDiscovery, SearchRoot,
};
pub use hasher::{HashPathError, ReportingHasher, Sha256Hasher};
pub use index::{IndexContent, IndexUse, IndexedHasher};
pub use layout::{DEFAULT_MAX_DEPTH, TRACKER_FILE};
pub use listings::Listings;
pub use pause::{Pause, Sleep};
pub use reporting_states::ReportingStates;
pub use scoped_workers::ScopedWorkers;
pub use tracker::TomlDeploymentReader;
pub use tree_lister::TreeLister;
#[cfg(target_os = "linux")]
pub use watcher::{InotifyWatcher, WatchLimits};
pub use watcher::{PollingWatcher, WatchError, WatchOptions, WatchPorts};
