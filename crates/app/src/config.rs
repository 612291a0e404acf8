//! Configuration: flags over environment over file over defaults.

mod environment;
mod error;
mod file;
mod flags;
mod fleet;
mod keys;
mod setting;
mod skillmeat_paths;
mod watch;

use std::ffi::OsString;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
pub use error::ConfigError;
pub use flags::{Flags, IndexFlag};
use fleet::FleetLayer;
pub use fleet::{FleetConfig, Secret, Volume};
pub use setting::{Origin, Setting};
use sha2::{Digest, Sha256};
use skillstat_fs_adapter::{DEFAULT_MAX_DEPTH, ScopedWorkers, SearchRoot};
pub use watch::Watch;

/// The search roots when none is configured, below the home directory. The working directory comes
/// last. Source: the list in SkillMeat's `discover_projects`.
const DEFAULT_ROOTS: [&str; 4] = ["projects", "dev", "workspace", "src"];

/// Where `serve` listens when nothing else is said: on this machine only.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8787));

/// How long an answer is good for, as SkillMeat's cache has it.
const DEFAULT_TTL_SECONDS: NonZeroU64 = NonZeroU64::new(120).expect("it is not zero");

/// What `serve` writes into its log when nothing else is said.
const DEFAULT_LOG: &str = "info";

/// How many directories are watched at most: two thirds of what Linux allows on a machine like those
/// this is run on, since others watch too.
const DEFAULT_WATCH_BUDGET: NonZeroUsize = NonZeroUsize::new(131_072).expect("it is not zero");

/// How many backups are kept.
const DEFAULT_BACKUP_COUNT: NonZeroUsize = NonZeroUsize::new(1000).expect("it is not zero");

/// For how many days.
const DEFAULT_BACKUP_DAYS: NonZeroU64 = NonZeroU64::new(30).expect("it is not zero");

/// How many seconds a write waits for another to finish: as long as SkillMeat.
const DEFAULT_LOCK_SECONDS: NonZeroU64 = NonZeroU64::new(10).expect("it is not zero");

/// Every setting, each with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where projects are looked for.
    pub roots: Setting<Vec<SearchRoot>>,
    /// How many directories below a root a project may lie.
    pub max_depth: Setting<usize>,
    /// Globs of directories that are not searched.
    pub exclude: Setting<Vec<String>>,
    /// SkillMeat's home directory.
    pub skillmeat_home: Setting<Utf8PathBuf>,
    /// How many threads read trackers and hash copies.
    pub threads: Setting<NonZeroUsize>,
    /// Where `serve` listens.
    pub listen: Setting<SocketAddr>,
    /// How many seconds an answer of `serve` is good for.
    pub ttl_seconds: Setting<NonZeroU64>,
    /// The file with the key of those who may write.
    pub key_file: Setting<PathBuf>,
    /// The socket on which `serve` needs no key, if there is to be one. A client with the same
    /// settings finds it here: by default its name tells this configuration from others.
    pub socket: Setting<Option<PathBuf>>,
    /// Whether a command asks a service that runs, and computes its answer only if there is none.
    pub ask_service: Setting<bool>,
    /// What `serve` writes into its log: a level, or levels by target.
    pub log: Setting<String>,
    /// How `serve` and `watch` see what changes.
    pub watch: Setting<Watch>,
    /// How many directories the system is asked to tell changes of at most; of what is above, the
    /// largest copies are looked at from time to time instead.
    pub watch_budget: Setting<NonZeroUsize>,
    /// Where backups and receipts of what was deployed are kept.
    pub state_directory: Setting<PathBuf>,
    /// How many backups are kept; what was edited longest.
    pub backup_count: Setting<NonZeroUsize>,
    /// How many days a backup is kept at most.
    pub backup_days: Setting<NonZeroU64>,
    /// How many seconds a write waits for another to finish.
    pub lock_seconds: Setting<NonZeroU64>,
    /// Whether hashes are remembered from one process to the next.
    pub index: Setting<bool>,
    /// Where that is done.
    pub cache_directory: Setting<PathBuf>,
    /// Whether everything is read nevertheless, and compared with what is remembered.
    pub verify: bool,
    /// How other machines are reached, and what is shared with them.
    pub fleet: FleetConfig,
    /// The configuration file.
    pub file: Setting<PathBuf>,
    /// Whether the configuration file was found and read.
    pub file_found: bool,
}

/// What the process was started with. Nothing else is read from the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The environment's variables.
    pub variables: Vec<(OsString, OsString)>,
    /// The home directory.
    pub home: Option<PathBuf>,
    /// The working directory.
    pub working_directory: Option<PathBuf>,
    /// Whether somebody types: the standard input is a terminal.
    pub terminal: bool,
}

/// The settings of one source; what it does not say is left to the next.
#[derive(Debug, Default)]
struct Layer {
    roots: Option<Setting<Vec<PathBuf>>>,
    max_depth: Option<Setting<usize>>,
    exclude: Option<Setting<Vec<String>>>,
    skillmeat_home: Option<Setting<PathBuf>>,
    threads: Option<Setting<NonZeroUsize>>,
    listen: Option<Setting<SocketAddr>>,
    ttl_seconds: Option<Setting<NonZeroU64>>,
    key_file: Option<Setting<PathBuf>>,
    socket: Option<Setting<Option<PathBuf>>>,
    ask_service: Option<Setting<bool>>,
    log: Option<Setting<String>>,
    watch: Option<Setting<Watch>>,
    watch_budget: Option<Setting<NonZeroUsize>>,
    state_directory: Option<Setting<PathBuf>>,
    backup_count: Option<Setting<NonZeroUsize>>,
    backup_days: Option<Setting<NonZeroU64>>,
    lock_seconds: Option<Setting<NonZeroU64>>,
    index: Option<Setting<bool>>,
    cache_directory: Option<Setting<PathBuf>>,
    fleet: FleetLayer,
}

impl Config {
    /// Joins all sources.
    ///
    /// # Errors
    ///
    /// - [`ConfigError`] when a source says something that is no setting or no value for it, or
    ///   when a configuration file that was asked for cannot be read. The message names the file and
    ///   line, or the variable.
    pub fn load(flags: Flags, surroundings: &Surroundings) -> Result<Self, ConfigError> {
        let (environment, variable_file) = environment::layer(surroundings)?;
        let file = match (flags.config.clone(), variable_file) {
            (Some(path), _) => Setting::new(surroundings.absolute(path), Origin::Flag("--config")),
            (None, Some(path)) => path,
            (None, None) => Setting::new(surroundings.config_file(), Origin::Default),
        };
        let (from_file, file_found) = file::layer(&file, surroundings)?;
        let (unattended, verify) = (flags.unattended, flags.index == IndexFlag::Verify);
        let flags = Layer::from(flags);
        let layers = [flags, environment, from_file];
        let roots = match first(&layers, |layer| &layer.roots) {
            Some(roots) => Some(roots),
            // Only asked when it counts: what is wrong with it does not matter otherwise.
            None => skillmeat_paths::layer(surroundings)?,
        };
        let roots = match roots {
            Some(roots) => roots.map(|roots| surroundings.required_roots(roots)),
            None => Setting::new(surroundings.default_roots(!unattended), Origin::Default),
        };
        let home = first(&layers, |layer| &layer.skillmeat_home)
            .unwrap_or_else(|| Setting::new(surroundings.in_home(".skillmeat"), Origin::Default));
        let skillmeat_home = home.try_map(|home| {
            Utf8PathBuf::from_path_buf(surroundings.absolute(home))
                .map_err(|path| ConfigError::not_utf8("skillmeat_home", &path))
        })?;
        let fleet = layers.each_ref().map(|layer| &layer.fleet);
        let fleet = FleetConfig::new(&fleet, &roots.value, |path| surroundings.absolute(path))?;
        let mut config = Self {
            fleet,
            roots,
            skillmeat_home,
            max_depth: or_default(&layers, |layer| &layer.max_depth, DEFAULT_MAX_DEPTH),
            exclude: or_default(&layers, |layer| &layer.exclude, Vec::new()),
            threads: first(&layers, |layer| &layer.threads).unwrap_or_else(|| {
                Setting::new(ScopedWorkers::default().threads(), Origin::Default)
            }),
            listen: or_default(&layers, |layer| &layer.listen, DEFAULT_LISTEN),
            ttl_seconds: or_default(&layers, |layer| &layer.ttl_seconds, DEFAULT_TTL_SECONDS),
            key_file: first(&layers, |layer| &layer.key_file)
                .unwrap_or_else(|| Setting::new(surroundings.key_file(), Origin::Default))
                .map(|path| surroundings.absolute(path)),
            socket: Setting::new(None, Origin::Default),
            ask_service: or_default(&layers, |layer| &layer.ask_service, true),
            log: first(&layers, |layer| &layer.log)
                .unwrap_or_else(|| Setting::new(DEFAULT_LOG.to_owned(), Origin::Default)),
            watch: or_default(&layers, |layer| &layer.watch, Watch::Auto),
            watch_budget: or_default(&layers, |layer| &layer.watch_budget, DEFAULT_WATCH_BUDGET),
            state_directory: first(&layers, |layer| &layer.state_directory)
                .unwrap_or_else(|| Setting::new(surroundings.state_directory(), Origin::Default))
                .map(|path| surroundings.absolute(path)),
            backup_count: or_default(&layers, |layer| &layer.backup_count, DEFAULT_BACKUP_COUNT),
            backup_days: or_default(&layers, |layer| &layer.backup_days, DEFAULT_BACKUP_DAYS),
            lock_seconds: or_default(&layers, |layer| &layer.lock_seconds, DEFAULT_LOCK_SECONDS),
            index: first(&layers, |layer| &layer.index)
                .unwrap_or_else(|| Setting::new(surroundings.has_cache(), Origin::Default)),
            cache_directory: first(&layers, |layer| &layer.cache_directory)
                .unwrap_or_else(|| Setting::new(surroundings.cache_directory(), Origin::Default))
                .map(|path| surroundings.absolute(path)),
            verify,
            file,
            file_found,
        };
        config.socket = match first(&layers, |layer| &layer.socket) {
            Some(socket) => socket.map(|path| path.map(|path| surroundings.absolute(path))),
            None => Setting::new(surroundings.socket(&config), Origin::Default),
        };
        Ok(config)
    }

    /// Names all that an answer depends on, in 64 hex digits: search roots, depth, excludes and
    /// collections.
    pub fn fingerprint(&self) -> String {
        let Self { roots, max_depth, exclude, skillmeat_home, .. } = self;
        let all = (&roots.value, max_depth.value, &exclude.value, &skillmeat_home.value);
        let digest = Sha256::digest(format!("{all:?}"));
        skillstat_domain::ContentHash::from_bytes(digest.into()).to_string()
    }

    /// Tells whether there is any place to look at, which only somebody at a terminal can do
    /// without.
    ///
    /// # Errors
    ///
    /// - [`ConfigError`] when no search root is named and none of the default ones is there. The
    ///   message says how to name one.
    pub fn has_roots(&self) -> Result<(), ConfigError> {
        let is_there = |root: &SearchRoot| root.required || fs::metadata(&root.path).is_ok();
        if self.roots.value.iter().any(is_there) {
            return Ok(());
        }
        let file = self.file.value.display();
        Err(ConfigError::new(
            &"no search root",
            format!(
                "none is named, and none of {} is there; name one with `--root DIR`, with \
                 `SKILLSTAT_ROOTS`, or with `roots` in {file}",
                DEFAULT_ROOTS.map(|name| format!("~/{name}")).join(", "),
            ),
        ))
    }
}

/// Returns a setting from the first layer that has it.
fn first<T: Clone>(
    layers: &[Layer],
    setting: impl Fn(&Layer) -> &Option<Setting<T>>,
) -> Option<Setting<T>> {
    layers.iter().find_map(|layer| setting(layer).clone())
}

/// Returns a setting from the first layer that has it, or what holds when none has.
fn or_default<T: Clone>(
    layers: &[Layer],
    setting: impl Fn(&Layer) -> &Option<Setting<T>>,
    default: T,
) -> Setting<T> {
    first(layers, setting).unwrap_or(Setting::new(default, Origin::Default))
}

impl Surroundings {
    /// Returns the value of a variable that is set and not empty.
    fn variable(&self, name: &str) -> Option<&OsString> {
        self.variables
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value)
    }

    fn in_home(&self, name: &str) -> PathBuf {
        self.home.as_deref().unwrap_or(Path::new("/")).join(name)
    }

    fn config_file(&self) -> PathBuf {
        let base =
            self.variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        base.unwrap_or_else(|| self.in_home(".config")).join("skillstat/config.toml")
    }

    /// The default socket: below the directory for what lives as long as a session, else beside the
    /// key.
    fn socket(&self, config: &Config) -> Option<PathBuf> {
        let runtime =
            self.variable("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
        let directory = match &runtime {
            Some(runtime) => runtime.join("skillstat"),
            None => config.key_file.value.parent()?.to_owned(),
        };
        Some(directory.join(format!("{}.sock", &config.fingerprint()[..16])))
    }

    fn state_directory(&self) -> PathBuf {
        let base =
            self.variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        base.unwrap_or_else(|| self.in_home(".local/state")).join("skillstat")
    }

    /// The directory for what can be made anew at any time, if there is one.
    fn cache_home(&self) -> Option<PathBuf> {
        let base = self.variable("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.filter(|path| path.is_absolute());
        base.or_else(|| Some(self.home.as_ref()?.join(".cache")))
    }

    /// Tells whether there is a place that is nobody else's: without a home there is none.
    fn has_cache(&self) -> bool {
        self.cache_home().is_some()
    }

    fn cache_directory(&self) -> PathBuf {
        self.cache_home().unwrap_or_else(|| self.in_home(".cache")).join("skillstat")
    }

    fn key_file(&self) -> PathBuf {
        self.state_directory().join("key")
    }

    /// Expands `~` and starts a relative path at the working directory.
    fn absolute(&self, path: PathBuf) -> PathBuf {
        let path = match path.strip_prefix("~") {
            Ok(rest) => self.in_home("").join(rest),
            Err(_) => path,
        };
        self.working_directory
            .as_ref()
            .map_or_else(|| path.clone(), |directory| directory.join(&path))
    }

    fn required_roots(&self, roots: Vec<PathBuf>) -> Vec<SearchRoot> {
        roots
            .into_iter()
            .map(|path| SearchRoot { path: self.absolute(path), required: true })
            .collect()
    }

    fn default_roots(&self, here: bool) -> Vec<SearchRoot> {
        let in_home =
            DEFAULT_ROOTS.iter().filter(|_| self.home.is_some()).map(|name| self.in_home(name));
        // The whole file system is nobody's search root by accident.
        let here = self.working_directory.clone().filter(|_| here);
        let here = here.filter(|directory| directory != Path::new("/"));
        in_home.chain(here).map(|path| SearchRoot { path, required: false }).collect()
    }
}

#[cfg(test)]
mod tests;
