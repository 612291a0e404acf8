//! What happens while the watches are not there yet, at the very moments that count.

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

use super::histories::steps::Steps;
use super::*;
use crate::support::seed;

/// How many services begin in the random test.
const BEGINNINGS: u32 = 300;

/// A service that begins to watch when it is told to.
struct Late {
    cached: Arc<CachedStatistics>,
    watcher: InotifyWatcher,
    /// The same without any memory.
    plain: App,
}

impl Late {
    /// Takes what was listed if there are `listings`.
    fn over(base: &Path, listings: Option<Arc<Listings>>) -> Self {
        let root = base.join("tree");
        let roots = vec![SearchRoot { path: root.clone(), required: true }];
        let options = DiscoveryOptions::new(roots);
        let skillmeat_home = Utf8PathBuf::try_from(base.join("home/.skillmeat")).expect("UTF-8");
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
        let budget = NonZeroUsize::new(100_000).expect("not 0");
        let options = WatchOptions::new(options, skillmeat_home, budget);
        let watcher = InotifyWatcher::new(options, ports).expect("it starts");
        let surroundings = Surroundings {
            variables: vec![
                ("SKILLSTAT_ROOTS".into(), root.into()),
                ("SKILLSTAT_INDEX".into(), "false".into()),
            ],
            home: Some(base.join("home")),
            working_directory: Some("/".into()),
            ..Surroundings::default()
        };
        let config = Config::load(Flags::default(), &surroundings).expect("it is good");
        Self { cached, watcher, plain: App::new(&config).expect("it is good") }
    }

    /// Waits until all is watched.
    async fn watch(&self) {
        self.watcher.begin();
        let begun = Instant::now();
        while self.watcher.coverage().state() != WatchState::Live {
            assert!(begun.elapsed() < PATIENCE, "never watched");
            tokio::task::yield_now().await;
        }
    }

    /// Compares the answer about everything; returns how many projects there are.
    async fn check(&self, what: &str) -> usize {
        if !self.watcher.is_settled() {
            self.watcher.settle();
        }
        let overview = self.cached.overview().await.expect("it answers").cached.value;
        let service = self.plain.statistics();
        assert_eq!(
            *overview,
            service.overview(&service.inventory(&()), &|_, _| true, &()),
            "{what}"
        );
        overview.projects.len()
    }
}

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
    let late = Late::over(&base, listings);
    late.cached.overview().await.expect("it answers");
    deploy(&root.join("shop/.claude"), "csv", "text");
    late.watch().await;
    assert_eq!(late.check("after it was deployed").await, 1);
    write(root.join("shop/.claude/skills/csv/SKILL.md"), "other");
    late.check("after it was edited").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_at_random_between_the_first_look_and_the_next() {
    let seed = seed("LIVE_SEED");
    let mut most = 0;
    for number in 0..BEGINNINGS {
        let directory = tempfile::tempdir().expect("writable");
        let base = fs::canonicalize(directory.path()).expect("it is there");
        deploy(&base.join("tree/a/.claude"), "pdf", "text 0");
        fs::create_dir_all(base.join("home/.skillmeat")).expect("writable");
        let make = if number % 4 == 0 { Steps::new } else { Steps::near };
        let mut steps = make(seed + u64::from(number), base.clone());
        let mut told = Vec::new();
        let mut step = |steps: &mut Steps, times: u32| {
            told.extend((0..times).map(|_| steps.step()));
            format!("seed {seed}, beginning {number}, after\n  {}", told.join("\n  "))
        };
        let before = steps.number(40);
        step(&mut steps, before);
        let late = Late::over(&base, Some(Arc::new(Listings::new())));
        late.cached.overview().await.expect("it answers");
        let between = 1 + steps.number(3);
        step(&mut steps, between);
        late.watch().await;
        let before_the_next = steps.number(3);
        let mut what = step(&mut steps, before_the_next);
        for _ in 0..12 {
            most = most.max(late.check(&what).await);
            what = step(&mut steps, 1);
        }
    }
    assert!(most >= 5, "seed {seed}: nothing has happened where it counts: {most} projects");
}
