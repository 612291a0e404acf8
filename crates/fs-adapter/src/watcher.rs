//! Watching what answers are made from: one thread over inotify.
//!
//! Events come in, changes go out to a `ChangeSink`. An event is a hint where to look; what is there is
//! for whoever is told to read. `kernel` tells events, `occurrence` reads their flags, `follower` knows
//! what is watched and what an event there means, over the `tree` of watched directories. What cannot
//! be watched is looked at from time to time (`survey`), and named in the coverage.

mod follower;
mod kernel;
mod limits;
mod looks;
mod mounts;
mod occurrence;
mod polling;
mod role;
mod state;
mod survey;
mod thread;
mod tree;

use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use camino::Utf8PathBuf;
use follower::{Follower, Scope};
use kernel::{Inotify, Kernel};
pub use limits::WatchLimits;
pub use polling::PollingWatcher;
use skillstat_domain::{ChangeSink, Coverage, ProjectDiscovery, ProjectStates, Watcher};
use state::State;
use survey::{Pace, Survey};
use thread::Running;

use crate::discovery::{DiscoveryOptions, Exclude, ExcludeError};

/// What a watcher watches.
#[derive(Debug, Clone)]
pub struct WatchOptions {
    /// Where projects are looked for: the same as for the discovery.
    pub discovery: DiscoveryOptions,
    /// SkillMeat's home directory, which holds the collections.
    pub skillmeat_home: Utf8PathBuf,
    /// How many directories may be watched.
    pub budget: NonZeroUsize,
}

/// What a watcher asks and tells.
#[derive(Debug, Clone)]
pub struct WatchPorts {
    /// Finds projects. It must not remember any.
    pub discovery: Arc<dyn ProjectDiscovery>,
    /// Knows where the copies of a project are. It may remember, as long as it forgets what the sink is
    /// told of.
    pub states: Arc<dyn ProjectStates>,
    /// Is told.
    pub sink: Arc<dyn ChangeSink>,
}

/// Watches with Linux's inotify: each directory that the walk lists, each profile root, each directory
/// whose files are hashed, and the collections.
///
/// A change is in the kernel's queue before the call that made it returns, so whoever settles afterwards
/// has been told of it. Not told are writes through `mmap`, writes through a hard link that lies
/// elsewhere, and what other machines do on network file systems; the last is named in the coverage.
#[derive(Debug)]
pub struct InotifyWatcher {
    state: Arc<State>,
    thread: Running,
}

impl InotifyWatcher {
    /// Takes an inotify instance and starts the thread, which does nothing before [`begin`](Self::begin).
    ///
    /// # Errors
    ///
    /// - [`WatchError::Exclude`] when an exclude glob is malformed.
    /// - [`WatchError::System`] when the system gives no inotify instance or no thread.
    pub fn new(options: WatchOptions, ports: WatchPorts) -> Result<Self, WatchError> {
        let kernel = Inotify::new().map_err(WatchError::System)?;
        Self::over(Arc::new(kernel), options, ports, Pace::default())
    }

    fn over(
        kernel: Arc<dyn Kernel>,
        options: WatchOptions,
        ports: WatchPorts,
        pace: Pace,
    ) -> Result<Self, WatchError> {
        let WatchOptions { discovery, skillmeat_home, budget } = options;
        let scope = Scope {
            exclude: Exclude::new(&discovery.exclude)?,
            roots: discovery.roots,
            max_depth: discovery.max_depth,
            skillmeat_home: skillmeat_home.clone(),
            budget: budget.get(),
        };
        let follower = Follower::new(scope, Arc::clone(&kernel), Arc::clone(&ports.states));
        let state =
            State::new(kernel, follower, Arc::clone(&ports.sink)).map_err(WatchError::System)?;
        let state = Arc::new(state);
        let survey = Survey::new(ports, skillmeat_home, pace);
        let thread = Running::start(Arc::clone(&state), survey).map_err(WatchError::System)?;
        Ok(Self { state, thread })
    }

    /// Begins to watch, in the background. What was read before all is watched counts as changed then.
    pub fn begin(&self) {
        self.thread.begin();
    }
}

impl Watcher for InotifyWatcher {
    fn is_settled(&self) -> bool {
        self.state.is_settled()
    }

    fn settle(&self) {
        self.state.settle();
    }

    fn coverage(&self) -> Arc<Coverage> {
        self.state.coverage()
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

#[cfg(test)]
mod tests;
