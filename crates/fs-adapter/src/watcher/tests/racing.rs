//! Many who write, ask and settle at once, faults in the middle, and the end.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex};

use skillstat_domain::{Assessment, ChangeSink, ProjectPath, ProjectRecords, ProjectStates};

use super::*;

/// Counts how often each change has been told.
#[derive(Debug, Default)]
struct Counts(Mutex<HashMap<Change, usize>>);

impl Counts {
    fn of(&self, change: &Change) -> usize {
        self.0.lock().unwrap().get(change).copied().unwrap_or_default()
    }
}

impl ChangeSink for Counts {
    fn changed(&self, changes: &BTreeSet<Change>) {
        let mut counts = self.0.lock().unwrap();
        for change in changes {
            *counts.entry(change.clone()).or_default() += 1;
        }
    }
}

fn start(
    tree: &TempTree,
    sink: Arc<dyn ChangeSink>,
    states: Option<Arc<dyn ProjectStates>>,
) -> (Arc<Kernels>, InotifyWatcher) {
    let (options, kernel) = (options(tree, 100_000), Kernels::new());
    let plain = ports(&options, &Arc::new(Scribe::default()));
    let ports = WatchPorts { sink, states: states.unwrap_or(plain.states), ..plain };
    let watcher = InotifyWatcher::over(Arc::clone(&kernel) as _, options, ports, PACE).unwrap();
    watcher.begin();
    (kernel, watcher)
}

fn wait_for_state(watcher: &InotifyWatcher, state: WatchState) {
    Scribe::default().wait_until("the state", || watcher.coverage().state() == state);
}

#[test]
fn whoever_finds_it_settled_after_a_change_has_been_told_of_it() {
    let tree = TempTree::new();
    let copies = ["a", "b", "c", "d"];
    tree.file("root/shop/.claude/.skillmeat-deployed.toml", tracker(&copies));
    for copy in copies {
        tree.file(format!("root/shop/.claude/skills/{copy}/file"), "");
    }
    let counts = Arc::new(Counts::default());
    let (_kernel, watcher) = start(&tree, Arc::clone(&counts) as _, None);
    wait_for_state(&watcher, WatchState::Live);
    std::thread::scope(|scope| {
        for copy in copies {
            let (tree, counts, watcher) = (&tree, &counts, &watcher);
            scope.spawn(move || {
                let change = Change::Content {
                    project: tree.project("root/shop"),
                    profile_root: ProfileRoot::new(".claude").unwrap(),
                    path: format!("skills/{copy}/file").into(),
                };
                for number in 0..2000 {
                    let before = counts.of(&change);
                    tree.file(format!("root/shop/.claude/skills/{copy}/file"), number.to_string());
                    if !watcher.is_settled() {
                        watcher.settle();
                    }
                    assert!(counts.of(&change) > before, "{copy} {number}");
                }
            });
        }
    });
}

/// Loses events, or holds on, whenever it is asked for records.
#[derive(Debug, Default)]
struct Interrupted {
    inner: Option<Arc<dyn ProjectStates>>,
    kernel: Mutex<Option<Arc<Kernels>>>,
    asked: AtomicUsize,
    holds: Mutex<bool>,
    goes_on: Condvar,
}

impl Interrupted {
    fn new(tree: &TempTree) -> Self {
        let plain = ports(&options(tree, 1), &Arc::new(Scribe::default()));
        Self { inner: Some(plain.states), ..Self::default() }
    }

    fn hold(&self, holds: bool) {
        *self.holds.lock().unwrap() = holds;
        self.goes_on.notify_all();
    }
}

impl ProjectStates for Interrupted {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if let Some(kernel) = self.kernel.lock().unwrap().take() {
            kernel.loses.store(true, Ordering::SeqCst);
        }
        let holds = self.holds.lock().unwrap();
        drop(self.goes_on.wait_while(holds, |holds| *holds).unwrap());
        self.inner.as_ref().unwrap().records(project)
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        self.inner.as_ref().unwrap().state(records, record)
    }
}

#[test]
fn events_that_are_lost_while_all_watches_are_made_are_not_forgotten() {
    let tree = shop();
    let (states, counts) = (Arc::new(Interrupted::new(&tree)), Arc::new(Counts::default()));
    let (kernel, watcher) = start(&tree, Arc::clone(&counts) as _, Some(Arc::clone(&states) as _));
    wait_for_state(&watcher, WatchState::Live);
    let before = counts.of(&Change::Everything);
    *states.kernel.lock().unwrap() = Some(Arc::clone(&kernel));
    kernel.loses.store(true, Ordering::SeqCst);
    watcher.settle();
    // Once when they were lost, twice for each time that all watches were made: two times.
    let all = before + 1 + 2 + 1 + 2;
    Scribe::default().wait_until("made twice", || counts.of(&Change::Everything) == all);
    wait_for_state(&watcher, WatchState::Live);
    assert!(states.kernel.lock().unwrap().is_none());
}

#[test]
fn it_ends_in_the_middle_of_making_all_watches() {
    let tree = shop();
    for number in 0..50 {
        tree.tracker(format!("root/p{number}/.claude"));
    }
    let (states, counts) = (Arc::new(Interrupted::new(&tree)), Arc::new(Counts::default()));
    states.hold(true);
    let (_kernel, watcher) = start(&tree, counts, Some(Arc::clone(&states) as _));
    Scribe::default().wait_until("asked", || states.asked.load(Ordering::SeqCst) == 1);
    let state = Arc::clone(&watcher.state);
    let ending = std::thread::spawn(move || drop(watcher));
    Scribe::default().wait_until("told to end", || state.ending.load(Ordering::SeqCst));
    states.hold(false);
    ending.join().unwrap();
    assert_eq!(states.asked.load(Ordering::SeqCst), 1);
    assert!(!state.is_complete());
}

/// Panics once, when it is told to.
#[derive(Debug, Default)]
struct Panics(AtomicBool);

impl ChangeSink for Panics {
    fn changed(&self, _: &BTreeSet<Change>) {
        assert!(!self.0.swap(false, Ordering::SeqCst), "as it was told to");
    }
}

#[test]
fn after_a_fault_it_says_so_and_nobody_waits() {
    let tree = shop();
    let sink = Arc::new(Panics::default());
    let (_kernel, watcher) = start(&tree, Arc::clone(&sink) as _, None);
    wait_for_state(&watcher, WatchState::Live);
    let watcher = Arc::new(watcher);
    sink.0.store(true, Ordering::SeqCst);
    tree.file("root/shop/.claude/skills/pdf/SKILL.md", "new");
    Scribe::default().wait_until("somebody has told", || {
        !sink.0.load(Ordering::SeqCst) || {
            let settling = Arc::clone(&watcher);
            // Whoever settles first panics: this one or the watcher's own thread.
            let _panicked = std::thread::spawn(move || settling.settle()).join();
            false
        }
    });
    wait_for_state(&watcher, WatchState::Degraded);
    let coverage = watcher.coverage();
    assert_eq!(coverage.gaps[0].reason, "the watcher has failed");
    assert!(!coverage.complete);
    Scribe::default().wait_until("nobody waits", || watcher.is_settled());
    watcher.settle();
    assert_eq!(watcher.coverage().state(), WatchState::Degraded);
}

#[test]
fn after_a_fault_polling_says_so() {
    let tree = shop();
    let (options, sink) = (options(&tree, 1), Arc::new(Panics::default()));
    let ports = WatchPorts { sink: Arc::clone(&sink) as _, ..ports(&options, &Arc::default()) };
    let why = ("because it is asked for", "do not ask for it");
    let watcher = PollingWatcher::at_pace(PACE, options.skillmeat_home, ports, None, why).unwrap();
    watcher.begin();
    Scribe::default().wait_until("the first look", || watcher.coverage().complete);
    sink.0.store(true, Ordering::SeqCst);
    tree.file("root/shop/.claude/skills/pdf/SKILL.md", "new");
    Scribe::default().wait_until("the fault is told", || !watcher.coverage().complete);
    let coverage = watcher.coverage();
    assert_eq!(coverage.gaps[0].reason, "the watcher has failed");
    assert_eq!((coverage.state(), coverage.bound), (WatchState::Degraded, None));
}
