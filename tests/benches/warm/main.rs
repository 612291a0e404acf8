//! What a hit costs: `cargo bench -p skillstat-tests --bench warm`.
//!
//! A bare `quick_cache` get, the same through `StatsCache` (clock and counters) and through
//! `StatisticsQuery` (a boxed future, polled once), on one thread with 150 artifacts. The three run in
//! turn; medians and ratios are printed.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use skillstat_app::SystemClock;
use skillstat_cache::{BlockingPool, CachedStatistics, Sources, Ttl, TtlStatsCache};
use skillstat_domain::testing::{CopySketch, InMemoryProjects, Sketch};
use skillstat_domain::{
    ArtifactId, Cached, Clock, ContentHash, DeploymentStatistics, DirectStates, InTurn,
    StatisticsQuery, StatsCache,
};

const ARTIFACTS: usize = 150;
const GETS: usize = 200_000;
const ROUNDS: usize = 21;

/// Every artifact is held, so nothing is ever computed.
#[derive(Debug)]
struct Nothing;

impl BlockingPool for Nothing {
    fn run(&self, _job: Box<dyn FnOnce() + Send>) {
        unreachable!("every question is a hit")
    }
}

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let artifacts: Vec<ArtifactId> = (0..ARTIFACTS)
        .map(|number| format!("skill:name-{number}").parse().expect("an id"))
        .collect();
    let capacity = NonZeroUsize::new(ARTIFACTS).expect("not 0");
    let bare: quick_cache::sync::Cache<ArtifactId, Cached<DeploymentStatistics>> =
        quick_cache::sync::Cache::new(2 * ARTIFACTS);
    let cache = Arc::new(TtlStatsCache::new(Arc::new(SystemClock), Ttl::DEFAULT, capacity));
    for artifact in &artifacts {
        let cached = Cached { value: Arc::default(), as_of: SystemClock.now(), version: 1 };
        bare.insert(artifact.clone(), cached.clone());
        cache.store_statistics(artifact, cached, cache.generation());
    }
    let query = query(Arc::clone(&cache) as _);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");

    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(time(&artifacts, |id| drop(black_box(bare.get(id).expect("held")))));
        times[1].push(time(&artifacts, |id| drop(black_box(cache.statistics(id).expect("held")))));
        times[2].push(runtime.block_on(async {
            let start = Instant::now();
            for get in 0..GETS {
                let answer = query.statistics(&artifacts[get % ARTIFACTS]).await;
                black_box(answer.expect("held"));
            }
            start.elapsed()
        }));
    }
    let [bare, cache, query] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_secs_f64() * 1e9 / f64::from(u32::try_from(GETS).expect("small"))
    });
    println!("bare quick_cache get: {bare:.0} ns");
    println!("StatsCache hit / bare get: {:.2} ({cache:.0} ns)", cache / bare);
    println!("StatisticsQuery hit / bare get: {:.2} ({query:.0} ns)", query / bare);
}

fn time(artifacts: &[ArtifactId], get: impl Fn(&ArtifactId)) -> Duration {
    let start = Instant::now();
    for number in 0..GETS {
        get(&artifacts[number % ARTIFACTS]);
    }
    start.elapsed()
}

fn query(cache: Arc<dyn StatsCache>) -> CachedStatistics {
    let hash = |_: &CopySketch| ContentHash::from_bytes([0; 32]);
    let world = Arc::new(InMemoryProjects::new("/w".into(), 3, Sketch::default(), hash));
    let sources = Sources::new(
        Arc::clone(&world) as _,
        Arc::new(DirectStates::new(Arc::clone(&world) as _, Arc::clone(&world) as _)),
        Arc::clone(&world) as _,
        world,
        Arc::new(InTurn),
    );
    CachedStatistics::new(sources, cache, Arc::new(SystemClock), Arc::new(Nothing))
}
