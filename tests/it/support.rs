//! What the stories are told with.

mod cli;
mod limits;
mod loopback;
mod on_disk;
mod seed;
mod service;
mod settle;
mod sha256;

use std::path::PathBuf;

pub(crate) use cli::{Answer, Skillstat};
pub(crate) use limits::without_limits;
pub(crate) use loopback::Loopback;
pub(crate) use on_disk::{OnDisk, put};
pub(crate) use seed::seed;
pub(crate) use service::Service;
pub(crate) use settle::settle;
pub(crate) use sha256::hash_copy;

/// Returns the root of the workspace.
pub(crate) fn workspace() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().expect("the tests are a member of the workspace").to_owned()
}
