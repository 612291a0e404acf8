//! The watcher of Linux.

use std::sync::Arc;

use skillstat_domain::{Coverage, Watcher};

use super::follower::{Follower, Scope};
use super::kernel::{Inotify, Kernel};
use super::state::State;
use super::survey::{Pace, Survey};
use super::thread::Running;
use super::{WatchError, WatchOptions, WatchPorts};
use crate::discovery::Exclude;

/// Watches with Linux's inotify: each directory that the walk lists, each profile root, each directory
/// whose files are hashed, and the collections.
///
/// A change is in the kernel's queue before the call that made it returns, so whoever settles afterwards
/// has been told of it. Not told are writes through `mmap`, writes through a hard link that lies
/// elsewhere, and what other machines do on network file systems; the last is named in the coverage.
#[derive(Debug)]
pub struct InotifyWatcher {
    pub(super) state: Arc<State>,
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

    pub(super) fn over(
        kernel: Arc<dyn Kernel>,
        options: WatchOptions,
        ports: WatchPorts,
        pace: Pace,
    ) -> Result<Self, WatchError> {
        let WatchOptions { discovery, skillmeat_home, budget, shared } = options;
        let scope = Scope {
            exclude: Exclude::new(&discovery.exclude)?,
            roots: discovery.roots,
            max_depth: discovery.max_depth,
            skillmeat_home: skillmeat_home.clone(),
            budget: budget.get(),
            shared,
        };
        let listings = ports.listings.clone();
        let follower =
            Follower::new(scope, Arc::clone(&kernel), Arc::clone(&ports.states), listings.clone());
        let state = State::new(kernel, follower, Arc::clone(&ports.sink), listings.clone())
            .map_err(WatchError::System)?;
        let state = Arc::new(state);
        if let Some(listings) = listings {
            let state = Arc::downgrade(&state);
            listings.on_news(move || {
                if let Some(state) = state.upgrade() {
                    state.wake();
                }
            });
        }
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
