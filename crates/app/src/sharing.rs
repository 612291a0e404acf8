//! What is wired together for several machines.

mod host;
mod reporting;

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context;
use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    Change, ChangeSink, DeploymentCommands, Fleet, HostId, HostReport, SharedVolumes, Watcher,
};
use skillstat_fleet::{AnnouncingCommands, LeasePorts, LeasedWatcher, Leases, SharedVolume};
use tokio::runtime::Handle;

pub use self::host::id as host_id;
pub(crate) use self::reporting::Reporting;
use crate::Config;
use crate::boottime_clock::BoottimeClock;

/// Other machines, and what is shared with them.
#[derive(Debug, Clone)]
pub struct Sharing {
    /// Which machine this is.
    pub this: HostId,
    /// Where they can be reached.
    pub fleet: Arc<dyn Fleet>,
    /// The volumes that are shared.
    pub volumes: Arc<dyn SharedVolumes>,
    leases: Arc<Leases>,
    has_volumes: bool,
    runtime: Handle,
}

/// Holds nothing, so there is nothing to forget.
#[derive(Debug)]
pub(crate) struct HoldsNothing;

impl ChangeSink for HoldsNothing {
    fn changed(&self, _changes: &BTreeSet<Change>) {}
}

impl Sharing {
    /// Begins to reach others in the background, if that is configured; `sink` forgets what they change.
    ///
    /// # Errors
    ///
    /// Fails when the password cannot be read, or when others may read it.
    pub(crate) fn start(
        config: &Config,
        sink: Arc<dyn ChangeSink>,
        runtime: &Handle,
    ) -> anyhow::Result<Option<Self>> {
        let Some(fleet) = fleet(config, runtime)? else { return Ok(None) };
        let volumes = volumes(config);
        let has_volumes = !volumes.is_empty();
        let ports = LeasePorts { fleet: Arc::clone(&fleet), sink, clock: Arc::new(BoottimeClock) };
        let leases = Arc::new(Leases::start(volumes, ports, runtime));
        let (runtime, this) = (runtime.clone(), host_id(config));
        Ok(Some(Self {
            this,
            fleet,
            volumes: Arc::clone(&leases) as _,
            leases,
            has_volumes,
            runtime,
        }))
    }

    /// Puts leases beside a watcher, if anything is shared.
    pub(crate) fn watching(&self, watcher: Arc<dyn Watcher>) -> Arc<dyn Watcher> {
        if !self.has_volumes {
            return watcher;
        }
        Arc::new(LeasedWatcher::new(watcher, Arc::clone(&self.leases)))
    }

    /// Has others told of what is written, if anything is shared.
    pub(crate) fn telling(
        &self,
        commands: Arc<dyn DeploymentCommands>,
    ) -> Arc<dyn DeploymentCommands> {
        if !self.has_volumes {
            return commands;
        }
        let leases = Arc::clone(&self.leases);
        Arc::new(AnnouncingCommands::new(commands, leases, self.runtime.clone()))
    }
}

/// Has other machines told of what is written without a service, if anything is shared.
///
/// # Errors
///
/// Fails when the password of the server cannot be read, or when others may read it.
pub fn telling(
    config: &Config,
    commands: Arc<dyn DeploymentCommands>,
    runtime: &Handle,
) -> anyhow::Result<Arc<dyn DeploymentCommands>> {
    if config.fleet.volumes.value.is_empty() {
        return Ok(commands);
    }
    let sharing = Sharing::start(config, Arc::new(HoldsNothing), runtime)?;
    Ok(sharing.map_or(Arc::clone(&commands), |sharing| sharing.telling(commands)))
}

/// Asks every machine that reports how it is, sorted by name; nothing when no server is configured.
///
/// # Errors
///
/// Fails when the server cannot be reached, or when the password cannot be read.
pub async fn hosts(config: &Config) -> anyhow::Result<Option<Vec<HostReport>>> {
    let Some(fleet) = fleet(config, &Handle::current())? else { return Ok(None) };
    let hosts = fleet.hosts().await.context("other machines cannot be reached")?;
    Ok(Some(hosts))
}

/// Returns the shared volumes as they are on this machine.
fn volumes(config: &Config) -> Vec<SharedVolume> {
    let home = resolved(&config.skillmeat_home.value);
    let volume = |volume: &crate::Volume| {
        // A path that is not UTF-8 cannot be a project's either.
        let root = resolved(Utf8Path::from_path(&volume.path)?);
        let has_collections = home.starts_with(&root);
        Some(SharedVolume { name: volume.name.clone(), root, has_collections })
    };
    config.fleet.volumes.value.iter().filter_map(volume).collect()
}

/// Returns where a directory is, links resolved; as it is written when it is not there.
fn resolved(path: &Utf8Path) -> Utf8PathBuf {
    path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned())
}

#[cfg(feature = "redis")]
fn fleet(config: &Config, runtime: &Handle) -> anyhow::Result<Option<Arc<dyn Fleet>>> {
    use skillstat_fleet::{RedisAddress, RedisFleet};

    let fleet = &config.fleet;
    let Some(address) = &fleet.redis.value else { return Ok(None) };
    let address: RedisAddress =
        address.parse().with_context(|| format!("no address ({})", fleet.redis.origin))?;
    let password = password(fleet)?;
    let user = fleet.redis_user.value.as_deref();
    let address = address.with_credentials(user, password.as_deref());
    let prefix = fleet.redis_prefix.value.parse()?;
    let clock = Arc::new(BoottimeClock);
    Ok(Some(Arc::new(RedisFleet::start(address, prefix, clock, runtime))))
}

#[cfg(not(feature = "redis"))]
#[expect(clippy::unnecessary_wraps, reason = "with Redis it can fail")]
fn fleet(_config: &Config, _runtime: &Handle) -> anyhow::Result<Option<Arc<dyn Fleet>>> {
    Ok(None)
}

/// Returns the password: from the environment, else the first line of the file.
#[cfg(feature = "redis")]
fn password(fleet: &crate::FleetConfig) -> anyhow::Result<Option<String>> {
    if let Some(password) = &fleet.redis_password {
        return Ok(Some(password.reveal().to_owned()));
    }
    let Some(path) = &fleet.redis_password_file.value else { return Ok(None) };
    crate::key_file::read_password(path).map(Some)
}
