//! What writes, wired together as configured.

use std::sync::Arc;
use std::time::Duration;

use skillstat_cache::Sources;
use skillstat_domain::{DeploymentService, DirectStates, ProjectDiscovery};
use skillstat_fs_adapter::{
    BackupLimits, DeployOptions, ExcludeError, Sha256Hasher, SkillmeatHome, StagingDeployer,
    TomlDeploymentReader,
};

use crate::watching::discovery_options;
use crate::{Config, SystemWallClock};

/// The seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Wires together what deploys. What is written is decided by what is on disk, never by what a cache or an
/// index holds: copies are read, and projects looked for with a `discovery` that remembers nothing.
///
/// # Errors
///
/// - [`ExcludeError`] when an exclude glob is malformed.
pub(crate) fn deployments(
    config: &Config,
    discovery: Arc<dyn ProjectDiscovery>,
    sources: &Sources,
) -> Result<DeploymentService, ExcludeError> {
    let age = config.backup_days.value.get().saturating_mul(DAY);
    let backups =
        BackupLimits { count: config.backup_count.value.get(), age: Duration::from_secs(age) };
    let mut options = DeployOptions::new(
        discovery_options(config),
        config.state_directory.value.clone(),
        backups,
        Arc::new(SystemWallClock),
    );
    options.lock_limit = Duration::from_secs(config.lock_seconds.value.get());
    let deployer = StagingDeployer::new(options)?;
    let home = SkillmeatHome::new(config.skillmeat_home.value.clone());
    Ok(DeploymentService::new(
        Arc::new(deployer),
        Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        discovery,
        (Arc::clone(&sources.collections), home.collections_directory()),
        Arc::clone(&sources.workers),
    ))
}
