//! Which adapter serves which port.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use skillstat_domain::{
    CollectionReader, ContentHash, DirectStates, ProjectDiscovery, StatisticsService, Workers,
};
use skillstat_fs_adapter::{
    DiscoveryOptions, HashPathError, OpenatDiscovery, ScopedWorkers, Sha256Hasher, SkillmeatHome,
    TomlDeploymentReader,
};

use crate::Config;

/// A running application.
#[derive(Debug, Clone)]
pub struct App {
    roots: Vec<PathBuf>,
    discovery: Arc<dyn ProjectDiscovery>,
    statistics: StatisticsService,
    collections: Arc<dyn CollectionReader>,
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
        let workers: Arc<dyn Workers> = Arc::new(ScopedWorkers::new(config.threads.value));
        let options = DiscoveryOptions {
            roots: config.roots.value.clone(),
            max_depth: config.max_depth.value,
            exclude: config.exclude.value.clone(),
        };
        let discovery = OpenatDiscovery::new(options, Arc::clone(&workers))
            .with_context(|| format!("failed to read `exclude` ({})", config.exclude.origin))?;
        let discovery: Arc<dyn ProjectDiscovery> = Arc::new(discovery);
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher));
        Ok(Self {
            roots: config.roots.value.iter().map(|root| root.path.clone()).collect(),
            statistics: StatisticsService::new(Arc::clone(&discovery), Arc::new(states), workers),
            discovery,
            collections: Arc::new(SkillmeatHome::new(config.skillmeat_home.value.clone())),
        })
    }

    /// Returns what finds projects.
    pub fn discovery(&self) -> &dyn ProjectDiscovery {
        &*self.discovery
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
        &*self.collections
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
