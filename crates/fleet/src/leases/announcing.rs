//! Telling others of changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::Relaxed;

use skillstat_domain::{FleetError, Problem, ProblemKind, ProjectPath, SharedChange};
use tokio::time::{Instant, sleep_until, timeout};

use super::keeper::no_answer;
use super::{Kept, Shared};
use crate::lease::{LEASE, MARGIN};
use crate::sync::lock;
use crate::volumes::{SharedVolume, by_volume};

/// How many changes that could not be told are remembered one by one; more are everything.
const MOST_UNTOLD: usize = 256;

impl Shared {
    /// Tells others of changed projects, as far as they lie on a volume. Returns when nobody can be
    /// answered from what was read before: each has heard of it, or has had no lease for a while. A
    /// problem for each volume whose users could not be told.
    ///
    /// Why it waits the whole time, and not until each worker has said that it has heard: one that cannot
    /// reach the server is not known there, and goes on answering for as long as a lease.
    pub(crate) async fn announce_projects(&self, projects: &BTreeSet<ProjectPath>) -> Vec<Problem> {
        let volumes: Vec<_> = self.volumes.iter().map(|kept| kept.volume.clone()).collect();
        self.announce(by_volume(&volumes, projects)).await
    }

    /// Tells others that anything may have changed, on every volume.
    pub(crate) async fn announce_everything(&self) -> Vec<Problem> {
        let everything = BTreeSet::from([SharedChange::Everything]);
        self.announce((0..self.volumes.len()).map(|number| (number, everything.clone())).collect())
            .await
    }

    async fn announce(&self, changes: BTreeMap<usize, BTreeSet<SharedChange>>) -> Vec<Problem> {
        if changes.is_empty() {
            return Vec::new();
        }
        // The changes are there by now: who cannot reach the server either forgets what is older.
        let mut told = Instant::now();
        let mut problems = Vec::new();
        for (number, changes) in changes {
            let Some(kept) = self.volumes.get(number) else { continue };
            match self.tell(kept, &changes).await {
                Ok(()) => told = Instant::now(),
                Err(error) => {
                    self.counters.failed_announcements.fetch_add(1, Relaxed);
                    let mut untold = lock(&kept.untold);
                    untold.extend(changes);
                    if untold.len() > MOST_UNTOLD {
                        *untold = BTreeSet::from([SharedChange::Everything]);
                    }
                    drop(untold);
                    kept.wanted.notify_one();
                    problems.push(not_told(&kept.volume, &error));
                }
            }
        }
        sleep_until(told + LEASE + MARGIN).await;
        problems
    }

    async fn tell(&self, kept: &Kept, changes: &BTreeSet<SharedChange>) -> Result<(), FleetError> {
        let announced = timeout(LEASE, self.ports.fleet.announce(&kept.volume.name, changes)).await;
        let version = announced.map_err(no_answer).flatten()?;
        self.counters.announcements.fetch_add(1, Relaxed);
        // What is held here has gone before.
        kept.lease.announced(version);
        Ok(())
    }

    /// Tells what could not be told before.
    pub(super) async fn tell_untold(&self, kept: &Kept) -> Result<(), FleetError> {
        let untold = kept.untold();
        if untold.is_empty() {
            return Ok(());
        }
        self.tell(kept, &untold).await?;
        // What has been added meanwhile stays, and what it has become part of.
        lock(&kept.untold).retain(|change| !untold.contains(change));
        Ok(())
    }
}

fn not_told(volume: &SharedVolume, error: &FleetError) -> Problem {
    Problem {
        path: volume.root.as_str().to_owned(),
        line: None,
        kind: ProblemKind::NotTold,
        reason: format!(
            "machines that share the volume `{}` could not be told of the change ({error}), so they \
             may see it late",
            volume.name
        ),
        fix: "invalidate the cache there when it matters, or see to the server".to_owned(),
        artifact: None,
    }
}
