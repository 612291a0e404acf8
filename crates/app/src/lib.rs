#![doc = include_str!("../README.md")]

mod app;
mod config;

pub use app::{App, RootLocation, hash_path};
pub use config::{Config, ConfigError, Flags, Origin, Setting, Surroundings};
pub use skillstat_fs_adapter::{HashPathError, SearchRoot};
