//! What happens while the watches are not there yet.

use std::num::NonZeroUsize;
use std::sync::Arc;

use skillstat_app::{App, Config, Flags, Surroundings, SystemClock, TokioPool};
use skillstat_cache::{Ttl, TtlStatsCache};
use skillstat_domain::{InTurn, StatisticsQuery, WatchState, Watcher};
use skillstat_fs_adapter::{
    DiscoveryOptions, InotifyWatcher, OpenatDiscovery, SearchRoot, WatchOptions, WatchPorts,
};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deployed_between_the_first_look_and_the_watches_is_watched() {
    // Fails when `Follower::rebuild` plans before everything has been told as changed: the cache that it
    // asks remembers the tracker from before.
    let directory = tempfile::tempdir().unwrap();
    let base = fs::canonicalize(directory.path()).unwrap();
    let root = base.join("tree");
    deploy(&root.join("shop/.claude"), "pdf", "text");
    let surroundings = Surroundings { home: Some(base.clone()), ..Surroundings::default() };
    let flags = Flags { roots: vec![root.clone()], ..Flags::default() };
    let config = Config::load(flags, &surroundings).unwrap();
    let capacity = NonZeroUsize::new(10).unwrap();
    let cache = Arc::new(TtlStatsCache::new(Arc::new(SystemClock), Ttl::DEFAULT, capacity));
    let pool = Arc::new(TokioPool::new(Handle::current()));
    let cached = Arc::new(App::new(&config).unwrap().cached(cache, pool));
    let roots = vec![SearchRoot { path: root.clone(), required: true }];
    let discovery = DiscoveryOptions { roots, max_depth: 3, exclude: Vec::new() };
    let ports = WatchPorts {
        discovery: Arc::new(OpenatDiscovery::new(discovery.clone(), Arc::new(InTurn)).unwrap()),
        states: cached.projects(),
        sink: Arc::clone(&cached) as _,
    };
    let skillmeat_home = config.skillmeat_home.value.clone();
    let budget = config.watch_budget.value;
    let options = WatchOptions { discovery, skillmeat_home, budget, shared: Vec::new() };
    let watcher = InotifyWatcher::new(options, ports).unwrap();

    cached.overview().await.unwrap();
    deploy(&root.join("shop/.claude"), "csv", "text");
    watcher.begin();
    let begun = Instant::now();
    while watcher.coverage().state() != WatchState::Live {
        assert!(begun.elapsed() < PATIENCE, "never watched");
        tokio::task::yield_now().await;
    }
    let modified = async || {
        watcher.settle();
        let answer = cached.statistics(&"skill:csv".parse().unwrap()).await;
        let statistics = answer.unwrap().cached.value;
        (statistics.total(), statistics.modified())
    };
    assert_eq!(modified().await, (1, 0));
    write(root.join("shop/.claude/skills/csv/SKILL.md"), "other");
    assert_eq!(modified().await, (1, 1));
}
