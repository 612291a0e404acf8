//! What writes, wired together as configured.

use std::sync::Arc;
use std::time::Duration;

use skillstat_cache::Sources;
use skillstat_domain::{DeploymentService, DirectStates, ProjectDiscovery};
use skillstat_fs_adapter::{
    BackupLimits, DeployOptions, ExcludeError, Sha256Hasher, SkillmeatHome, Sleep, StagingDeployer,
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
    let deployer = StagingDeployer::new(DeployOptions {
        discovery: discovery_options(config),
        state_directory: config.state_directory.value.clone(),
        backups: BackupLimits {
            count: config.backup_count.value.get(),
            age: Duration::from_secs(age),
        },
        lock_limit: Duration::from_secs(config.lock_seconds.value.get()),
        confirm_after: DeployOptions::CONFIRM_AFTER,
        clock: Arc::new(SystemWallClock),
        pause: Arc::new(Sleep),
    })?;
    let home = SkillmeatHome::new(config.skillmeat_home.value.clone());
    Ok(DeploymentService::new(
        Arc::new(deployer),
        Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        discovery,
        (Arc::clone(&sources.collections), home.collections_directory()),
        Arc::clone(&sources.workers),
    ))
}
