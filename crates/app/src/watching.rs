//! Which watcher is used.

use std::sync::Arc;

use anyhow::Context;
use skillstat_domain::{Unwatched, Watcher};
use skillstat_fs_adapter::{DiscoveryOptions, PollingWatcher, WatchPorts};
#[cfg(target_os = "linux")]
use skillstat_fs_adapter::{InotifyWatcher, WatchError, WatchOptions};

use crate::{Config, Watch};

/// A watcher, and what makes it begin.
pub(crate) type Watching = (Arc<dyn Watcher>, Box<dyn FnOnce() + Send>);

/// Makes the watcher that is configured. Where the system lets nobody watch, everything is looked at
/// from time to time, and the coverage says why.
///
/// # Errors
///
/// Fails when an `exclude` glob is malformed, or when the system gives no thread.
pub(crate) fn watching(config: &Config, ports: WatchPorts) -> anyhow::Result<Watching> {
    match config.watch.value {
        Watch::Off => Ok((Arc::new(Unwatched), Box::new(|| ()))),
        Watch::Polling => {
            polling(config, ports, "`watch` is \"polling\"", "set `watch` to \"auto\"")
        }
        Watch::Notify => hinted(config, ports, "set `watch` to \"auto\""),
        #[cfg(target_os = "linux")]
        Watch::Auto => inotify(config, ports),
        #[cfg(not(target_os = "linux"))]
        Watch::Auto => {
            hinted(config, ports, "invalidate the cache before a question to which it matters")
        }
    }
}

#[cfg(target_os = "linux")]
fn inotify(config: &Config, ports: WatchPorts) -> anyhow::Result<Watching> {
    let home = config.skillmeat_home.value.clone();
    let mut options = WatchOptions::new(discovery_options(config), home, config.watch_budget.value);
    let volumes = config.fleet.volumes.value.iter();
    options.shared = volumes.map(|volume| volume.path.clone()).collect();
    match InotifyWatcher::new(options, ports.clone()) {
        Ok(watcher) => {
            let watcher = Arc::new(watcher);
            let begins = Arc::clone(&watcher);
            Ok((watcher, Box::new(move || begins.begin())))
        }
        Err(WatchError::System(error)) => polling(
            config,
            ports,
            &format!("the system lets nobody watch ({error})"),
            "raise `fs.inotify.max_user_instances` with `sysctl`, then start again",
        ),
        Err(error @ WatchError::Exclude(_)) => Err(error).with_context(|| excluded(config)),
    }
}

/// Looks when the system hints at a change; where it does not, from time to time.
fn hinted(config: &Config, ports: WatchPorts, fix: &str) -> anyhow::Result<Watching> {
    let reason = "the system tells of changes late, so an answer may be a moment old";
    let home = config.skillmeat_home.value.clone();
    let roots = config.roots.value.iter().map(|root| root.path.clone()).collect();
    Ok(began(PollingWatcher::hinted(home, roots, ports, reason, fix)?))
}

fn polling(
    config: &Config,
    ports: WatchPorts,
    reason: &str,
    fix: &str,
) -> anyhow::Result<Watching> {
    let reason = format!("{reason}, so everything is looked at from time to time");
    let home = config.skillmeat_home.value.clone();
    Ok(began(PollingWatcher::new(home, ports, &reason, fix)?))
}

fn began(watcher: PollingWatcher) -> Watching {
    let watcher = Arc::new(watcher);
    let begins = Arc::clone(&watcher);
    (watcher, Box::new(move || begins.begin()))
}

/// Returns where projects are looked for.
pub(crate) fn discovery_options(config: &Config) -> DiscoveryOptions {
    let mut options = DiscoveryOptions::new(config.roots.value.clone());
    options.max_depth = config.max_depth.value;
    options.exclude.clone_from(&config.exclude.value);
    options
}

/// Names the setting that a malformed glob stands in.
pub(crate) fn excluded(config: &Config) -> String {
    format!("failed to read `exclude` ({})", config.exclude.origin)
}
