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
    /// Whether there ever was a list.
    listed: bool,
    /// Whether statistics may be stored, or being made, that were made from another list, even an equal
    /// one. Whoever knows what has changed since this one was made cannot tell what those were made from.
    outlived: bool,
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

    /// Removes statistics and refuses those being made; returns the generation that this begins.
    fn make_bad(&self, state: &mut State, affected: &Affected) -> Generation {
        self.tally.invalidated.add();
        let generation = state.begin();
        match affected {
            _ if state.outlived => {
                self.statistics.clear();
                state.outlived = false;
                state.artifacts.clear();
                state.everything = generation;
            }
            Affected::Only(artifacts)
                if state.artifacts.len() + artifacts.len() <= MAX_TOLD_APART =>
            {
                for artifact in artifacts {
                    state.artifacts.insert(artifact.clone(), generation);
                    self.statistics.remove(artifact);
                }
            }
            // More than are told apart: what is stored of others stays.
            Affected::Only(artifacts) => {
                state.artifacts.clear();
                state.everything = generation;
                for artifact in artifacts {
                    self.statistics.remove(artifact);
                }
            }
            Affected::All => {
                state.artifacts.clear();
                state.everything = generation;
                self.statistics.clear();
            }
        }
        generation
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
        let before = state.projects.take().map(|list| list.value).or_else(|| state.replaced.take());
        if before.is_some_and(|before| before != projects.value) {
            state.everything = state.begin();
            self.statistics.clear();
        }
        state.outlived = state.listed;
        state.listed = true;
        state.replaced = None;
        state.projects = Some(projects);
    }

    fn amend_projects(
        &self,
        held: u64,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        affected: &Affected,
    ) -> bool {
        let mut state = lock(&self.state);
        if state.projects.as_ref().is_none_or(|list| list.version != held) {
            return false;
        }
        state.projects = Some(projects);
        state.list = self.make_bad(&mut state, affected);
        true
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
        self.make_bad(&mut lock(&self.state), affected);
    }

    fn cleared(&self) -> Generation {
        lock(&self.state).cleared
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
