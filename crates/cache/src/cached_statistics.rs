//! Level 2: the statistics of each artifact, computed once for all who ask.

mod changes;

use std::fmt::Debug;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
pub(crate) use changes::Effect;
use skillstat_domain::{
    Answer, AnswerSource, ArtifactAnswers, ArtifactId, Cached, Clock, Collection, CollectionReader,
    DeploymentStatistics, DirectOriginals, Generation, Hasher, Inventory, Moment, Overview,
    ProjectDiscovery, ProjectStates, QueryError, Scanned, StatisticsQuery, StatisticsService,
    StatsCache, Workers,
};

use crate::cached_projects::{List, Listed};
use crate::flights::{Boarding, Flights};
use crate::slot::TtlSlot;
use crate::sync::{Mutex, lock};
use crate::tally::next_version;
use crate::{CachedDiscovery, CachedProjects, Feed};

/// Runs computations that block, away from the threads that poll.
///
/// It MUST run every job, also when nobody waits for it any more.
pub trait BlockingPool: Debug + Send + Sync {
    /// Runs a job.
    fn run(&self, job: Box<dyn FnOnce() + Send>);
}

/// The adapters that are asked when the cache cannot answer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Sources {
    /// Finds projects.
    pub discovery: Arc<dyn ProjectDiscovery>,
    /// Reads trackers and hashes copies.
    pub states: Arc<dyn ProjectStates>,
    /// Examines what copies were deployed from.
    pub hasher: Arc<dyn Hasher>,
    /// Reads collections.
    pub collections: Arc<dyn CollectionReader>,
    /// Does so side by side.
    pub workers: Arc<dyn Workers>,
}

impl Sources {
    /// Joins the adapters.
    pub fn new(
        discovery: Arc<dyn ProjectDiscovery>,
        states: Arc<dyn ProjectStates>,
        hasher: Arc<dyn Hasher>,
        collections: Arc<dyn CollectionReader>,
        workers: Arc<dyn Workers>,
    ) -> Self {
        Self { discovery, states, hasher, collections, workers }
    }
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
    feed: Arc<Feed>,
    nowhere: Cached<DeploymentStatistics>,
    overview: TtlSlot<Overview>,
    collection_list: TtlSlot<Scanned<Vec<Collection>>>,
    // Held while a change is taken, until its answers are invalidated: whoever is told of a change that
    // another has seen to already may rely on it. Only blocking threads take it.
    changing: Mutex<()>,
    /// The generation that the last change of the collections began.
    collections_changed: Mutex<Generation>,
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
        let originals = DirectOriginals::new(
            Arc::clone(&sources.collections),
            sources.hasher,
            Arc::clone(&sources.workers),
        );
        let projects = Arc::new(CachedProjects::new(sources.states, originals, Arc::clone(&cache)));
        let service = StatisticsService::new(
            Arc::clone(&discovery) as _,
            Arc::new(Listed(Arc::clone(&projects))),
            Arc::clone(&projects) as _,
            sources.workers,
        );
        let nowhere = fresh(DeploymentStatistics::default(), clock.now());
        let core = Core {
            discovery,
            projects,
            service,
            collections: sources.collections,
            cache,
            clock,
            feed: Arc::default(),
            nowhere,
            overview: TtlSlot::default(),
            collection_list: TtlSlot::default(),
            changing: Mutex::default(),
            collections_changed: Mutex::default(),
        };
        Self {
            core: Arc::new(core),
            pool,
            statistics: Flights::new(),
            overviews: Flights::new(),
            collections: Flights::new(),
        }
    }

    /// Returns what is known of each project, looked up where it is not.
    pub fn projects(&self) -> Arc<dyn ProjectStates> {
        Arc::clone(&self.core.projects) as _
    }

    /// Returns the news of what changes.
    pub fn feed(&self) -> Arc<Feed> {
        Arc::clone(&self.core.feed)
    }

    /// Returns the statistics that are held, or known to be none; these are not held, so they count as a miss.
    fn held_statistics(&self, artifact: &ArtifactId) -> Option<Answer<DeploymentStatistics>> {
        let cached = self.core.cache.statistics(artifact);
        let cached = cached.or_else(|| self.core.known_nowhere(artifact))?;
        Some(Answer { cached, source: AnswerSource::Hit })
    }

    fn held_collections(&self) -> Option<Answer<Scanned<Vec<Collection>>>> {
        let good = |since| self.core.collections_are_current(since);
        let cached = self.core.held(&self.core.collection_list, good)?;
        Some(Answer { cached, source: AnswerSource::Hit })
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
            Boarding::Refused => return Err(QueryError::Busy),
            Boarding::Pilot(pilot, waiting) => {
                let core = Arc::clone(&self.core);
                self.pool.run(Box::new(move || {
                    let computed = catch_unwind(AssertUnwindSafe(|| compute(&core)));
                    pilot.land(
                        computed.map_err(|panic| QueryError::Failed { reason: said(&*panic) }),
                    );
                }));
                (waiting, AnswerSource::Miss)
            }
        };
        Ok(Answer { cached: waiting.land().await?, source })
    }
}

impl Core {
    /// Tells whether collections read in a generation are good.
    fn collections_are_current(&self, read: Generation) -> bool {
        read >= *lock(&self.collections_changed) && read >= self.cache.cleared()
    }

    /// Returns what a slot holds, if it is good.
    fn held<T>(
        &self,
        slot: &TtlSlot<T>,
        good: impl FnOnce(Generation) -> bool,
    ) -> Option<Cached<T>> {
        slot.get(good, self.clock.now(), self.cache.ttl())
    }

    /// Returns the list of projects, and the generation that what is read from now on belongs to; none
    /// when the list was invalidated while it was made, so that nothing made of it may be kept.
    fn list(&self) -> (List, Option<Generation>) {
        let list = self.discovery.list();
        // In this order: a list that is held afterwards was good when the generation was read.
        let generation = self.cache.generation();
        let held = self.cache.discovered_projects();
        let held = held.is_some_and(|held| held.version == list.version);
        (list, held.then_some(generation))
    }

    fn statistics(&self, artifact: &ArtifactId) -> Cached<DeploymentStatistics> {
        let (list, generation) = self.list();
        // Another flight may have landed between this one's look into the cache and its start, or the
        // list was all that was missing.
        if let Some(cached) = self.cache.peek(artifact) {
            return cached;
        }
        let inventory = match self.projects.naming(&list, artifact) {
            Some(records) => Inventory { records, ..Inventory::default() },
            None => self.service.inventory_of(Scanned::clone(&list.value), &()),
        };
        let statistics = self.service.statistics(&inventory, artifact, &());
        if statistics == DeploymentStatistics::default() {
            return self.nowhere(list.as_of);
        }
        let cached = fresh(statistics, list.as_of);
        if let Some(generation) = generation {
            self.cache.store_statistics(artifact, cached.clone(), generation);
        }
        cached
    }

    /// Tells of an artifact that is known to be nowhere, without computing anything.
    fn known_nowhere(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        let list = self.cache.discovered_projects()?;
        self.projects.is_nowhere(&list, artifact).then(|| self.nowhere(list.as_of))
    }

    /// Returns the statistics of whatever is deployed nowhere. They are the same for all and not kept for
    /// each: anyone can ask for names that do not exist.
    fn nowhere(&self, as_of: Moment) -> Cached<DeploymentStatistics> {
        Cached { as_of, ..self.nowhere.clone() }
    }

    fn overview(&self) -> Cached<Overview> {
        let (list, generation) = self.list();
        let inventory = self.service.inventory_of(Scanned::clone(&list.value), &());
        let cached = fresh(self.service.overview(&inventory, &|_, _| true, &()), list.as_of);
        if let Some(generation) = generation {
            self.overview.put(cached.clone(), generation);
        }
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

pub(crate) fn said(panic: &(dyn std::any::Any + Send)) -> String {
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
        if let Some(answer) = self.held_statistics(artifact) {
            return Ok(answer);
        }
        let good = |since| self.core.cache.is_current(artifact, since);
        let wanted = artifact.clone();
        let compute = move |core: &Core| core.statistics(&wanted);
        self.computed((&self.statistics, artifact), good, compute).await
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        let good = |since| self.core.cache.generation() == since;
        if let Some(cached) = self.core.held(&self.core.overview, good) {
            return Ok(Answer { cached, source: AnswerSource::Hit });
        }
        self.computed((&self.overviews, &()), good, Core::overview).await
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        if let Some(answer) = self.held_collections() {
            return Ok(answer);
        }
        let good = |since| self.core.collections_are_current(since);
        self.computed((&self.collections, &()), good, Core::collections).await
    }

    async fn artifact(&self, artifact: &ArtifactId) -> Result<ArtifactAnswers, QueryError> {
        // What is held needs no future of its own.
        let collections = match self.held_collections() {
            Some(answer) => answer,
            None => self.collections().await?,
        };
        let statistics = match self.held_statistics(artifact) {
            Some(answer) => answer,
            None => self.statistics(artifact).await?,
        };
        Ok((collections, statistics))
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;

#[cfg(test)]
#[cfg(shuttle)]
mod interleavings;
