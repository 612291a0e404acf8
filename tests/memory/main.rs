//! What the cache keeps in memory, counted allocation by allocation: `cargo test --test memory -- --nocapture`
//! prints it.
//!
//! In a binary of its own, because the allocator that counts is the whole program's.

#![expect(clippy::print_stdout, reason = "the figures are printed")]

mod service;
mod tree;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use service::Service;
use stats_alloc::{INSTRUMENTED_SYSTEM, Stats, StatsAlloc};
use tree::Tree;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What an allocation costs beyond the bytes that were asked for: a header, and rounding up.
const OVERHEAD: usize = 16;

/// The tests of this binary count the same allocations, so they take turns.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns how many bytes are allocated and not freed yet, with what each allocation costs besides.
fn held() -> usize {
    let Stats { allocations, deallocations, bytes_allocated, bytes_deallocated, .. } =
        ALLOCATOR.stats();
    bytes_allocated - bytes_deallocated + OVERHEAD * (allocations - deallocations)
}

#[test]
fn a_hundred_artifacts_in_ten_projects_each_cost_less_than_a_megabyte() {
    let _turn = alone();
    let tree = Tree::new(10, 100);
    let service = Service::start(&tree);
    let before = held();
    service.get("/api/v1/artifacts/skill:nowhere?include_deployments=true");
    let listed = held() - before;
    let artifacts = || (0..100).map(|artifact| format!("command:name-{artifact}"));
    for artifact in artifacts() {
        service.statistics(&artifact);
    }
    let cached = held() - before;
    for artifact in artifacts() {
        let path = format!("/api/v1/artifacts/{artifact}?include_deployments=true");
        let answer = service.get(&path);
        assert_eq!(answer.status, 200);
        assert!(answer.body.starts_with(&b"{"[..]));
    }
    assert_eq!(service.cache.counters().stats_entries, 100);
    let cost = held() - before;
    println!("100 artifacts in 10 projects each: {} kB in the cache", cached / 1000);
    println!("  {} kB projects and records", listed / 1000);
    println!("  {} kB statistics", (cached - listed) / 1000);
    println!("besides, answers as they are sent: {} kB", (cost - cached) / 1000);
    assert!(cached < 1_000_000, "{cached} bytes");
}

#[test]
fn questions_for_what_does_not_exist_cost_nothing() {
    let _turn = alone();
    let tree = Tree::new(3, 3);
    let service = Service::start(&tree);
    let ask = |names: std::ops::Range<usize>| {
        for name in names {
            for question in
                ["include_deployments=true", "", "include_deployments=true&collection=default"]
            {
                let answer =
                    service.get(&format!("/api/v1/artifacts/skill:none-{name}?{question}"));
                assert_eq!(answer.status, 404);
            }
        }
    };
    ask(0..2_000);
    let before = held();
    ask(2_000..6_000);
    let growth = held().saturating_sub(before);
    println!("12,000 questions for what does not exist: {growth} bytes");
    // The durations of the latest requests come and go.
    assert!(growth < 64 << 10, "{growth} bytes");
}
