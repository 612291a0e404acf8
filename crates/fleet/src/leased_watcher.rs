//! Answers about a shared volume wait for its lease.

use std::sync::{Arc, Mutex};

use skillstat_domain::{
    Coverage, Problem, ProblemKind, SharedVolumes, VolumeStanding, WatchMethod, Watcher,
};

use crate::Leases;

/// A watcher that is settled when what it wraps is, and every lease is good.
#[derive(Debug)]
pub struct LeasedWatcher {
    inner: Arc<dyn Watcher>,
    leases: Arc<Leases>,
    /// The last coverage that was made, and of what.
    // Held to read or make it, which asks nobody.
    made: Mutex<Option<Made>>,
}

#[derive(Debug)]
struct Made {
    of: Arc<Coverage>,
    gaps: Vec<Problem>,
    coverage: Arc<Coverage>,
}

impl LeasedWatcher {
    /// Puts leases beside a watcher.
    pub fn new(inner: Arc<dyn Watcher>, leases: Arc<Leases>) -> Self {
        Self { inner, leases, made: Mutex::default() }
    }
}

impl Watcher for LeasedWatcher {
    fn is_settled(&self) -> bool {
        // Both are asked: leases are renewed while somebody asks.
        let good = self.leases.are_good();
        self.inner.is_settled() && good
    }

    fn settle(&self) {
        self.inner.settle();
        self.leases.settle();
    }

    fn coverage(&self) -> Arc<Coverage> {
        let of = self.inner.coverage();
        let volumes = self.leases.standing().volumes;
        let is_watched = of.method != WatchMethod::Off;
        let gaps: Vec<_> = volumes.iter().filter_map(|volume| gap(volume, is_watched)).collect();
        let mut made = self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(made) = &*made
            && Arc::ptr_eq(&made.of, &of)
            && made.gaps == gaps
        {
            return Arc::clone(&made.coverage);
        }
        let mut coverage = Coverage::clone(&of);
        coverage.gaps.extend(gaps.iter().cloned());
        coverage.gaps.sort();
        let coverage = Arc::new(coverage);
        *made = Some(Made { of, gaps, coverage: Arc::clone(&coverage) });
        coverage
    }
}

/// Says what is not seen on a volume.
fn gap(volume: &VolumeStanding, is_watched: bool) -> Option<Problem> {
    let VolumeStanding { name, root, fault, .. } = volume;
    let (reason, fix) = match fault {
        Some(fault) => (
            format!(
                "is the shared volume `{name}`, and other machines cannot be reached ({fault}): what \
                 they write is seen after 250 ms, and everything is looked at anew as often"
            ),
            "see to the server that `redis` names; nothing else needs to be done",
        ),
        None if is_watched => return None,
        None => (
            format!(
                "is the shared volume `{name}`: what other machines write through skillstat is seen at \
                 once, and what is edited there by hand when its time to live has run out"
            ),
            "set `watch` to \"auto\", so that it is looked at from time to time",
        ),
    };
    Some(Problem {
        path: root.clone(),
        line: None,
        kind: ProblemKind::NotWatched,
        reason,
        fix: fix.to_owned(),
        artifact: None,
    })
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use skillstat_domain::testing::{InMemoryFleet, MockWatcher};
    use skillstat_domain::{Unwatched, WatchState};

    use super::*;
    use crate::test_world::{Machine, RuntimeClock};
    use crate::testing::Way;

    fn machine() -> Machine {
        let clock = RuntimeClock::new();
        let server = Arc::new(InMemoryFleet::new(Arc::clone(&clock) as _));
        Machine::start(&server, &clock)
    }

    #[tokio::test(start_paused = true)]
    async fn is_settled_when_both_are() {
        let machine = machine();
        let mut inner = MockWatcher::new();
        let mut answers = [true, true, false].into_iter();
        inner.expect_is_settled().times(3).returning(move || answers.next().unwrap());
        let watcher = LeasedWatcher::new(Arc::new(inner), Arc::clone(&machine.leases));
        assert!(!watcher.is_settled(), "there is no lease yet");
        machine.leases.settled().await;
        assert!(watcher.is_settled());
        assert!(!watcher.is_settled(), "the inner one is not");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn settles_both() {
        let machine = machine();
        let mut inner = MockWatcher::new();
        inner.expect_settle().times(1).return_const(());
        let watcher = LeasedWatcher::new(Arc::new(inner), Arc::clone(&machine.leases));
        tokio::task::spawn_blocking(move || watcher.settle()).await.unwrap();
        assert!(machine.leases.are_good());
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_is_not_seen() {
        let machine = machine();
        machine.leases.settled().await;
        let mut live = Coverage::none();
        live.method = WatchMethod::Inotify;
        let live = Arc::new(live);
        let mut inner = MockWatcher::new();
        inner.expect_coverage().return_const(Arc::clone(&live));
        let watcher = LeasedWatcher::new(Arc::new(inner), Arc::clone(&machine.leases));
        assert_eq!(watcher.coverage().state(), WatchState::Live);
        assert!(Arc::ptr_eq(&watcher.coverage(), &watcher.coverage()), "it is made once");
        machine.way.set(Way::Away);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let coverage = watcher.coverage();
        assert_eq!(coverage.state(), WatchState::Degraded);
        assert_eq!(coverage.gaps[0].path, "/mnt/team");
        assert!(coverage.gaps[0].reason.contains("cannot be reached (away)"), "{coverage:?}");
        machine.way.set(Way::Fine);
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert_eq!(watcher.coverage().state(), WatchState::Live);
    }

    #[tokio::test(start_paused = true)]
    async fn says_that_nobody_looks_at_what_is_edited_by_hand() {
        let machine = machine();
        machine.leases.settled().await;
        let watcher = LeasedWatcher::new(Arc::new(Unwatched), Arc::clone(&machine.leases));
        let gaps = watcher.coverage().gaps.clone();
        assert!(gaps[0].reason.contains("edited there by hand"), "{gaps:?}");
    }
}
