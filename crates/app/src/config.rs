//! Configuration: flags over environment over file over defaults.

mod environment;
mod error;
mod file;
mod keys;
mod setting;
mod skillmeat_paths;

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use camino::Utf8PathBuf;
pub use error::ConfigError;
pub use setting::{Origin, Setting};
use skillstat_fs_adapter::{DEFAULT_MAX_DEPTH, ScopedWorkers, SearchRoot};

/// The search roots when none is configured, below the home directory. The working directory comes
/// last. Source: the list in SkillMeat's `discover_projects`.
const DEFAULT_ROOTS: [&str; 4] = ["projects", "dev", "workspace", "src"];

/// Where `serve` listens when nothing else is said: on this machine only.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8787));

/// How long an answer is good for, as SkillMeat's cache has it.
const DEFAULT_TTL_SECONDS: NonZeroU64 = NonZeroU64::new(120).expect("it is not zero");

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
    pub token_file: Setting<PathBuf>,
    /// The configuration file, and whether it is there.
    pub file: Setting<PathBuf>,
    /// Whether the configuration file was found and read.
    pub file_found: bool,
}

/// What was said on the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--root`, any number of times.
    pub roots: Vec<PathBuf>,
    /// `--max-depth`.
    pub max_depth: Option<usize>,
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--skillmeat-home`.
    pub skillmeat_home: Option<PathBuf>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
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
    token_file: Option<Setting<PathBuf>>,
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
        let file = match (flags.config, variable_file) {
            (Some(path), _) => Setting::new(surroundings.absolute(path), Origin::Flag("--config")),
            (None, Some(path)) => path,
            (None, None) => Setting::new(surroundings.config_file(), Origin::Default),
        };
        let (from_file, file_found) = file::layer(&file, surroundings)?;
        let flags = Layer {
            roots: (!flags.roots.is_empty())
                .then(|| Setting::new(flags.roots, Origin::Flag("--root"))),
            max_depth: flags
                .max_depth
                .map(|depth| Setting::new(depth, Origin::Flag("--max-depth"))),
            skillmeat_home: flags
                .skillmeat_home
                .map(|home| Setting::new(home, Origin::Flag("--skillmeat-home"))),
            listen: flags.listen.map(|address| Setting::new(address, Origin::Flag("--listen"))),
            ..Layer::default()
        };
        let layers = [flags, environment, from_file];
        let roots = match first(&layers, |layer| &layer.roots) {
            Some(roots) => Some(roots),
            // Only asked when it counts: what is wrong with it does not matter otherwise.
            None => skillmeat_paths::layer(surroundings)?,
        };
        let roots = match roots {
            Some(roots) => roots.map(|roots| surroundings.required_roots(roots)),
            None => Setting::new(surroundings.default_roots(), Origin::Default),
        };
        let home = first(&layers, |layer| &layer.skillmeat_home)
            .unwrap_or_else(|| Setting::new(surroundings.in_home(".skillmeat"), Origin::Default));
        let skillmeat_home = home.try_map(|home| {
            Utf8PathBuf::from_path_buf(surroundings.absolute(home))
                .map_err(|path| ConfigError::not_utf8("skillmeat_home", &path))
        })?;
        Ok(Self {
            roots,
            skillmeat_home,
            max_depth: first(&layers, |layer| &layer.max_depth)
                .unwrap_or(Setting::new(DEFAULT_MAX_DEPTH, Origin::Default)),
            exclude: first(&layers, |layer| &layer.exclude)
                .unwrap_or(Setting::new(Vec::new(), Origin::Default)),
            threads: first(&layers, |layer| &layer.threads).unwrap_or_else(|| {
                Setting::new(ScopedWorkers::default().threads(), Origin::Default)
            }),
            listen: first(&layers, |layer| &layer.listen)
                .unwrap_or(Setting::new(DEFAULT_LISTEN, Origin::Default)),
            ttl_seconds: first(&layers, |layer| &layer.ttl_seconds)
                .unwrap_or(Setting::new(DEFAULT_TTL_SECONDS, Origin::Default)),
            token_file: first(&layers, |layer| &layer.token_file)
                .unwrap_or_else(|| Setting::new(surroundings.token_file(), Origin::Default))
                .map(|path| surroundings.absolute(path)),
            file,
            file_found,
        })
    }
}

/// Returns a setting from the first layer that has it.
fn first<T: Clone>(
    layers: &[Layer],
    setting: impl Fn(&Layer) -> &Option<Setting<T>>,
) -> Option<Setting<T>> {
    layers.iter().find_map(|layer| setting(layer).clone())
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

    fn token_file(&self) -> PathBuf {
        let base =
            self.variable("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        base.unwrap_or_else(|| self.in_home(".local/state")).join("skillstat/token")
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

    fn default_roots(&self) -> Vec<SearchRoot> {
        let in_home =
            DEFAULT_ROOTS.iter().filter(|_| self.home.is_some()).map(|name| self.in_home(name));
        // The whole file system is nobody's search root by accident.
        let here = self.working_directory.clone().filter(|directory| directory != Path::new("/"));
        in_home.chain(here).map(|path| SearchRoot { path, required: false }).collect()
    }
}

#[cfg(test)]
mod tests;
