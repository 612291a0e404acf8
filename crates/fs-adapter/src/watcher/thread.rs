//! The thread of a watcher.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::mounts::MountTable;
use super::state::State;
use super::survey::{Scope, Survey};

/// How many times as long as making them took the pause after it is at the least.
const REST: u32 = 4;

/// How many times as long as the first pause between two tries is the longest.
const PATIENCE: u32 = 64;

/// How long nothing is looked at when everything is watched: until something is not.
const IDLE: Duration = Duration::from_hours(1);

/// A thread that is told to end, and waited for, when this goes.
#[derive(Debug)]
pub(super) struct Running {
    state: Arc<State>,
    begin: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(state: Arc<State>, survey: Survey) -> io::Result<Self> {
        let begin = Arc::new(AtomicBool::new(false));
        let (of_thread, begins) = (Arc::clone(&state), Arc::clone(&begin));
        let thread = std::thread::Builder::new().name("watcher".to_owned()).spawn(move || {
            let _end = End(&of_thread);
            Turn::new(&of_thread, survey).go_round(&begins);
        })?;
        Ok(Self { state, begin, thread: Some(thread) })
    }

    pub(super) fn begin(&self) {
        self.begin.store(true, Ordering::SeqCst);
        self.state.wake();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.ending.store(true, Ordering::SeqCst);
        self.state.wake();
        if let Some(thread) = self.thread.take() {
            // It has said so itself when it has panicked.
            let _panicked = thread.join();
        }
    }
}

/// The end of the thread. Nobody waits for a thread that has panicked, so it says so itself.
struct End<'a>(&'a State);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.fail();
        }
    }
}

/// What the thread has to do, and when.
struct Turn<'a> {
    state: &'a State,
    survey: Survey,
    unwatched: Scope,
    /// When all watches may be made again.
    rebuild: Option<Instant>,
    look: Option<Instant>,
    retry: Option<Instant>,
    mounts: MountTable,
    /// How long after one retry the next one is.
    patience: Duration,
}

impl<'a> Turn<'a> {
    fn new(state: &'a State, survey: Survey) -> Self {
        let unwatched =
            Scope::Only { copies: Vec::new(), projects: Vec::new(), collections: false };
        let (patience, mounts) = (survey.pace.retry, MountTable::new());
        Self { state, survey, unwatched, rebuild: None, look: None, retry: None, mounts, patience }
    }

    fn go_round(mut self, begin: &AtomicBool) {
        loop {
            let mounted = self.wait(begin.load(Ordering::SeqCst));
            if self.state.ending.load(Ordering::SeqCst) {
                return;
            }
            if !begin.load(Ordering::SeqCst) {
                continue;
            }
            self.state.settle();
            let elsewhere = mounted && self.state.knows(&self.mounts.changes());
            if elsewhere || !self.state.is_complete() && Self::is_due(self.rebuild) {
                self.rebuild();
            } else if self.retry.is_some_and(|retry| retry <= Instant::now()) {
                self.try_again();
            }
            self.look();
        }
    }

    /// Tries to watch what there was no room for: all of it anew, which costs everybody what they know,
    /// less and less often while that does not help.
    fn try_again(&mut self) {
        if self.state.take_back() {
            self.rebuild();
            self.patience = (self.patience * 2).min(self.survey.pace.retry * PATIENCE);
        } else {
            self.patience = self.survey.pace.retry;
        }
        self.retry = Some(Instant::now() + self.patience);
    }

    fn is_due(moment: Option<Instant>) -> bool {
        moment.is_none_or(|moment| moment <= Instant::now())
    }

    fn rebuild(&mut self) {
        let begun = Instant::now();
        self.state.rebuild();
        self.rebuild = Some(Instant::now() + self.survey.pace.respite.max(begun.elapsed() * REST));
        self.look = None;
    }

    /// Looks at what nobody tells of, when it is time to.
    fn look(&mut self) {
        if self.state.unwatched_has_changed() {
            self.unwatched = self.state.unwatched();
            self.look = None;
        }
        if !Self::is_due(self.look) {
            return;
        }
        self.survey.look(&self.unwatched);
        let nothing = self.unwatched.is_nothing();
        self.state.publish(self.survey.sights(), (!nothing).then(|| self.survey.bound()));
        let now = Instant::now();
        self.look = Some(now + if nothing { IDLE } else { self.survey.pause() });
        self.retry = (!nothing).then(|| self.retry.unwrap_or(now + self.survey.pace.retry));
    }

    /// Sleeps until something is to be done; tells whether something was mounted or unmounted.
    fn wait(&self, begun: bool) -> bool {
        let moments = if begun { [self.rebuild_again(), self.look, self.retry] } else { [None; 3] };
        let next = moments.into_iter().flatten().min();
        let timeout = next.map(|next| next.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let (wakes, events) = (self.state.wakes(), self.state.events());
        let mut told = vec![PollFd::new(&wakes, PollFlags::IN)];
        // While all watches are to be made again nobody takes events.
        if self.state.is_complete() {
            told.push(PollFd::new(&events, PollFlags::IN));
        }
        let mounts = self.mounts.tells();
        told.extend(mounts.as_ref().map(|mounts| PollFd::new(mounts, PollFlags::PRI)));
        // Interrupted or not, what there is to do is looked for.
        let _interrupted = poll(&mut told, timeout.as_ref());
        let mounted = told.iter().any(|told| told.revents().contains(PollFlags::PRI));
        self.state.woken();
        mounted
    }

    fn rebuild_again(&self) -> Option<Instant> {
        if self.state.is_complete() { None } else { self.rebuild }
    }
}
