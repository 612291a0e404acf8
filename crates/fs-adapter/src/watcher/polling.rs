//! Looking at everything from time to time, where nothing tells exactly of changes.

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use camino::Utf8PathBuf;
use skillstat_domain::{Coverage, WatchMethod, Watcher};

use super::hints::Hints;
use super::survey::{Pace, Scope, Survey};
use super::{WatchPorts, failed, not_watched};

/// How long hints are gathered before the look that they call for: a save is several.
const GATHERED: Duration = Duration::from_millis(50);

/// How many times as long as a look took hints are gathered at the least, so that looking never takes
/// more than a fifth of the time.
const REST: u32 = 4;

/// Looks at what the system says of every file that counts, again and again: a change is seen within
/// the bound that its coverage tells. No content is read.
#[derive(Debug)]
pub struct PollingWatcher {
    coverage: Arc<RwLock<Arc<Coverage>>>,
    orders: SyncSender<Order>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is told.
#[derive(Debug, PartialEq, Eq)]
enum Order {
    Begin,
    /// Something may have changed.
    Hint,
    End,
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
        Self::at_pace(Pace::default(), skillmeat_home, ports, None, (reason, fix))
    }

    /// The same, but looks as soon as the system hints that something has changed below SkillMeat's home or
    /// one of the search roots. Where it gives no hints the coverage says why.
    ///
    /// # Errors
    ///
    /// Fails when the system gives no thread.
    pub fn hinted(
        skillmeat_home: Utf8PathBuf,
        roots: Vec<PathBuf>,
        ports: WatchPorts,
        reason: &str,
        fix: &str,
    ) -> io::Result<Self> {
        Self::at_pace(Pace::default(), skillmeat_home, ports, Some(roots), (reason, fix))
    }

    pub(super) fn at_pace(
        pace: Pace,
        skillmeat_home: Utf8PathBuf,
        ports: WatchPorts,
        hinted: Option<Vec<PathBuf>>,
        (reason, fix): (&str, &str),
    ) -> io::Result<Self> {
        let gap = not_watched("/", reason.to_owned(), fix.to_owned());
        if let Some(listings) = &ports.listings {
            listings.stop();
        }
        let coverage = Coverage {
            method: if hinted.is_some() { WatchMethod::Notify } else { WatchMethod::Polling },
            complete: false,
            gaps: vec![gap.clone()],
            ..Coverage::none()
        };
        let coverage = Arc::new(RwLock::new(Arc::new(coverage)));
        let published = Arc::clone(&coverage);
        // One hint that waits is as good as many.
        let (orders, taken) = sync_channel(1);
        let hint = orders.clone();
        let thread = std::thread::Builder::new().name("watcher".to_owned()).spawn(move || {
            let _end = End(&published);
            if taken.recv() != Ok(Order::Begin) {
                return;
            }
            let hints = hinted.map(|mut directories| {
                directories.push(skillmeat_home.clone().into());
                Hints::new(&directories, move || drop(hint.try_send(Order::Hint)))
            });
            let mut survey = Survey::new(ports, skillmeat_home, pace);
            loop {
                let begun = Instant::now();
                survey.look(&Scope::All);
                let mut coverage = published.write().unwrap_or_else(PoisonError::into_inner);
                *coverage = Arc::new(Coverage {
                    complete: true,
                    looked_at: survey.sights(),
                    bound: Some(survey.bound()),
                    gaps: hints
                        .iter()
                        .flat_map(|hints| &hints.gaps)
                        .chain([&gap])
                        .cloned()
                        .collect(),
                    ..Coverage::clone(&coverage)
                });
                drop(coverage);
                let gathered = GATHERED.max(begun.elapsed() * REST);
                let ends = match taken.recv_timeout(survey.pause()) {
                    Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => true,
                    // Whatever is hinted at until then is looked at then.
                    Ok(Order::Hint) => ends_within(&taken, gathered),
                    Ok(Order::Begin) | Err(RecvTimeoutError::Timeout) => false,
                };
                if ends {
                    return;
                }
            }
        })?;
        Ok(Self { coverage, orders, thread: Some(thread) })
    }

    /// Begins to look.
    pub fn begin(&self) {
        // It ends only when this goes.
        let _ended = self.orders.send(Order::Begin);
    }
}

/// The end of the thread. Nobody waits for a thread that has panicked, so it says so itself.
struct End<'a>(&'a RwLock<Arc<Coverage>>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut coverage = self.0.write().unwrap_or_else(PoisonError::into_inner);
            *coverage = Arc::new(failed(&coverage));
        }
    }
}

/// Takes orders for so long; tells whether the end was among them.
fn ends_within(orders: &Receiver<Order>, time: Duration) -> bool {
    let until = Instant::now() + time;
    loop {
        match orders.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => return true,
            Err(RecvTimeoutError::Timeout) => return false,
            Ok(Order::Begin | Order::Hint) => {}
        }
    }
}

impl Drop for PollingWatcher {
    fn drop(&mut self) {
        let _ended = self.orders.send(Order::End);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_not_kept_waiting_while_hints_are_gathered() {
        let (orders, taken) = sync_channel(2);
        orders.send(Order::Hint).unwrap();
        orders.send(Order::End).unwrap();
        let begun = Instant::now();
        assert!(ends_within(&taken, Duration::from_mins(1)));
        assert!(begun.elapsed() < Duration::from_secs(30));
        orders.send(Order::Hint).unwrap();
        assert!(!ends_within(&taken, Duration::from_millis(1)));
        assert!(taken.try_recv().is_err(), "what was hinted at is taken");
    }
}
