//! Which adapter serves which port.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use skillstat_cache::{BlockingPool, CachedStatistics, InvalidatingCommands, Sources};
use skillstat_domain::{
    CollectionReader, ContentHash, DeploymentService, DiffService, DirectOriginals, DirectStates,
    Hasher, ProjectDiscovery, ProjectStates, StatisticsService, StatsCache, Workers,
};
use skillstat_fs_adapter::{
    HashPathError, IndexedDiscovery, IndexedHasher, Listings, OpenatDiscovery, ReportingHasher,
    ReportingStates, ScopedWorkers, Sha256Hasher, SkillmeatHome, TomlDeploymentReader, TreeLister,
    WatchPorts,
};

use crate::answers::Service;
use crate::index::index;
use crate::watching::{discovery_options, excluded};
use crate::writing::deployments;
use crate::{Config, SystemClock, Watch};

/// A running application.
#[derive(Debug, Clone)]
pub struct App {
    roots: Vec<PathBuf>,
    sources: Sources,
    statistics: StatisticsService,
    deployments: DeploymentService,
    diffs: DiffService,
    pub(crate) index: Option<Arc<IndexedHasher>>,
    /// Where scans report what they list, if somebody is going to watch.
    listings: Option<Arc<Listings>>,
    pub(crate) service: Service,
}

/// A search root and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootLocation {
    /// As configured, made absolute.
    pub configured: PathBuf,
    /// With its links resolved; nothing when it is not there.
    pub resolved: Option<PathBuf>,
}

impl App {
    /// Wires the adapters together as configured. Touches no disk.
    ///
    /// # Errors
    ///
    /// Fails when an `exclude` glob is malformed.
    pub fn new(config: &Config) -> anyhow::Result<Self> {
        let workers = ScopedWorkers::new(config.threads.value);
        Self::with(config, workers, None, |plain, index| match index {
            Some(index) => Arc::new(IndexedDiscovery::new(plain, index)),
            None => plain,
        })
    }

    /// Wires them together for who answers others meanwhile: looking at the disk gives way to that.
    ///
    /// They watch what a walk lists, so theirs lists everything, and reports it.
    pub(crate) fn giving_way(config: &Config) -> anyhow::Result<Self> {
        let workers = ScopedWorkers::new(config.threads.value).giving_way();
        let listings = (config.watch.value == Watch::Auto).then(|| Arc::new(Listings::new()));
        Self::with(config, workers, listings, |plain, _| plain)
    }

    fn with(
        config: &Config,
        workers: ScopedWorkers,
        listings: Option<Arc<Listings>>,
        discovery: fn(Arc<OpenatDiscovery>, Option<&IndexedHasher>) -> Arc<dyn ProjectDiscovery>,
    ) -> anyhow::Result<Self> {
        let workers: Arc<dyn Workers> = Arc::new(workers);
        let plain = OpenatDiscovery::new(discovery_options(config), Arc::clone(&workers))
            .with_context(|| excluded(config))?;
        let plain = Arc::new(match &listings {
            Some(listings) => plain.reporting(Arc::clone(listings)),
            None => plain,
        });
        let index = index(config, listings.as_ref());
        let hasher: Arc<dyn Hasher> = match (&index, &listings) {
            (Some(index), _) => Arc::clone(index) as _,
            (None, Some(listings)) => Arc::new(ReportingHasher::new(Arc::clone(listings))),
            (None, None) => Arc::new(Sha256Hasher),
        };
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::clone(&hasher));
        let states: Arc<dyn ProjectStates> = match &listings {
            Some(listings) => {
                Arc::new(ReportingStates::new(Arc::new(states), Arc::clone(listings)))
            }
            None => Arc::new(states),
        };
        let sources = Sources::new(
            discovery(Arc::clone(&plain), index.as_deref()),
            states,
            hasher,
            Arc::new(SkillmeatHome::new(config.skillmeat_home.value.clone())),
            workers,
        );
        let originals = DirectOriginals::new(
            Arc::clone(&sources.collections),
            Arc::clone(&sources.hasher),
            Arc::clone(&sources.workers),
        );
        let statistics = StatisticsService::new(
            Arc::clone(&sources.discovery),
            Arc::clone(&sources.states),
            Arc::new(originals),
            Arc::clone(&sources.workers),
        );
        let deployments = deployments(config, plain, &sources).with_context(|| excluded(config))?;
        // What differs is told by what is on disk, as what is written is.
        let diffs = DiffService::new(
            Arc::clone(&sources.discovery),
            Arc::clone(&sources.states),
            Arc::clone(&sources.collections),
            Arc::new(TreeLister),
        );
        Ok(Self {
            deployments,
            diffs,
            roots: config.roots.value.iter().map(|root| root.path.clone()).collect(),
            sources,
            statistics,
            index,
            listings,
            service: Service::new(config),
        })
    }

    /// Returns the same use case behind a cache, for many questions of many callers; each call makes
    /// another one.
    pub fn cached(
        &self,
        cache: Arc<dyn StatsCache>,
        pool: Arc<dyn BlockingPool>,
    ) -> CachedStatistics {
        CachedStatistics::new(self.sources.clone(), cache, Arc::new(SystemClock), pool)
    }

    /// Returns what deploys, undeploys and restores. Whatever it changes, `cache` forgets before anybody
    /// is answered.
    pub fn commands(
        &self,
        cache: Option<Arc<CachedStatistics>>,
        pool: Arc<dyn BlockingPool>,
    ) -> InvalidatingCommands {
        InvalidatingCommands::new(self.deployments.clone(), cache, pool)
    }

    /// Returns the use case that compares copies with what they were deployed from.
    pub fn diffs(&self) -> &DiffService {
        &self.diffs
    }

    /// Returns what a watcher needs that tells `cached` of changes.
    pub(crate) fn watch_ports(&self, cached: &Arc<CachedStatistics>) -> WatchPorts {
        let discovery = Arc::clone(&self.sources.discovery);
        let mut ports = WatchPorts::new(discovery, cached.projects(), Arc::clone(cached) as _);
        ports.listings.clone_from(&self.listings);
        ports
    }

    /// Returns what finds projects.
    pub fn discovery(&self) -> &dyn ProjectDiscovery {
        &*self.sources.discovery
    }

    /// Returns the use case that answers where artifacts are deployed.
    pub fn statistics(&self) -> &StatisticsService {
        &self.statistics
    }

    /// Returns the search roots, each looked up on disk.
    pub fn roots(&self) -> Vec<RootLocation> {
        let location = |root: &PathBuf| RootLocation {
            configured: root.clone(),
            resolved: std::fs::canonicalize(root).ok(),
        };
        self.roots.iter().map(location).collect()
    }

    /// Returns the reader of collections.
    pub fn collections(&self) -> &dyn CollectionReader {
        &*self.sources.collections
    }
}

/// Hashes any file or directory exactly as SkillMeat does, links followed. Needs no configuration.
///
/// # Errors
///
/// As [`Sha256Hasher::hash_path`].
pub fn hash_path(path: &Path) -> Result<ContentHash, HashPathError> {
    Sha256Hasher.hash_path(path)
}
