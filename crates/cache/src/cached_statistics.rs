//! Level 2: the statistics of each artifact, computed once for all who ask.

use std::fmt::Debug;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{
    Affected, Answer, AnswerSource, ArtifactId, Cached, Clock, Collection, CollectionReader,
    DeploymentStatistics, Generation, Inventory, Moment, Overview, ProjectDiscovery, ProjectPath,
    ProjectStates, QueryError, Scanned, StatisticsQuery, StatisticsService, StatsCache, Workers,
};

use crate::flights::{Boarding, Flights};
use crate::slot::TtlSlot;
use crate::tally::next_version;
use crate::{CachedDiscovery, CachedProjects};

/// Runs computations that block, away from the threads that poll.
///
/// It MUST run every job, also when nobody waits for it any more.
pub trait BlockingPool: Debug + Send + Sync {
    /// Runs a job.
    fn run(&self, job: Box<dyn FnOnce() + Send>);
}

/// The adapters that are asked when the cache cannot answer.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Finds projects.
    pub discovery: Arc<dyn ProjectDiscovery>,
    /// Reads trackers and hashes copies.
    pub states: Arc<dyn ProjectStates>,
    /// Reads collections.
    pub collections: Arc<dyn CollectionReader>,
    /// Does so side by side.
    pub workers: Arc<dyn Workers>,
}

/// Answers questions from a [`StatsCache`], and computes what it lacks: once for all who ask at the
/// same time, to its end even when they have gone.
#[derive(Debug)]
pub struct CachedStatistics {
    core: Arc<Core>,
    pool: Arc<dyn BlockingPool>,
    statistics: Flights<ArtifactId, Cached<DeploymentStatistics>>,
    overviews: Flights<(), Cached<Overview>>,
    collections: Flights<(), Cached<Scanned<Vec<Collection>>>>,
}

/// What a computation works with.
#[derive(Debug)]
struct Core {
    discovery: Arc<CachedDiscovery>,
    projects: Arc<CachedProjects>,
    service: StatisticsService,
    collections: Arc<dyn CollectionReader>,
    cache: Arc<dyn StatsCache>,
    clock: Arc<dyn Clock>,
    overview: TtlSlot<Overview>,
    collection_list: TtlSlot<Scanned<Vec<Collection>>>,
}

impl CachedStatistics {
    /// Puts `cache` before `sources`.
    pub fn new(
        sources: Sources,
        cache: Arc<dyn StatsCache>,
        clock: Arc<dyn Clock>,
        pool: Arc<dyn BlockingPool>,
    ) -> Self {
        let discovery =
            CachedDiscovery::new(sources.discovery, Arc::clone(&cache), Arc::clone(&clock));
        let discovery = Arc::new(discovery);
        let projects = Arc::new(CachedProjects::new(sources.states, Arc::clone(&cache)));
        let service = StatisticsService::new(
            Arc::clone(&discovery) as _,
            Arc::clone(&projects) as _,
            sources.workers,
        );
        let core = Core {
            discovery,
            projects,
            service,
            collections: sources.collections,
            cache,
            clock,
            overview: TtlSlot::default(),
            collection_list: TtlSlot::default(),
        };
        Self {
            core: Arc::new(core),
            pool,
            statistics: Flights::new(),
            overviews: Flights::new(),
            collections: Flights::new(),
        }
    }

    /// Forgets what is known of one project: its trackers and copies are read anew, and the statistics
    /// of every artifact that it held or holds. Costs one reading of its trackers, so it blocks.
    pub fn invalidate_project(&self, project: &ProjectPath) {
        let Core { projects, cache, .. } = &*self.core;
        // First the project, then the answers: one that is made in between from what was known of the
        // project goes with the others.
        let before = projects.forget(project);
        let listed = cache.discovered_projects();
        if listed.is_none_or(|list| list.value.value.binary_search(project).is_err()) {
            return cache.invalidate_all();
        }
        let after = projects.records(project);
        let affected = before.map_or(Affected::All, |before| {
            let records = before.records.iter().chain(&after.records);
            Affected::Only(records.map(|record| record.artifact.clone()).collect())
        });
        cache.invalidate_statistics(&affected);
    }

    /// Computes what is not held, or waits for who does.
    async fn computed<K, T>(
        &self,
        (flights, key): (&Flights<K, Cached<T>>, &K),
        good: impl FnOnce(Generation) -> bool + Send,
        compute: impl FnOnce(&Core) -> Cached<T> + Send + 'static,
    ) -> Result<Answer<T>, QueryError>
    where
        K: Clone + Eq + Hash + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        // Before the flight reads anything, so that it is known from when on it may be joined.
        let generation = self.core.cache.generation();
        let (waiting, source) = match flights.board(key, generation, good) {
            Boarding::Passenger(waiting) => {
                self.core.cache.count_joined();
                (waiting, AnswerSource::Joined)
            }
            Boarding::Pilot(pilot, waiting) => {
                let core = Arc::clone(&self.core);
                self.pool.run(Box::new(move || {
                    let computed = catch_unwind(AssertUnwindSafe(|| compute(&core)));
                    pilot.land(computed.map_err(|panic| QueryError { reason: said(&*panic) }));
                }));
                (waiting, AnswerSource::Miss)
            }
        };
        Ok(Answer { cached: waiting.land().await?, source })
    }
}

impl Core {
    /// Returns what a slot holds, if it is good.
    fn held<T>(&self, slot: &TtlSlot<T>) -> Option<Cached<T>> {
        slot.get(self.cache.generation(), self.clock.now(), self.cache.ttl())
    }

    /// Finds projects and reads trackers; also tells how old the oldest of it is, and the generation
    /// that what is made of it belongs to.
    fn inventory(&self) -> (Inventory, Moment, Generation) {
        // The list first: storing it can begin a generation. What is read from here on belongs to this
        // list or to a later one.
        let as_of = self.discovery.list().as_of;
        let generation = self.cache.generation();
        (self.service.inventory(&()), as_of, generation)
    }

    fn statistics(&self, artifact: &ArtifactId) -> Cached<DeploymentStatistics> {
        let (inventory, as_of, generation) = self.inventory();
        let cached = fresh(self.service.statistics(&inventory, artifact, &()), as_of);
        // An artifact that is nowhere is not kept: anyone can ask for names that do not exist, and all
        // that an answer needs is in memory.
        if *cached.value != DeploymentStatistics::default() {
            self.cache.store_statistics(artifact, cached.clone(), generation);
        }
        cached
    }

    fn overview(&self) -> Cached<Overview> {
        let (inventory, as_of, generation) = self.inventory();
        let cached = fresh(self.service.overview(&inventory, &|_, _| true, &()), as_of);
        self.overview.put(cached.clone(), generation);
        cached
    }

    fn collections(&self) -> Cached<Scanned<Vec<Collection>>> {
        let (generation, as_of) = (self.cache.generation(), self.clock.now());
        let cached = fresh(self.collections.collections(), as_of);
        self.collection_list.put(cached.clone(), generation);
        cached
    }
}

fn fresh<T>(value: T, as_of: Moment) -> Cached<T> {
    Cached { value: Arc::new(value), as_of, version: next_version() }
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic")
        .to_owned()
}

#[async_trait]
impl StatisticsQuery for CachedStatistics {
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError> {
        // First of all, so that a hit costs nothing else.
        if let Some(cached) = self.core.cache.statistics(artifact) {
            return Ok(Answer { cached, source: AnswerSource::Hit });
        }
        let good = |since| self.core.cache.is_current(artifact, since);
        let wanted = artifact.clone();
        let compute = move |core: &Core| core.statistics(&wanted);
        self.computed((&self.statistics, artifact), good, compute).await
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        if let Some(cached) = self.core.held(&self.core.overview) {
            return Ok(Answer { cached, source: AnswerSource::Hit });
        }
        let good = |since| self.core.cache.generation() == since;
        self.computed((&self.overviews, &()), good, Core::overview).await
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        if let Some(cached) = self.core.held(&self.core.collection_list) {
            return Ok(Answer { cached, source: AnswerSource::Hit });
        }
        let good = |since| self.core.cache.generation() == since;
        self.computed((&self.collections, &()), good, Core::collections).await
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;

#[cfg(test)]
#[cfg(shuttle)]
mod interleavings;
