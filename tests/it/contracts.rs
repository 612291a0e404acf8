//! The adapters keep the contracts of their ports, and the wired whole keeps that of project states.

use std::num::NonZeroUsize;
use std::sync::Arc;

use skillstat_domain::testing::Sketch;
use skillstat_domain::testing::contract::{self, Stage};
use skillstat_domain::{
    CollectionReader, DeploymentReader, DirectStates, Hasher, InTurn, ProjectDiscovery,
    ProjectStates, Workers,
};
use skillstat_fs_adapter::{
    DEFAULT_MAX_DEPTH, DiscoveryOptions, OpenatDiscovery, ScopedWorkers, SearchRoot, Sha256Hasher,
    SkillmeatHome, TomlDeploymentReader, WalkdirDiscovery,
};

use crate::support::OnDisk;

fn stage<P: ?Sized>(sketch: &Sketch, port: impl FnOnce(&OnDisk) -> Arc<P>) -> Stage<P> {
    let disk = OnDisk::new(sketch, false);
    Stage { base: disk.root.clone(), port: port(&disk), guard: Box::new(disk) }
}

fn options(disk: &OnDisk) -> DiscoveryOptions {
    let root = SearchRoot { path: disk.root.clone().into(), required: true };
    DiscoveryOptions { roots: vec![root], max_depth: DEFAULT_MAX_DEPTH, exclude: Vec::new() }
}

#[test]
fn openat_discovery_keeps_its_contract() {
    let workers: Arc<dyn Workers> =
        Arc::new(ScopedWorkers::new(NonZeroUsize::new(3).expect("not 0")));
    contract::project_discovery(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn ProjectDiscovery> {
            Arc::new(OpenatDiscovery::new(options(disk), Arc::clone(&workers)).expect("no globs"))
        })
    });
}

#[test]
fn walkdir_discovery_keeps_its_contract() {
    contract::project_discovery(&|sketch| {
        stage(sketch, |disk| -> Arc<dyn ProjectDiscovery> {
            Arc::new(WalkdirDiscovery::new(options(disk), Arc::new(InTurn)).expect("no globs"))
        })
    });
}

#[test]
fn the_tracker_reader_keeps_its_contract() {
    contract::deployment_reader(&|sketch| {
        stage(sketch, |_| Arc::new(TomlDeploymentReader) as Arc<dyn DeploymentReader>)
    });
}

#[test]
fn the_hasher_keeps_its_contract() {
    contract::hasher(&|sketch| stage(sketch, |_| Arc::new(Sha256Hasher) as Arc<dyn Hasher>));
}

#[test]
fn the_collection_reader_keeps_its_contract() {
    contract::collection_reader(&|sketch| {
        stage(sketch, |disk| {
            Arc::new(SkillmeatHome::new(disk.home.clone())) as Arc<dyn CollectionReader>
        })
    });
}

#[test]
fn project_states_over_the_disk_keep_their_contract() {
    contract::project_states(&|sketch| {
        let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher));
        stage(sketch, |_| Arc::new(states) as Arc<dyn ProjectStates>)
    });
}
