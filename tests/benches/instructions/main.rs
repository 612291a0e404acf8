//! Instructions of the hot paths, counted by valgrind: `scripts/bench instructions` runs this and compares.
//!
//! No other work on the machine changes the counts. What is made before a path begins does not count, nor does
//! what is dropped afterwards: so a path returns what it was given.

#![expect(missing_docs, unused_qualifications, clippy::exit, reason = "gungraun's macros write so")]

#[expect(dead_code, reason = "tests/memory uses the rest")]
#[path = "../../memory/service.rs"]
mod service;
#[path = "../../memory/tree.rs"]
mod tree;
mod world;

use std::hint::black_box;

use gungraun::prelude::*;
use service::Service;
use skillstat_cache::TtlStatsCache;
use skillstat_domain::{
    ContentHash, DeploymentReader, DeploymentRecord, DeploymentStatistics, Hasher, Inventory,
    ProjectPath, Scanned, StatisticsService, StatsCache,
};
use skillstat_fs_adapter::Sha256Hasher;
use world::{QUESTION, World};

fn with<T>(make: impl FnOnce(&World) -> T) -> (World, T) {
    let world = World::new();
    let made = make(&world);
    (world, made)
}

// One tracker with 20 records.
#[library_benchmark]
#[bench::records(World::new())]
fn tracker(world: World) -> (World, Scanned<Vec<DeploymentRecord>>) {
    let records = world.reader.read(black_box(&world.project));
    (world, records)
}

// A skill of six small files.
#[library_benchmark]
#[bench::skill(World::new())]
fn hash(world: World) -> (World, ContentHash) {
    let hash = Sha256Hasher.hash(&world.copy()).expect("it is readable");
    (world, hash)
}

// Ten projects, and some directories besides.
#[library_benchmark]
#[bench::projects(World::new())]
fn discovery(world: World) -> (World, Scanned<Vec<ProjectPath>>) {
    let found = world.discovery.discover();
    (world, found)
}

// 200 copies of 20 artifacts, whose states are known.
#[library_benchmark]
#[bench::overview(with(World::statistics))]
fn aggregate((world, (service, inventory)): (World, (StatisticsService, Inventory))) -> impl Sized {
    let overview = service.overview(&inventory, &|_, _| true, &());
    (world, service, inventory, overview)
}

#[library_benchmark]
#[bench::hit(with(World::cache))]
fn cache((world, cache): (World, TtlStatsCache)) -> impl Sized {
    let hit = cache.statistics(black_box(&world.artifact)).expect("it is held");
    (world, cache, hit)
}

// An artifact in ten projects.
#[library_benchmark]
#[bench::body(with(World::answer))]
fn json((world, statistics): (World, DeploymentStatistics)) -> impl Sized {
    let body = serde_json::to_vec(&skillstat_wire::Statistics::from(&statistics));
    (world, statistics, body.expect("it is JSON"))
}

// A question that was asked before, through all that stands before the routes.
#[library_benchmark]
#[bench::answer(with(World::service))]
fn http((world, service): (World, Service)) -> impl Sized {
    let answer = service.get(black_box(QUESTION));
    (world, service, answer)
}

library_benchmark_group!(
    name = paths,
    benchmarks = [tracker, hash, discovery, aggregate, cache, json, http]
);

main!(library_benchmark_groups = paths);
