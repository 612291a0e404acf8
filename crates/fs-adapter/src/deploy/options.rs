//! What a deployer works with.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use skillstat_domain::WallClock;

use super::BackupLimits;
use crate::{DiscoveryOptions, Pause, Sleep};

/// What a [`StagingDeployer`](super::StagingDeployer) works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DeployOptions {
    /// Projects must lie below one of the search roots; where nobody would find it nothing is deployed.
    pub discovery: DiscoveryOptions,
    /// Where backups and receipts are kept.
    pub state_directory: PathBuf,
    /// How many backups, and for how long.
    pub backups: BackupLimits,
    /// How long to wait for a lock that somebody else holds.
    pub lock_limit: Duration,
    /// How long after a write it is looked whether its record has stayed.
    pub confirm_after: Duration,
    /// What the date is.
    pub clock: Arc<dyn WallClock>,
    /// How to wait.
    pub pause: Arc<dyn Pause>,
}

impl DeployOptions {
    /// How long to wait for a lock when nobody says otherwise, as SkillMeat does.
    pub const LOCK_LIMIT: Duration = Duration::from_secs(10);

    /// How long after a write to look again: longer than SkillMeat takes from reading a tracker to
    /// writing it.
    pub const CONFIRM_AFTER: Duration = Duration::from_millis(300);

    /// Takes what has no usual value; locks and records are waited for as long as is usual, in real time.
    pub fn new(
        discovery: DiscoveryOptions,
        state_directory: PathBuf,
        backups: BackupLimits,
        clock: Arc<dyn WallClock>,
    ) -> Self {
        Self {
            discovery,
            state_directory,
            backups,
            lock_limit: Self::LOCK_LIMIT,
            confirm_after: Self::CONFIRM_AFTER,
            clock,
            pause: Arc::new(Sleep),
        }
    }
}
