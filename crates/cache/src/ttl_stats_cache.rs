//! Both levels in memory, bounded, with a time to live.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::sync::Cache;
use skillstat_domain::{
    Affected, ArtifactId, CacheCounters, Cached, Clock, DeploymentStatistics, Generation, Moment,
    ProjectPath, Scanned, StatsCache,
};

use crate::Ttl;
use crate::sync::{Mutex, lock};
use crate::tally::Tally;

/// How many invalidated artifacts are told apart. Past that the loads in flight of all are refused,
/// which costs their callers nothing and the next ones a load.
const MAX_TOLD_APART: usize = 1024;

/// The store behind both levels.
///
/// An invalidation removes what is stored and begins a new generation under one lock; storing looks at
/// the generation under the same lock. So an entry that can be found is one that no invalidation
/// concerns, and finding it takes no lock but that of its shard.
///
/// Why not `quick_cache`'s own guards for loads: its time to live and its waiting would be ours to add
/// anyway, and a load here may store nothing, or more than one thing.
#[derive(Debug)]
pub struct TtlStatsCache {
    clock: Arc<dyn Clock>,
    ttl: Ttl,
    statistics: Cache<ArtifactId, Entry>,
    // Guards the generations and level 1, and orders storing and removing in level 2. Held for a few
    // map operations at most.
    state: Mutex<State>,
    tally: Tally,
}

/// An entry of level 2.
#[derive(Debug, Clone)]
struct Entry {
    statistics: Cached<DeploymentStatistics>,
    expires: Moment,
}

#[derive(Debug, Default)]
struct State {
    now: Generation,
    /// When everything was last made bad.
    everything: Generation,
    /// When the list of projects was last made bad.
    list: Generation,
    /// When single artifacts were, since `everything`.
    artifacts: HashMap<ArtifactId, Generation>,
    projects: Option<Cached<Scanned<Vec<ProjectPath>>>>,
    /// The list that the entries of level 2 were made from, when it is not good any more itself.
    replaced: Option<Arc<Scanned<Vec<ProjectPath>>>>,
}

impl State {
    fn begin(&mut self) -> Generation {
        self.now = self.now.next();
        self.now
    }

    fn is_current(&self, artifact: &ArtifactId, generation: Generation) -> bool {
        let last = self.artifacts.get(artifact).copied().unwrap_or_default();
        generation >= self.everything.max(last)
    }
}

impl TtlStatsCache {
    /// Makes an empty cache for about so many artifacts.
    pub fn new(clock: Arc<dyn Clock>, ttl: Ttl, capacity: NonZeroUsize) -> Self {
        // The capacity is split over shards, which fill unevenly.
        let statistics = Cache::new(capacity.get().saturating_mul(2));
        Self { clock, ttl, statistics, state: Mutex::default(), tally: Tally::default() }
    }

    fn expires(&self, as_of: Moment) -> Moment {
        as_of.after(self.ttl.get())
    }
}

impl StatsCache for TtlStatsCache {
    fn generation(&self) -> Generation {
        lock(&self.state).now
    }

    fn is_current(&self, artifact: &ArtifactId, generation: Generation) -> bool {
        lock(&self.state).is_current(artifact, generation)
    }

    fn discovered_projects(&self) -> Option<Cached<Scanned<Vec<ProjectPath>>>> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        if state.projects.as_ref().is_some_and(|list| now >= self.expires(list.as_of)) {
            // What was made from it is as old, so nothing is left to compare the next list with.
            state.projects = None;
            self.tally.expired.add();
        }
        state.projects.clone()
    }

    fn store_discovered_projects(
        &self,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        generation: Generation,
    ) {
        let mut state = lock(&self.state);
        if generation < state.list {
            return;
        }
        if state.replaced.take().is_some_and(|replaced| replaced != projects.value) {
            state.everything = state.begin();
            self.statistics.clear();
        }
        state.projects = Some(projects);
    }

    fn statistics(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        match self.statistics.get(artifact) {
            Some(entry) if self.clock.now() < entry.expires => {
                self.tally.hits.add();
                return Some(entry.statistics);
            }
            Some(_) => self.tally.expired.add(),
            None => {}
        }
        self.tally.misses.add();
        None
    }

    fn store_statistics(
        &self,
        artifact: &ArtifactId,
        statistics: Cached<DeploymentStatistics>,
        generation: Generation,
    ) {
        let entry = Entry { expires: self.expires(statistics.as_of), statistics };
        let state = lock(&self.state);
        if state.is_current(artifact, generation) {
            self.statistics.insert(artifact.clone(), entry);
        }
    }

    fn invalidate_artifact(&self, artifact: &ArtifactId) {
        self.tally.invalidated.add();
        let mut state = lock(&self.state);
        let generation = state.begin();
        if state.artifacts.len() >= MAX_TOLD_APART {
            state.artifacts.clear();
            state.everything = generation;
        }
        state.artifacts.insert(artifact.clone(), generation);
        state.list = generation;
        if let Some(list) = state.projects.take() {
            state.replaced = Some(list.value);
        }
        self.statistics.remove(artifact);
    }

    fn invalidate_statistics(&self, affected: &Affected) {
        self.tally.invalidated.add();
        let mut state = lock(&self.state);
        let generation = state.begin();
        match affected {
            Affected::Only(artifacts)
                if state.artifacts.len() + artifacts.len() <= MAX_TOLD_APART =>
            {
                for artifact in artifacts {
                    state.artifacts.insert(artifact.clone(), generation);
                    self.statistics.remove(artifact);
                }
            }
            Affected::Only(_) | Affected::All => {
                state.artifacts.clear();
                state.everything = generation;
                self.statistics.clear();
            }
        }
    }

    fn count_joined(&self) {
        self.tally.joined.add();
    }

    fn ttl(&self) -> Duration {
        self.ttl.get()
    }

    fn invalidate_all(&self) {
        self.tally.invalidated.add();
        let mut state = lock(&self.state);
        let generation = state.begin();
        *state =
            State { now: generation, everything: generation, list: generation, ..State::default() };
        self.statistics.clear();
    }

    fn counters(&self) -> CacheCounters {
        CacheCounters {
            projects_cached: self.discovered_projects().is_some(),
            stats_entries: self.statistics.len(),
            ttl: self.ttl.get(),
            hits: self.tally.hits.get(),
            misses: self.tally.misses.get(),
            joined: self.tally.joined.get(),
            expired: self.tally.expired.get(),
            invalidated: self.tally.invalidated.get(),
        }
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;
