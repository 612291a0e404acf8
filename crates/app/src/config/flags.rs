//! Settings from the command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{FleetLayer, Layer, Origin, Setting};

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
    /// `--socket`.
    pub socket: Option<PathBuf>,
    /// `--no-socket`.
    pub no_socket: bool,
    /// `--no-service`.
    pub no_service: bool,
    /// `--no-index` or `--verify`.
    pub index: IndexFlag,
    /// `--redis`.
    pub redis: Option<String>,
    /// `--log`.
    pub log: Option<String>,
    /// Whether nobody chose the working directory, as with a service: it is no search root then,
    /// unless it is named.
    pub unattended: bool,
}

/// What the command line says of the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IndexFlag {
    /// Nothing.
    #[default]
    Unsaid,
    /// `--no-index`.
    Off,
    /// `--verify`.
    Verify,
}

impl From<Flags> for Layer {
    fn from(flags: Flags) -> Self {
        let dont = |said: bool, flag| said.then(|| Setting::new(false, Origin::Flag(flag)));
        let socket = if flags.no_socket {
            Some(Setting::new(None, Origin::Flag("--no-socket")))
        } else {
            flags.socket.map(|path| Setting::new(Some(path), Origin::Flag("--socket")))
        };
        Self {
            roots: (!flags.roots.is_empty())
                .then(|| Setting::new(flags.roots, Origin::Flag("--root"))),
            max_depth: flags
                .max_depth
                .map(|depth| Setting::new(depth, Origin::Flag("--max-depth"))),
            skillmeat_home: flags
                .skillmeat_home
                .map(|home| Setting::new(home, Origin::Flag("--skillmeat-home"))),
            listen: flags.listen.map(|address| Setting::new(address, Origin::Flag("--listen"))),
            ask_service: dont(flags.no_service, "--no-service")
                .or_else(|| dont(flags.index == IndexFlag::Verify, "--verify")),
            index: dont(flags.index == IndexFlag::Off, "--no-index"),
            log: flags.log.map(|filter| Setting::new(filter, Origin::Flag("--log"))),
            fleet: FleetLayer {
                redis: flags.redis.map(|redis| Setting::new(redis, Origin::Flag("--redis"))),
                ..FleetLayer::default()
            },
            socket,
            ..Self::default()
        }
    }
}
