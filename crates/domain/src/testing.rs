//! For tests only: a world that can be sketched, a twin of the adapters that lives in memory, and
//! the contract suite of each port.
//!
//! Mock (`MockHasher`, …) when a test is about the conversation; use [`InMemoryProjects`] when it is
//! about what is there. The suites in [`contract`] are run over every implementation, the in-memory
//! one included, so that it cannot drift from the real ones.

pub mod contract;
mod in_memory;
mod in_memory_fleet;
mod manual_clock;
pub mod properties;
mod recording_observer;
mod sketch;

pub use in_memory::{COLLECTION, HashCopy, InMemoryProjects};
pub use in_memory_fleet::InMemoryFleet;
pub use manual_clock::ManualClock;
pub use recording_observer::RecordingObserver;
pub use sketch::{CollectionSketch, CopySketch, RecordSketch, Sketch, TrackerSketch};

pub use crate::ports::change_feed::MockChangeFeed;
pub use crate::ports::change_sink::MockChangeSink;
pub use crate::ports::clock::MockClock;
pub use crate::ports::collection_reader::MockCollectionReader;
pub use crate::ports::deploy_observer::MockDeployObserver;
pub use crate::ports::deployer::MockDeployer;
pub use crate::ports::deployment_commands::MockDeploymentCommands;
pub use crate::ports::deployment_reader::MockDeploymentReader;
pub use crate::ports::diff_query::MockDiffQuery;
pub use crate::ports::file_lister::MockFileLister;
pub use crate::ports::fleet::MockFleet;
pub use crate::ports::hasher::MockHasher;
pub use crate::ports::originals::MockOriginals;
pub use crate::ports::project_discovery::MockProjectDiscovery;
pub use crate::ports::project_states::MockProjectStates;
pub use crate::ports::scan_observer::MockScanObserver;
pub use crate::ports::shared_volumes::MockSharedVolumes;
pub use crate::ports::statistics_query::MockStatisticsQuery;
pub use crate::ports::stats_cache::MockStatsCache;
pub use crate::ports::wall_clock::MockWallClock;
pub use crate::ports::watcher::MockWatcher;
