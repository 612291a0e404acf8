//! Settings for several machines.

use std::path::{Path, PathBuf};

use skillstat_domain::VolumeName;
use skillstat_fs_adapter::SearchRoot;

use super::{ConfigError, Origin, Setting};

/// What our keys at the server begin with when nothing else is said.
const DEFAULT_PREFIX: &str = "skillstat";

/// How other machines are reached, and what is shared with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetConfig {
    /// The address of the server, without user and password; nothing when there is none.
    pub redis: Setting<Option<String>>,
    /// Who we are there.
    pub redis_user: Setting<Option<String>>,
    /// The file with the password.
    pub redis_password_file: Setting<Option<PathBuf>>,
    /// The password itself, from the environment.
    pub redis_password: Option<Secret>,
    /// What our keys there begin with.
    pub redis_prefix: Setting<String>,
    /// The directories that are shared, each a search root or below one, sorted by name.
    pub volumes: Setting<Vec<Volume>>,
    /// What other machines call this one; its own name when nothing is said.
    pub host_name: Setting<Option<String>>,
}

/// A directory that several machines share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Volume {
    /// The same on every machine.
    pub name: VolumeName,
    /// Where it is here.
    pub path: PathBuf,
}

/// A text that is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// The same of one source.
#[derive(Debug, Default)]
pub(super) struct FleetLayer {
    pub(super) redis: Option<Setting<String>>,
    pub(super) redis_user: Option<Setting<String>>,
    pub(super) redis_password_file: Option<Setting<PathBuf>>,
    pub(super) redis_password: Option<Secret>,
    pub(super) redis_prefix: Option<Setting<String>>,
    pub(super) volumes: Option<Setting<Vec<Volume>>>,
    pub(super) host_name: Option<Setting<String>>,
}

impl FleetConfig {
    /// Joins all sources; what is first wins.
    pub(super) fn new(
        layers: &[&FleetLayer],
        roots: &[SearchRoot],
        absolute: impl Fn(PathBuf) -> PathBuf,
    ) -> Result<Self, ConfigError> {
        let optional = |setting: fn(&FleetLayer) -> &Option<Setting<String>>| {
            let said = layers.iter().find_map(|layer| setting(layer).clone());
            said.map_or(Setting::new(None, Origin::Default), |said| said.map(Some))
        };
        let file = layers.iter().find_map(|layer| layer.redis_password_file.clone());
        let prefix = layers.iter().find_map(|layer| layer.redis_prefix.clone());
        let volumes = layers.iter().find_map(|layer| layer.volumes.clone());
        let volumes = volumes.unwrap_or(Setting::new(Vec::new(), Origin::Default));
        let config = Self {
            redis: optional(|layer| &layer.redis),
            redis_user: optional(|layer| &layer.redis_user),
            redis_password_file: file.map_or(Setting::new(None, Origin::Default), |file| {
                file.map(|path| Some(absolute(path)))
            }),
            redis_password: layers.iter().find_map(|layer| layer.redis_password.clone()),
            redis_prefix: prefix
                .unwrap_or_else(|| Setting::new(DEFAULT_PREFIX.to_owned(), Origin::Default)),
            volumes: volumes.map(|volumes| {
                let here = |Volume { name, path }| Volume { name, path: absolute(path) };
                volumes.into_iter().map(here).collect()
            }),
            host_name: optional(|layer| &layer.host_name),
        };
        config.check(roots)?;
        Ok(config)
    }

    fn check(&self, roots: &[SearchRoot]) -> Result<(), ConfigError> {
        check_redis(&self.redis, &self.redis_prefix)?;
        let Setting { value: volumes, origin } = &self.volumes;
        if !volumes.is_empty() && self.redis.value.is_none() {
            let reason =
                "`volumes` needs `redis`: machines that share a volume tell each other there";
            return Err(ConfigError::new(origin, reason));
        }
        for Volume { name, path } in volumes {
            if !roots.iter().any(|root| is_below(path, &root.path)) {
                let path = path.display();
                let reason = format!(
                    "the volume `{name}` is at `{path}`, which is no search root and below none: \
                     add it to `roots`"
                );
                return Err(ConfigError::new(origin, reason));
            }
        }
        Ok(())
    }
}

/// Tells whether a directory is another or lies below it, as they are written or as they are.
fn is_below(directory: &Path, root: &Path) -> bool {
    let resolved = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    directory.starts_with(root) || resolved(directory).starts_with(resolved(root))
}

#[cfg(feature = "redis")]
fn check_redis(
    redis: &Setting<Option<String>>,
    prefix: &Setting<String>,
) -> Result<(), ConfigError> {
    use skillstat_fleet::{KeyPrefix, RedisAddress};

    if let Some(address) = &redis.value {
        let address = address.parse::<RedisAddress>();
        address.map_err(|error| ConfigError::new(&redis.origin, format!("`redis`: {error}")))?;
    }
    let parsed = prefix.value.parse::<KeyPrefix>();
    parsed.map_err(|error| ConfigError::new(&prefix.origin, format!("`redis_prefix`: {error}")))?;
    Ok(())
}

#[cfg(not(feature = "redis"))]
fn check_redis(
    redis: &Setting<Option<String>>,
    _prefix: &Setting<String>,
) -> Result<(), ConfigError> {
    match redis.value {
        None => Ok(()),
        Some(_) => Err(ConfigError::new(
            &redis.origin,
            "`redis` is set, and this program was built without its feature `redis`",
        )),
    }
}

/// Reads a list of volumes as in `team=/mnt/team:other=/srv/other`.
pub(super) fn volumes(text: &str) -> Option<Vec<Volume>> {
    let volume = |text: &str| {
        let (name, path) = text.split_once('=')?;
        Some(Volume { name: name.parse().ok()?, path: path.into() })
    };
    let mut volumes: Vec<_> =
        text.split(':').filter(|text| !text.is_empty()).map(volume).collect::<Option<_>>()?;
    volumes.sort();
    let twice = volumes.windows(2).any(|pair| pair[0].name == pair[1].name);
    (!twice).then_some(volumes)
}
