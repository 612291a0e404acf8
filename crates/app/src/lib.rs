#![doc = include_str!("../README.md")]

mod answers;
mod app;
mod boottime_clock;
mod config;
mod index;
mod key_file;
mod live;
mod local_offset;
mod private_socket;
mod sharing;
mod system_clock;
mod system_wall_clock;
mod tokio_pool;
mod watching;
mod writing;

pub use answers::{Answers, Scope, Source};
pub use app::{App, RootLocation, hash_path};
pub use config::{
    Config, ConfigError, Flags, FleetConfig, IndexFlag, Origin, Secret, Setting, Surroundings,
    Volume, Watch,
};
pub use index::{IndexReport, clear_index, index_content};
pub use key_file::{random_key, read_key, read_or_make_key};
pub use live::Live;
pub use local_offset::local_offset;
pub use private_socket::PrivateSocket;
pub use sharing::{Sharing, host_id, hosts, telling};
pub use skillstat_fs_adapter::{HashPathError, IndexContent, SearchRoot, WatchLimits};
pub use system_clock::SystemClock;
pub use system_wall_clock::SystemWallClock;
pub use tokio_pool::TokioPool;
