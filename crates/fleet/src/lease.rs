//! One lease: when answers may be given without asking, and which changes have been seen to. It knows no
//! server, no task and no clock, so that every order of its steps can be tried.

use std::time::Duration;

use skillstat_domain::{Missed, Moment, Renewal, VolumeVersion};

use crate::sync::{AtomicU64, Mutex, Ordering, lock};

/// For how long a lease is good, from the moment its renewal was sent. As all who share a volume wait so
/// long for each other, it is no setting.
pub(crate) const LEASE: Duration = Duration::from_millis(250);

/// How much longer one waits for the leases of others to end: clocks of machines run at rates that differ
/// by far less than this.
pub(crate) const MARGIN: Duration = Duration::from_millis(50);

/// The lease on one volume. All times are of one clock, which must go on while the machine sleeps.
#[derive(Debug, Default)]
pub(crate) struct Lease {
    // Held to read or change two numbers.
    state: Mutex<State>,
    /// Nanoseconds until which it is good, once more, to be read without the lock.
    until: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    /// The version up to which every change has been seen to: nothing that is held is older.
    known: Option<VolumeVersion>,
    until: Moment,
}

/// A renewal that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    at: Moment,
    pub(crate) known: Option<VolumeVersion>,
}

/// What is to be done with the answer to a renewal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing: there was nothing new, and the lease is good for a while.
    Held,
    /// To see to these changes, then to say [`Lease::seen`].
    See(Missed, VolumeVersion),
    /// To renew at once: what is known has changed since it was sent.
    Again,
}

impl Lease {
    /// Tells whether answers may be given from what is held.
    pub(crate) fn is_good(&self, now: Moment) -> bool {
        self.left(now) > Duration::ZERO
    }

    /// Returns how long it is good for.
    pub(crate) fn left(&self, now: Moment) -> Duration {
        let until = Duration::from_nanos(self.until.load(Ordering::Acquire));
        Moment::new(until).since(now)
    }

    /// Notes what is sent, and when. To be called before it is sent.
    pub(crate) fn send(&self, now: Moment) -> Sent {
        Sent { at: now, known: lock(&self.state).known }
    }

    /// Takes an answer.
    pub(crate) fn answered(&self, sent: Sent, renewal: Renewal) -> Step {
        let mut state = lock(&self.state);
        if state.known != sent.known {
            return Step::Again;
        }
        if sent.known != Some(renewal.version) {
            return Step::See(renewal.missed, renewal.version);
        }
        self.extend(&mut state, sent);
        Step::Held
    }

    /// Notes that the changes of an answer have been seen to.
    pub(crate) fn seen(&self, sent: Sent, version: VolumeVersion) {
        let mut state = lock(&self.state);
        if state.known == sent.known {
            state.known = Some(version);
            self.extend(&mut state, sent);
        }
    }

    /// Notes that a change of one's own has this version now. If it is the very next, nothing was missed.
    pub(crate) fn announced(&self, version: VolumeVersion) {
        let mut state = lock(&self.state);
        if state.known.is_some_and(|known| version.follows(known)) {
            state.known = Some(version);
        }
    }

    fn extend(&self, state: &mut State, sent: Sent) {
        state.until = state.until.max(sent.at.after(LEASE));
        let until = state.until.since(Moment::default()).as_nanos();
        self.until.store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Release);
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;

#[cfg(test)]
#[cfg(shuttle)]
mod interleavings;
