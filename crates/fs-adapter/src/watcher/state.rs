//! What the thread of a watcher and those who ask it share.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};
use skillstat_domain::{ChangeSink, Coverage, Problem, WatchMethod};

use super::follower::{Follower, LEFT_OUT};
use super::kernel::Kernel;
use super::survey::Scope;
use super::{failed, not_watched};
use crate::listings::Listings;

/// The limit of the system, as it is read and set.
const LIMIT_FILE: &str = "/proc/sys/fs/inotify/max_user_watches";

/// A watcher's watches, and how far they can be relied on.
#[derive(Debug)]
pub(super) struct State {
    kernel: Arc<dyn Kernel>,
    sink: Arc<dyn ChangeSink>,
    /// Where scans say what is not as it was when it was watched.
    listings: Option<Arc<Listings>>,
    // Held while events are taken and told, and while all watches are made.
    follower: Mutex<Follower>,
    /// Whether events that have been read are still to be told. Set before they are read.
    taking: AtomicBool,
    /// Whether all that can be watched is watched, and no event was lost.
    complete: AtomicBool,
    /// Which state of what is not watched the coverage tells.
    unwatched_version: AtomicU64,
    coverage: RwLock<Arc<Coverage>>,
    wake: OwnedFd,
    /// Whether the thread is to end.
    pub(super) ending: Arc<AtomicBool>,
}

impl State {
    pub(super) fn new(
        kernel: Arc<dyn Kernel>,
        follower: Follower,
        sink: Arc<dyn ChangeSink>,
        listings: Option<Arc<Listings>>,
    ) -> io::Result<Self> {
        let coverage = Coverage {
            method: WatchMethod::Inotify,
            complete: false,
            budget: follower.budget(),
            left_out: &LEFT_OUT,
            ..Coverage::none()
        };
        let ending = Arc::clone(&follower.ending);
        Ok(Self {
            kernel,
            sink,
            listings,
            ending,
            follower: Mutex::new(follower),
            taking: AtomicBool::new(false),
            complete: AtomicBool::new(false),
            unwatched_version: AtomicU64::new(0),
            coverage: RwLock::new(Arc::new(coverage)),
            wake: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
        })
    }

    /// Tells whether every event has been told, and all news of scans. In this order: an event that is not in
    /// the queue any more was read by somebody who had said so before.
    pub(super) fn is_settled(&self) -> bool {
        let has_news = || self.listings.as_ref().is_some_and(|listings| listings.has_news());
        !self.complete.load(Ordering::SeqCst)
            || self.kernel.pending() == 0 && !has_news() && !self.taking.load(Ordering::SeqCst)
    }

    /// Tells what is in the queue. While not all is watched there is nothing to wait for: whoever asks
    /// then knows from the coverage.
    pub(super) fn settle(&self) {
        if !self.complete.load(Ordering::SeqCst) {
            return;
        }
        let Ok(mut follower) = self.follower.lock() else { return self.fail() };
        self.taking.store(true, Ordering::SeqCst);
        let read = self.kernel.read(self.kernel.pending(), &mut |event| follower.take(event));
        if read.is_err() {
            follower.lose();
        }
        for news in self.listings.iter().flat_map(|listings| listings.news()) {
            follower.look_again(&news);
        }
        follower.tell(&*self.sink);
        if follower.lost {
            self.lose(&follower);
        }
        if self.unwatched_version.load(Ordering::SeqCst) != follower.unwatched_version {
            self.wake();
        }
        if follower.has_fault() && self.coverage().gaps.is_empty() {
            // Whoever asks before the thread has looked must know it, too.
            self.set_coverage(&follower, |coverage| coverage.gaps = gaps(&follower, None));
        }
        if self.coverage().watches != follower.watches() {
            self.set_coverage(&follower, |_| ());
        }
        self.taking.store(false, Ordering::SeqCst);
    }

    /// Makes all watches, from nothing or again.
    pub(super) fn rebuild(&self) {
        let Ok(mut follower) = self.follower.lock() else { return self.fail() };
        // They tell of what is looked at now anyway. Left in the queue they would make it overflow.
        let _failed = self.kernel.read(self.kernel.pending(), &mut |_| ());
        follower.rebuild(&*self.sink);
        follower.tell(&*self.sink);
        // Unless events were lost while they were told.
        self.complete.store(!follower.lost, Ordering::SeqCst);
    }

    /// Watches what there was no room for before, as far as there is now. Tells whether all watches are
    /// to be made again for that.
    pub(super) fn take_back(&self) -> bool {
        let Ok(mut follower) = self.follower.lock() else { return false };
        if follower.has_fault() {
            return true;
        }
        if follower.blind {
            return follower.has_room_again();
        }
        follower.take_back();
        follower.tell(&*self.sink);
        false
    }

    /// Tells whether what lies at one of these paths counts.
    pub(super) fn knows(&self, paths: &BTreeSet<PathBuf>) -> bool {
        self.follower.lock().is_ok_and(|follower| paths.iter().any(|path| follower.knows(path)))
    }

    /// Tells whether events were lost, so that all watches must be made again.
    pub(super) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::SeqCst)
    }

    /// Returns what nobody tells of.
    pub(super) fn unwatched(&self) -> Scope {
        let Ok(follower) = self.follower.lock() else { return Scope::All };
        self.unwatched_version.store(follower.unwatched_version, Ordering::SeqCst);
        if follower.is_in_doubt() {
            return Scope::All;
        }
        Scope::Only {
            copies: follower.without_watches(),
            projects: follower.untold_projects(),
            collections: follower.collections_are_untold(),
        }
    }

    /// Tells whether something else is not watched than was asked for last.
    pub(super) fn unwatched_has_changed(&self) -> bool {
        let Ok(follower) = self.follower.lock() else { return false };
        self.unwatched_version.load(Ordering::SeqCst) != follower.unwatched_version
    }

    /// Makes the coverage known: what is looked at instead, and how long a change of that may go unseen.
    pub(super) fn publish(&self, looked_at: usize, bound: Option<Duration>) {
        let Ok(follower) = self.follower.lock() else { return self.fail() };
        let gaps = gaps(&follower, bound);
        self.set_coverage(&follower, |coverage| {
            coverage.complete = self.is_complete();
            coverage.looked_at = looked_at;
            coverage.bound = bound;
            coverage.gaps = gaps;
        });
    }

    fn lose(&self, follower: &Follower) {
        // In this order: who finds that there is nothing to wait for must know it from the coverage.
        self.set_coverage(follower, |coverage| {
            coverage.complete = false;
            coverage.gaps = vec![not_watched(
                "/proc/sys/fs/inotify/max_queued_events",
                "more changed at once than the system tells, so everything is looked at again"
                    .to_owned(),
                "wait a moment; when it happens often, raise it with `sysctl`".to_owned(),
            )];
        });
        self.complete.store(false, Ordering::SeqCst);
        self.wake();
    }

    /// A bug has left the watches in disorder, or nobody to look after them.
    pub(super) fn fail(&self) {
        let mut coverage = self.coverage.write().unwrap_or_else(PoisonError::into_inner);
        *coverage = Arc::new(failed(&coverage));
        drop(coverage);
        self.complete.store(false, Ordering::SeqCst);
    }

    fn set_coverage(&self, follower: &Follower, set: impl FnOnce(&mut Coverage)) {
        let mut coverage = self.coverage.write().unwrap_or_else(PoisonError::into_inner);
        let mut fresh = Coverage { watches: follower.watches(), ..Coverage::clone(&coverage) };
        set(&mut fresh);
        *coverage = Arc::new(fresh);
    }

    pub(super) fn coverage(&self) -> Arc<Coverage> {
        Arc::clone(&self.coverage.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes the thread look at how things stand.
    pub(super) fn wake(&self) {
        // It fails only when the thread has been woken very often and has not looked yet.
        let _woken = rustix::io::write(&self.wake, &1_u64.to_ne_bytes());
    }

    /// Takes note of having been woken.
    pub(super) fn woken(&self) {
        let _nothing = rustix::io::read(&self.wake, &mut [0; 8]);
    }

    pub(super) fn wakes(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }

    pub(super) fn events(&self) -> BorrowedFd<'_> {
        self.kernel.readable()
    }
}

/// Says what is not watched and why.
fn gaps(follower: &Follower, bound: Option<Duration>) -> Vec<Problem> {
    let mut gaps = follower.untold();
    let bound = bound.map_or_else(String::new, |bound| {
        format!(", and a change there is seen within {} s", bound.as_secs_f32().ceil())
    });
    gaps.extend(follower.fault(&bound));
    let without = match (follower.blind, follower.copies_given_up()) {
        (true, _) => format!("directories are left without a watch{bound}"),
        (false, 0) => String::new(),
        (false, copies) => format!("the {copies} largest copies are without watches{bound}"),
    };
    if !without.is_empty() {
        gaps.push(if follower.ceiling.is_some() {
            let reason = format!("allows no more watches, so {without}");
            let fix = "raise it, for example with `sysctl fs.inotify.max_user_watches=524288`";
            not_watched(LIMIT_FILE, reason, fix.to_owned())
        } else {
            let budget = follower.budget();
            let reason = format!("`watch_budget` allows {budget} watches, so {without}");
            not_watched("/", reason, "raise `watch_budget`".to_owned())
        });
    }
    gaps.sort();
    gaps
}
