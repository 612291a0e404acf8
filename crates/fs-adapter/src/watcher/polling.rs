//! Looking at everything from time to time, where nothing tells of changes.

use std::io;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use camino::Utf8PathBuf;
use skillstat_domain::{Coverage, WatchMethod, Watcher};

use super::WatchPorts;
use super::state::not_watched;
use super::survey::{Pace, Scope, Survey};

/// Looks at what the system says of every file that counts, again and again: a change is seen within
/// the bound that its coverage tells. No content is read.
#[derive(Debug)]
pub struct PollingWatcher {
    coverage: Arc<RwLock<Arc<Coverage>>>,
    orders: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl PollingWatcher {
    /// Starts the thread, which does nothing before [`begin`](Self::begin). `reason` says, as a phrase,
    /// why nothing better is done, and `fix` what to do about it.
    ///
    /// # Errors
    ///
    /// Fails when the system gives no thread.
    pub fn new(
        skillmeat_home: Utf8PathBuf,
        ports: WatchPorts,
        reason: &str,
        fix: &str,
    ) -> io::Result<Self> {
        Self::at_pace(Pace::default(), skillmeat_home, ports, (reason, fix))
    }

    pub(super) fn at_pace(
        pace: Pace,
        skillmeat_home: Utf8PathBuf,
        ports: WatchPorts,
        (reason, fix): (&str, &str),
    ) -> io::Result<Self> {
        let gap = not_watched("/", reason.to_owned(), fix.to_owned());
        let coverage = Coverage {
            method: WatchMethod::Polling,
            complete: false,
            gaps: vec![gap],
            ..Coverage::none()
        };
        let coverage = Arc::new(RwLock::new(Arc::new(coverage)));
        let published = Arc::clone(&coverage);
        let mut survey = Survey::new(ports, skillmeat_home, pace);
        let (orders, taken) = channel();
        let thread = std::thread::Builder::new().name("watcher".to_owned()).spawn(move || {
            if taken.recv().is_err() {
                return;
            }
            loop {
                survey.look(&Scope::All);
                let mut coverage = published.write().unwrap_or_else(PoisonError::into_inner);
                *coverage = Arc::new(Coverage {
                    complete: true,
                    looked_at: survey.sights(),
                    bound: Some(survey.bound()),
                    ..Coverage::clone(&coverage)
                });
                drop(coverage);
                if taken.recv_timeout(survey.pause()) == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
            }
        })?;
        Ok(Self { coverage, orders: Some(orders), thread: Some(thread) })
    }

    /// Begins to look.
    pub fn begin(&self) {
        if let Some(orders) = &self.orders {
            // It ends only when this goes.
            let _ended = orders.send(());
        }
    }
}

impl Drop for PollingWatcher {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            // A panic has been printed.
            let _panicked = thread.join();
        }
    }
}

impl Watcher for PollingWatcher {
    fn is_settled(&self) -> bool {
        true
    }

    fn settle(&self) {}

    fn coverage(&self) -> Arc<Coverage> {
        Arc::clone(&self.coverage.read().unwrap_or_else(PoisonError::into_inner))
    }
}
