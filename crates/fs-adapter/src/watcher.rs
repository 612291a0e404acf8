//! Watching what answers are made from.
//!
//! On Linux that is one thread over inotify. Events come in, changes go out to a `ChangeSink`. An event is a hint where to look; what is there is
//! for whoever is told to read. `kernel` tells events, `occurrence` reads their flags, `follower` knows
//! what is watched and what an event there means, over the `tree` of watched directories. What cannot
//! be watched is looked at from time to time (`survey`), and named in the coverage. Elsewhere everything is,
//! and at once when the system hints (`hints`) that something has changed.

#[cfg(target_os = "linux")]
mod follower;
mod hints;
#[cfg(target_os = "linux")]
mod inotify;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod limits;
mod looks;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod occurrence;
mod polling;
#[cfg(target_os = "linux")]
mod role;
#[cfg(target_os = "linux")]
mod state;
mod survey;
#[cfg(target_os = "linux")]
mod thread;
#[cfg(target_os = "linux")]
mod tree;

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use camino::Utf8PathBuf;
#[cfg(target_os = "linux")]
pub use inotify::InotifyWatcher;
#[cfg(target_os = "linux")]
pub use limits::WatchLimits;
pub use polling::PollingWatcher;
use skillstat_domain::{
    ChangeSink, Coverage, Problem, ProblemKind, ProjectDiscovery, ProjectStates,
};

use crate::discovery::{DiscoveryOptions, ExcludeError};
use crate::listings::Listings;

/// What a watcher watches.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WatchOptions {
    /// Where projects are looked for: the same as for the discovery.
    pub discovery: DiscoveryOptions,
    /// SkillMeat's home directory, which holds the collections.
    pub skillmeat_home: Utf8PathBuf,
    /// How many directories may be watched.
    pub budget: NonZeroUsize,
    /// Directories that other machines write to as well, whatever file system they are on.
    pub shared: Vec<PathBuf>,
}

impl WatchOptions {
    /// Watches what this discovery and this home are about; no other machine writes there.
    pub fn new(
        discovery: DiscoveryOptions,
        skillmeat_home: Utf8PathBuf,
        budget: NonZeroUsize,
    ) -> Self {
        Self { discovery, skillmeat_home, budget, shared: Vec::new() }
    }
}

/// What a watcher asks and tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct WatchPorts {
    /// Finds projects. It must not remember any.
    pub discovery: Arc<dyn ProjectDiscovery>,
    /// Knows where the copies of a project are. It may remember, as long as it forgets what the sink is
    /// told of.
    pub states: Arc<dyn ProjectStates>,
    /// Is told.
    pub sink: Arc<dyn ChangeSink>,
    /// What the first scan has listed, if it reports that: then not all of it is listed once more. Whoever
    /// scans for what the sink is told of must report to it, too.
    pub listings: Option<Arc<Listings>>,
}

impl WatchPorts {
    /// Joins the ports; everything is listed anew.
    pub fn new(
        discovery: Arc<dyn ProjectDiscovery>,
        states: Arc<dyn ProjectStates>,
        sink: Arc<dyn ChangeSink>,
    ) -> Self {
        Self { discovery, states, sink, listings: None }
    }
}

/// Why nothing can be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// An exclude glob is malformed.
    #[error(transparent)]
    Exclude(#[from] ExcludeError),
    /// The system allows no more instances of inotify (`fs.inotify.max_user_instances`), no more open
    /// files or no more threads.
    #[error("the system lets nobody watch")]
    System(#[source] io::Error),
}

/// Says what is not watched.
pub(super) fn not_watched(path: &str, reason: String, fix: String) -> Problem {
    let kind = ProblemKind::NotWatched;
    Problem { path: path.to_owned(), line: None, kind, reason, fix, artifact: None }
}

/// What a coverage becomes when nobody can rely on it any more.
fn failed(coverage: &Coverage) -> Coverage {
    let gaps = vec![not_watched(
        "/",
        "the watcher has failed".to_owned(),
        "restart the service and report the fault".to_owned(),
    )];
    Coverage { complete: false, bound: None, gaps, ..Coverage::clone(coverage) }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests;
