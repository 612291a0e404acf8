//! Who writes down what is told, and an inotify with troubles.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::io;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::inotify::ReadFlags;
use rustix::io::Errno;
use skillstat_domain::{Change, ChangeSink};

use crate::watcher::kernel::{Event, Inotify, Interest, Kernel, Watch};
use crate::watcher::mounts::Mount;

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes down what is told.
#[derive(Debug, Default)]
pub(super) struct Scribe {
    told: Mutex<Vec<Change>>,
    more: Condvar,
}

impl ChangeSink for Scribe {
    fn changed(&self, changes: &BTreeSet<Change>) {
        self.told.lock().unwrap().extend(changes.iter().cloned());
        self.more.notify_all();
    }
}

impl Scribe {
    /// Returns what has been told, in order, and forgets it.
    pub(super) fn take(&self) -> Vec<Change> {
        std::mem::take(&mut self.told.lock().unwrap())
    }

    /// Waits until something is told.
    #[track_caller]
    pub(super) fn wait_for(&self, what: &str, good: impl Fn(&Change) -> bool) {
        let told = self.told.lock().unwrap();
        let missing = |told: &mut Vec<Change>| !told.iter().any(&good);
        let (told, timeout) = self.more.wait_timeout_while(told, PATIENCE, missing).unwrap();
        assert!(!timeout.timed_out(), "not told: {what}, but {told:?}");
    }

    /// Waits until something is so, which is looked at again and again.
    #[track_caller]
    pub(super) fn wait_until(&self, what: &str, good: impl Fn() -> bool) {
        let begun = Instant::now();
        while !good() {
            assert!(begun.elapsed() < PATIENCE, "never so: {what}");
            let told = self.told.lock().unwrap();
            drop(self.more.wait_timeout(told, Duration::from_millis(5)).unwrap());
        }
    }
}

/// An inotify that can be told to have no room and to lose events.
#[derive(Debug)]
pub(super) struct Kernels {
    real: Inotify,
    watched: Mutex<HashSet<Watch>>,
    /// How often it was asked to watch something.
    pub(super) asked: AtomicUsize,
    pub(super) most: AtomicUsize,
    pub(super) loses: AtomicBool,
    /// Held while events are read.
    reading: Mutex<()>,
    /// Whether the next reading of events fails.
    pub(super) breaks: AtomicBool,
    /// A directory that cannot be watched, as if its disk failed.
    pub(super) failing: Mutex<Option<PathBuf>>,
    /// What is said to be mounted.
    pub(super) mounts: Mutex<Vec<Mount>>,
}

impl Kernels {
    pub(super) fn new() -> Arc<Self> {
        Self::with_room_for(usize::MAX)
    }

    pub(super) fn with_room_for(most: usize) -> Arc<Self> {
        Arc::new(Self {
            real: Inotify::new().unwrap(),
            watched: Mutex::default(),
            asked: AtomicUsize::default(),
            most: AtomicUsize::new(most),
            loses: AtomicBool::new(false),
            reading: Mutex::default(),
            breaks: AtomicBool::new(false),
            failing: Mutex::default(),
            mounts: Mutex::default(),
        })
    }

    /// Returns how many watches there are.
    pub(super) fn watched(&self) -> usize {
        self.watched.lock().unwrap().len()
    }

    /// Loses the events of all that changes meanwhile, and of no less.
    pub(super) fn lose(&self, changes: impl FnOnce()) {
        self.while_nobody_reads(|| {
            changes();
            self.loses.store(true, Ordering::SeqCst);
        });
    }

    /// Does something; whoever settles meanwhile takes no events before that is done.
    pub(super) fn while_nobody_reads(&self, act: impl FnOnce()) {
        let _nobody_reads = self.reading.lock().unwrap();
        act();
    }
}

impl Kernel for Kernels {
    fn watch(&self, directory: &Path, interest: Interest) -> io::Result<Watch> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.failing.lock().unwrap().as_deref() == Some(directory) {
            return Err(Errno::IO.into());
        }
        let mut watched = self.watched.lock().unwrap();
        let watch = self.real.watch(directory, interest)?;
        if !watched.contains(&watch) && watched.len() >= self.most.load(Ordering::SeqCst) {
            self.real.unwatch(watch);
            return Err(Errno::NOSPC.into());
        }
        watched.insert(watch);
        Ok(watch)
    }

    fn unwatch(&self, watch: Watch) {
        self.watched.lock().unwrap().remove(&watch);
        self.real.unwatch(watch);
    }

    fn pending(&self) -> u64 {
        let untrue = self.loses.load(Ordering::SeqCst) || self.breaks.load(Ordering::SeqCst);
        self.real.pending() + u64::from(untrue)
    }

    fn read(&self, bytes: u64, take: &mut dyn FnMut(Event<'_>)) -> io::Result<()> {
        let _reading = self.reading.lock().unwrap();
        if self.breaks.swap(false, Ordering::SeqCst) {
            return Err(Errno::IO.into());
        }
        if self.loses.swap(false, Ordering::SeqCst) {
            self.real.read(self.real.pending(), &mut |_| ())?;
            let flags = ReadFlags::QUEUE_OVERFLOW;
            take(Event { watch: -1, name: OsStr::new(""), flags });
            return Ok(());
        }
        self.real.read(bytes, &mut |event| {
            if event.flags.contains(ReadFlags::IGNORED) {
                self.watched.lock().unwrap().remove(&event.watch);
            }
            take(event);
        })
    }

    fn readable(&self) -> BorrowedFd<'_> {
        self.real.readable()
    }

    fn mounts(&self) -> Vec<Mount> {
        self.mounts.lock().unwrap().clone()
    }
}
