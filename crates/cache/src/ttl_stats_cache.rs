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
use crate::sync::{Mutex, MutexGuard, lock};
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

/// Why there are no good statistics.
enum NotFound {
    Absent,
    Expired,
}

#[derive(Debug, Default)]
struct State {
    now: Generation,
    /// When everything being made was last made bad.
    everything: Generation,
    /// When everything was last invalidated.
    cleared: Generation,
    /// When the list of projects was last made bad.
    list: Generation,
    /// When single artifacts were, since `everything`.
    artifacts: HashMap<ArtifactId, Generation>,
    projects: Option<Cached<Scanned<Vec<ProjectPath>>>>,
    /// The list that the entries of level 2 were made from, when it is not good any more itself.
    replaced: Option<Arc<Scanned<Vec<ProjectPath>>>>,
    /// Whether statistics may be stored, or being made, that were made from another list, even an equal
    /// one, or from none that was held. Whoever knows what has changed since this list was made cannot
    /// tell what those were made from.
    outlived: bool,
}

impl State {
    fn begin(&mut self) -> Generation {
        self.now = self.now.next();
        self.now
    }

    /// Refuses all statistics that are being made.
    fn refuse_all(&mut self) -> Generation {
        self.everything = self.begin();
        self.artifacts.clear();
        self.outlived = false;
        self.everything
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

    /// Locks the state, without a list that is too old. Nothing is left to compare the next one with:
    /// the statistics made from it are as old, and those being made from it would be.
    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = lock(&self.state);
        let list = state.projects.as_ref();
        if list.is_some_and(|list| self.clock.now() >= self.expires(list.as_of)) {
            state.projects = None;
            state.refuse_all();
            self.tally.expired.add();
        }
        state
    }

    /// Removes statistics and refuses those being made; returns whose.
    fn make_bad(&self, state: &mut State, affected: &Affected) -> Affected {
        self.tally.invalidated.add();
        match affected {
            Affected::Only(artifacts) if !state.outlived => {
                if state.artifacts.len() + artifacts.len() > MAX_TOLD_APART {
                    // What is stored of others stays.
                    state.refuse_all();
                } else {
                    let generation = state.begin();
                    state.artifacts.extend(artifacts.iter().map(|id| (id.clone(), generation)));
                }
                for artifact in artifacts {
                    self.statistics.remove(artifact);
                }
                affected.clone()
            }
            _ => {
                state.refuse_all();
                self.statistics.clear();
                Affected::All
            }
        }
    }

    fn find(&self, artifact: &ArtifactId) -> Result<Cached<DeploymentStatistics>, NotFound> {
        match self.statistics.get(artifact) {
            Some(entry) if self.clock.now() < entry.expires => Ok(entry.statistics),
            Some(_) => Err(NotFound::Expired),
            None => Err(NotFound::Absent),
        }
    }

    fn expires(&self, as_of: Moment) -> Moment {
        as_of.after(self.ttl.get())
    }
}

impl StatsCache for TtlStatsCache {
    fn generation(&self) -> Generation {
        self.state().now
    }

    fn is_current(&self, artifact: &ArtifactId, generation: Generation) -> bool {
        self.state().is_current(artifact, generation)
    }

    fn discovered_projects(&self) -> Option<Cached<Scanned<Vec<ProjectPath>>>> {
        self.state().projects.clone()
    }

    fn store_discovered_projects(
        &self,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        generation: Generation,
    ) {
        let mut state = self.state();
        if generation < state.list {
            return;
        }
        let before = state.projects.take().map(|list| list.value).or_else(|| state.replaced.take());
        match before {
            Some(before) if before != projects.value => {
                state.refuse_all();
                self.statistics.clear();
            }
            Some(_) => state.outlived = true,
            None => {}
        }
        state.projects = Some(projects);
    }

    fn amend_projects(
        &self,
        held: u64,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        affected: &Affected,
    ) -> Option<Affected> {
        let mut state = self.state();
        state.projects.as_ref().filter(|list| list.version == held)?;
        state.projects = Some(projects);
        let affected = self.make_bad(&mut state, affected);
        state.list = state.now;
        Some(affected)
    }

    fn statistics(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        match self.find(artifact) {
            Ok(found) => {
                self.tally.hits.add();
                return Some(found);
            }
            Err(NotFound::Expired) => self.tally.expired.add(),
            Err(NotFound::Absent) => {}
        }
        self.tally.misses.add();
        None
    }

    fn peek(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        self.find(artifact).ok()
    }

    fn store_statistics(
        &self,
        artifact: &ArtifactId,
        statistics: Cached<DeploymentStatistics>,
        generation: Generation,
    ) {
        let entry = Entry { expires: self.expires(statistics.as_of), statistics };
        let state = self.state();
        if state.is_current(artifact, generation) {
            self.statistics.insert(artifact.clone(), entry);
        }
    }

    fn invalidate_artifact(&self, artifact: &ArtifactId) {
        self.tally.invalidated.add();
        let mut state = self.state();
        let is_full = state.artifacts.len() >= MAX_TOLD_APART;
        let generation = if is_full { state.refuse_all() } else { state.begin() };
        state.artifacts.insert(artifact.clone(), generation);
        state.list = generation;
        if let Some(list) = state.projects.take() {
            state.replaced = Some(list.value);
        }
        // What is made of the list goes on, also of one that is being made and will be refused.
        state.outlived = true;
        self.statistics.remove(artifact);
    }

    fn invalidate_statistics(&self, affected: &Affected) -> Affected {
        let mut state = self.state();
        if affected.is_none() && !state.outlived {
            return Affected::NONE;
        }
        self.make_bad(&mut state, affected)
    }

    fn begin(&self) -> Generation {
        self.state().begin()
    }

    fn cleared(&self) -> Generation {
        self.state().cleared
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
        *state = State {
            now: generation,
            everything: generation,
            cleared: generation,
            list: generation,
            ..State::default()
        };
        self.statistics.clear();
    }

    fn counters(&self) -> CacheCounters {
        let mut counters = CacheCounters::default();
        counters.projects_cached = self.state().projects.is_some();
        counters.stats_entries = self.statistics.len();
        counters.ttl = self.ttl.get();
        counters.hits = self.tally.hits.get();
        counters.misses = self.tally.misses.get();
        counters.joined = self.tally.joined.get();
        counters.expired = self.tally.expired.get();
        counters.invalidated = self.tally.invalidated.get();
        counters
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;
