//! What happens while the watches are not there yet.

use std::num::NonZeroUsize;
use std::sync::Arc;

use camino::Utf8PathBuf;
use skillstat_app::{SystemClock, TokioPool};
use skillstat_cache::{CachedStatistics, Sources, Ttl, TtlStatsCache};
use skillstat_domain::{DirectStates, Hasher, InTurn, StatisticsQuery, WatchState, Watcher};
use skillstat_fs_adapter::{
    DiscoveryOptions, InotifyWatcher, Listings, OpenatDiscovery, ReportingHasher, ReportingStates,
    SearchRoot, SkillmeatHome, TomlDeploymentReader, WatchOptions, WatchPorts,
};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deployed_between_the_first_look_and_the_watches_is_watched() {
    // Fails when `Follower::rebuild` plans before everything has been told as changed: the cache that it
    // asks remembers the tracker from before.
    is_watched(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deployed_then_is_watched_when_what_was_listed_is_not_listed_again() {
    // Fails when nobody compares what trackers say afterwards with what was planned for.
    is_watched(Some(Arc::new(Listings::new()))).await;
}

async fn is_watched(listings: Option<Arc<Listings>>) {
    let directory = tempfile::tempdir().expect("writable");
    let base = fs::canonicalize(directory.path()).expect("it is there");
    let root = base.join("tree");
    deploy(&root.join("shop/.claude"), "pdf", "text");
    let roots = vec![SearchRoot { path: root.clone(), required: true }];
    let options = DiscoveryOptions::new(roots);
    let skillmeat_home = Utf8PathBuf::try_from(base.join("home")).expect("UTF-8");
    // Where nobody takes them they do no harm.
    let reports = listings.clone().unwrap_or_else(|| Arc::new(Listings::new()));
    let discovery = OpenatDiscovery::new(options.clone(), Arc::new(InTurn)).expect("no globs");
    let discovery = Arc::new(discovery.reporting(Arc::clone(&reports)));
    let hasher: Arc<dyn Hasher> = Arc::new(ReportingHasher::new(Arc::clone(&reports)));
    let states = DirectStates::new(Arc::new(TomlDeploymentReader), Arc::clone(&hasher));
    let sources = Sources::new(
        Arc::clone(&discovery) as _,
        Arc::new(ReportingStates::new(Arc::new(states), reports)),
        hasher,
        Arc::new(SkillmeatHome::new(skillmeat_home.clone())),
        Arc::new(InTurn),
    );
    let clock = Arc::new(SystemClock);
    let capacity = NonZeroUsize::new(10).expect("not 0");
    let cache = Arc::new(TtlStatsCache::new(Arc::clone(&clock) as _, Ttl::DEFAULT, capacity));
    let pool = Arc::new(TokioPool::new(Handle::current()));
    let cached = Arc::new(CachedStatistics::new(sources, cache, clock, pool));
    let mut ports = WatchPorts::new(discovery, cached.projects(), Arc::clone(&cached) as _);
    ports.listings = listings;
    let budget = NonZeroUsize::new(1000).expect("not 0");
    let options = WatchOptions::new(options, skillmeat_home, budget);
    let watcher = InotifyWatcher::new(options, ports).expect("it starts");

    cached.overview().await.expect("it answers");
    deploy(&root.join("shop/.claude"), "csv", "text");
    watcher.begin();
    let begun = Instant::now();
    while watcher.coverage().state() != WatchState::Live {
        assert!(begun.elapsed() < PATIENCE, "never watched");
        tokio::task::yield_now().await;
    }
    let modified = async || {
        if !watcher.is_settled() {
            watcher.settle();
        }
        let answer = cached.statistics(&"skill:csv".parse().expect("an id")).await;
        let statistics = answer.expect("it answers").cached.value;
        (statistics.total(), statistics.modified())
    };
    assert_eq!(modified().await, (1, 0));
    write(root.join("shop/.claude/skills/csv/SKILL.md"), "other");
    assert_eq!(modified().await, (1, 1));
}
