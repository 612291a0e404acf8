//! What every implementation of a port must do, as functions an implementation's tests call.
//!
//! Each suite takes a function that sets a [`Sketch`] up and returns the port over
//! it, together with whatever must live as long (a temporary directory).

mod clock;
mod collection_reader;
mod deployer;
mod deployment_reader;
mod file_lister;
mod fleet;
mod hasher;
mod originals;
mod project_discovery;
mod project_states;
mod stats_cache;
mod workers;

use std::any::Any;
use std::sync::Arc;

use camino::Utf8PathBuf;
pub use clock::clock;
pub use collection_reader::collection_reader;
pub use deployer::{DeployStage, deployer};
pub use deployment_reader::deployment_reader;
pub use file_lister::file_lister;
pub use fleet::{FleetStage, fleet};
pub use hasher::hasher;
pub use originals::originals;
pub use project_discovery::project_discovery;
pub use project_states::project_states;
pub use stats_cache::stats_cache;
pub use workers::workers;

use super::{CopySketch, RecordSketch, Sketch};
use crate::ProjectPath;

/// A port over a world that was set up, and the world.
pub struct Stage<P: ?Sized> {
    /// The search root, resolved.
    pub base: Utf8PathBuf,
    /// The port under test; discovery goes three directories deep.
    pub port: Arc<P>,
    /// What must outlive the test.
    pub guard: Box<dyn Any>,
}

impl<P: ?Sized> std::fmt::Debug for Stage<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").field("base", &self.base).finish_non_exhaustive()
    }
}

impl<P: ?Sized> Stage<P> {
    fn project(&self, relative: &str) -> ProjectPath {
        ProjectPath::new(&self.base.join(relative)).expect("the base is absolute")
    }
}

/// Sets a sketch up.
pub type SetUp<'a, P> = &'a dyn Fn(&Sketch) -> Stage<P>;

/// A record of a skill in `skills/<name>` whose baseline is no real hash.
fn record(name: &str, copy: CopySketch) -> RecordSketch {
    RecordSketch {
        kind: "skill".to_owned(),
        name: name.to_owned(),
        path: format!("skills/{name}"),
        deployed_at: "2026-01-02T03:04:05".to_owned(),
        baseline: Some("0".repeat(64)),
        copy,
    }
}
