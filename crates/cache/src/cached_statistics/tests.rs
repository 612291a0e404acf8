//! The seven invariants over a world that changes. Each comment names the mechanism without which the
//! test fails.

mod collections;
mod histories;
mod overtaken;
mod stops;

use std::num::NonZeroUsize;
use std::time::Duration;

use skillstat_domain::testing::ManualClock;
use skillstat_domain::{Change, ChangeFeed, ChangeSink, News, StateName};
use stops::{stop_at, stop_first};

use super::*;
use crate::sync::lock;
use crate::test_world::{World, edited, id, project_path, redeployed};
use crate::{NoopCache, Ttl, TtlStatsCache};

/// Every computation on a thread of its own.
#[derive(Debug)]
struct Threads;

impl BlockingPool for Threads {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }
}

struct Setting {
    world: Arc<World>,
    clock: Arc<ManualClock>,
    cache: Arc<dyn StatsCache>,
    query: Arc<CachedStatistics>,
}

fn setting(projects: u8) -> Setting {
    let clock = Arc::new(ManualClock::default());
    let capacity = NonZeroUsize::new(100).unwrap();
    let cache = TtlStatsCache::new(Arc::clone(&clock) as _, Ttl::DEFAULT, capacity);
    set_up(World::with_projects(projects), clock, Arc::new(cache))
}

fn set_up(world: Arc<World>, clock: Arc<ManualClock>, cache: Arc<dyn StatsCache>) -> Setting {
    let sources = Sources {
        discovery: Arc::clone(&world) as _,
        states: Arc::clone(&world) as _,
        hasher: Arc::clone(&world) as _,
        collections: Arc::clone(&world) as _,
        workers: Arc::clone(&world) as _,
    };
    let query = CachedStatistics::new(
        sources,
        Arc::clone(&cache),
        Arc::clone(&clock) as _,
        Arc::new(Threads),
    );
    Setting { world, clock, cache, query: Arc::new(query) }
}

impl Setting {
    /// The counts of an artifact, and how they were come by.
    async fn ask(&self, artifact: &str) -> (usize, usize, AnswerSource) {
        let answer = self.query.statistics(&id(artifact)).await.unwrap();
        (answer.cached.value.total(), answer.cached.value.modified(), answer.source)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hit_looks_at_nothing() {
    let setting = setting(3);
    assert_eq!(setting.ask("skill:a").await, (3, 0, AnswerSource::Miss));
    let looks = setting.world.looks();
    assert_eq!(looks, (1, 3, 3));
    assert_eq!(setting.ask("skill:a").await, (3, 0, AnswerSource::Hit));
    assert_eq!(setting.world.looks(), looks);
    // The list and the records are there already: only the copies are new.
    assert_eq!(setting.ask("skill:b").await, (3, 0, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 3, 6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_concurrent_questions_cost_one_computation() {
    // Fails when `Flights::board` always begins a flight.
    let setting = setting(3);
    let (heard, go_on) = stop_first(&setting.world, "walk");
    let ask = |_| {
        let query = Arc::clone(&setting.query);
        tokio::spawn(async move { query.statistics(&id("skill:a")).await.unwrap().cached.version })
    };
    let tasks: Vec<_> = (0..1000).map(ask).collect();
    heard.recv().unwrap();
    while setting.cache.counters().joined < 999 {
        tokio::task::yield_now().await;
    }
    go_on.send(()).unwrap();
    let mut versions = Vec::new();
    for task in tasks {
        versions.push(task.await.unwrap());
    }
    versions.dedup();
    assert_eq!(versions.len(), 1, "all got the same answer");
    assert_eq!(setting.world.looks(), (1, 3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invalidation_during_a_load_never_yields_an_old_answer_afterwards() {
    // Fails when `good` in `Flights::board` is not asked (a late caller joins the old flight), and
    // when `store_statistics` ignores the generation (the old flight's answer is kept).
    for kind in ["walk", "read", "hash"] {
        let setting = setting(2);
        let (heard, go_on) = stop_first(&setting.world, kind);
        let query = Arc::clone(&setting.query);
        let early = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
        heard.recv().unwrap();
        setting.world.set(1, "skill:a", 9);
        setting.world.set(7, "skill:a", 9);
        setting.cache.invalidate_artifact(&id("skill:a"));
        let query = Arc::clone(&setting.query);
        let late = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
        // One walk at a time: the late one may have to wait for the early one.
        while setting.cache.counters().misses < 2 {
            tokio::task::yield_now().await;
        }
        go_on.send(()).unwrap();
        let late = late.await.unwrap().unwrap().cached.value;
        assert_eq!((late.total(), late.modified()), (3, 2), "{kind}");
        early.await.unwrap().unwrap();
        let (total, modified, _) = setting.ask("skill:a").await;
        assert_eq!((total, modified), (3, 2), "{kind}: the early answer was not kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalidating_a_does_not_throw_away_a_load_of_b() {
    // Fails when an invalidation of one artifact begins a generation for all.
    let setting = setting(2);
    setting.ask("skill:a").await;
    let (heard, go_on) = stop_first(&setting.world, "hash");
    let query = Arc::clone(&setting.query);
    let loading =
        tokio::spawn(async move { query.statistics(&id("skill:b")).await.unwrap().source });
    heard.recv().unwrap();
    setting.cache.invalidate_artifact(&id("skill:a"));
    go_on.send(()).unwrap();
    assert_eq!(loading.await.unwrap(), AnswerSource::Miss);
    assert_eq!(setting.ask("skill:b").await, (2, 0, AnswerSource::Hit));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_survives_its_caller() {
    // Fails when the computation runs in the caller's future instead of the pool.
    let setting = setting(2);
    let (heard, go_on) = stop_first(&setting.world, "walk");
    let query = Arc::clone(&setting.query);
    let caller = tokio::spawn(async move { query.statistics(&id("skill:a")).await });
    heard.recv().unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    while setting.cache.counters().stats_entries == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(setting.ask("skill:a").await, (2, 0, AnswerSource::Hit));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_one_error_for_all_who_wait_and_is_not_kept() {
    // Fails when the pool's thread does not catch it (the flight would then still end, but the next
    // one could not begin while the lock of the walk is poisoned).
    let setting = setting(2);
    setting.world.before(|what| assert_ne!(what, "walk", "this panic is part of the test"));
    let error = setting.query.statistics(&id("skill:a")).await.unwrap_err();
    assert!(error.to_string().contains("part of the test"), "{error}");
    *lock(&setting.world.before) = None;
    assert_eq!(setting.ask("skill:a").await, (2, 0, AnswerSource::Miss));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_costs_the_changed_project() {
    // Fails when `invalidate_project` invalidates the list, and so drops every project.
    let setting = setting(50);
    setting.ask("skill:a").await;
    setting.ask("skill:b").await;
    assert_eq!(setting.world.looks(), (1, 50, 100));
    setting.world.set(17, "skill:a", 9);
    setting.query.invalidate_project(&project_path(17));
    assert_eq!(setting.ask("skill:a").await, (50, 1, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 51, 101), "one tracker, one copy");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_watcher_tells_costs_what_it_names() {
    // Fails when `replace` keeps no state or leaves the index as it was, and when a project that comes or
    // goes takes a walk.
    let setting = setting(50);
    let tell = |changes: &[Change]| {
        let before = setting.world.looks();
        setting.query.changed(&changes.iter().cloned().collect());
        before
    };
    setting.ask("skill:a").await;
    setting.ask("skill:b").await;
    assert_eq!(setting.world.looks(), (1, 50, 100));

    setting.world.set(17, "skill:a", 9);
    tell(&[edited(17, "skill:a")]);
    assert_eq!(setting.ask("skill:b").await, (50, 0, AnswerSource::Hit));
    assert_eq!(setting.ask("skill:a").await, (50, 1, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 50, 101), "one copy");

    setting.world.set(17, "skill:c", 9);
    tell(&[redeployed(17)]);
    assert_eq!(setting.ask("skill:c").await, (1, 1, AnswerSource::Miss));
    assert_eq!(setting.ask("skill:b").await, (50, 0, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 51, 102), "one tracker, and the copy that is new in it");

    setting.world.set(99, "skill:c", 0);
    tell(&[redeployed(99)]);
    assert_eq!(setting.ask("skill:a").await, (50, 1, AnswerSource::Miss));
    assert_eq!(setting.ask("skill:c").await, (2, 1, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 52, 103), "the project that came");

    setting.world.remove(99);
    tell(&[redeployed(99)]);
    assert_eq!(setting.ask("skill:c").await, (1, 1, AnswerSource::Miss));
    assert_eq!(setting.world.looks(), (1, 52, 103), "the project that went");

    setting.world.undeploy(17, "skill:c");
    tell(&[redeployed(17)]);
    assert_eq!(setting.ask("skill:c").await, (0, 0, AnswerSource::Hit), "known to be nowhere");
    assert_eq!(setting.world.looks(), (1, 53, 103), "one tracker");

    setting.ask("skill:b").await;
    tell(&[Change::Collections, redeployed(77)]);
    assert_eq!(setting.ask("skill:b").await.2, AnswerSource::Hit, "of no concern");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_is_known_is_no_job() {
    // Fails when `known_state` of either knows nothing.
    let setting = setting(3);
    setting.ask("skill:a").await;
    setting.world.edit(1, "skill:a", 9);
    setting.query.changed(&[edited(1, "skill:a")].into());
    let jobs = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&jobs);
    setting.world.before(move |what| *lock(&counted) += usize::from(what == "job"));
    assert_eq!(setting.ask("skill:a").await, (3, 1, AnswerSource::Miss));
    assert_eq!(*lock(&jobs), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn collections_are_read_again_when_they_change_and_only_then() {
    // Fails when they are held as long as no project changes, or for as long as they live.
    let setting = setting(2);
    let ask = || async { setting.query.collections().await.unwrap().source };
    setting.ask("skill:a").await;
    assert_eq!((ask().await, ask().await), (AnswerSource::Miss, AnswerSource::Hit));
    setting.query.changed(&[edited(0, "skill:a"), redeployed(1)].into());
    assert_eq!(ask().await, AnswerSource::Hit);
    setting.query.changed(&[Change::Collections].into());
    assert_eq!((ask().await, ask().await), (AnswerSource::Miss, AnswerSource::Hit));
    setting.cache.invalidate_all();
    assert_eq!(ask().await, AnswerSource::Miss);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_older_than_one_time_to_live() {
    // Fails when `as_of` is the time of level 2 instead of that of the list it was made from: then an
    // answer could be nearly twice as old. And when `TtlSlot::get` does not look at the time.
    let setting = setting(2);
    setting.ask("skill:b").await;
    setting.query.collections().await.unwrap();
    setting.query.overview().await.unwrap();
    setting.clock.advance(Duration::from_millis(119_999));
    setting.ask("skill:a").await;
    setting.world.set(0, "skill:a", 9);
    assert_eq!(setting.query.overview().await.unwrap().source, AnswerSource::Hit);
    assert_eq!(setting.query.collections().await.unwrap().source, AnswerSource::Hit);
    setting.clock.advance(Duration::from_millis(1));
    assert_eq!(setting.ask("skill:a").await, (2, 1, AnswerSource::Miss));
    assert_eq!(setting.query.overview().await.unwrap().source, AnswerSource::Miss);
    assert_eq!(setting.query.collections().await.unwrap().source, AnswerSource::Miss);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_level_2_entry_dies_with_the_list_it_was_made_from() {
    let setting = setting(2);
    setting.ask("skill:b").await;
    setting.world.set(5, "skill:b", 9);
    // Only A is invalidated, but its answer needs a new list, and that has a project more.
    setting.cache.invalidate_artifact(&id("skill:a"));
    setting.ask("skill:a").await;
    assert_eq!(setting.ask("skill:b").await, (3, 1, AnswerSource::Miss));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_outlived_its_list_ends_with_the_next_change() {
    // Fails when `State::outlived` is never set: the tracker was read after its change for the new list,
    // so whoever tells of the change cannot know that it named A before. Listeners are told nothing of A
    // when `invalidate_statistics` returns what it was given.
    let setting = setting(2);
    assert_eq!(setting.ask("skill:a").await.0, 2);
    setting.cache.invalidate_artifact(&id("skill:other"));
    setting.world.undeploy(0, "skill:a");
    setting.ask("skill:b").await;
    let feed = setting.query.feed();
    let mut listener = feed.listen(None);
    setting.query.changed(&[redeployed(0)].into());
    assert_eq!(setting.ask("skill:a").await.0, 1);
    let heard = async { [listener.next().await, listener.next().await].map(|it| it.unwrap().news) };
    let heard = tokio::select! {
        () = feed.tell(&*setting.query) => unreachable!(),
        heard = heard => heard,
    };
    assert_eq!(heard, [News::Project { project: project_path(0), there: true }, News::Resync]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_overview_is_held_until_anything_changes() {
    let setting = setting(2);
    let overview = || async { setting.query.overview().await.unwrap() };
    assert_eq!(overview().await.source, AnswerSource::Miss);
    assert_eq!(overview().await.source, AnswerSource::Hit);
    setting.world.set(0, "skill:a", 9);
    setting.query.invalidate_project(&project_path(0));
    let answer = overview().await;
    assert_eq!(answer.source, AnswerSource::Miss);
    assert_eq!(
        answer.cached.value.states().filter(|&state| state == StateName::Modified).count(),
        1
    );
    assert_eq!(setting.query.collections().await.unwrap().source, AnswerSource::Miss);
    assert_eq!(setting.query.collections().await.unwrap().source, AnswerSource::Hit);
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_for_what_does_not_exist_leave_nothing_and_look_at_nothing() {
    // Fails when empty statistics are stored: they would take the place of real ones.
    let setting = setting(2);
    assert_eq!(setting.ask("skill:none").await.0, 0);
    assert_eq!(setting.cache.counters().stats_entries, 0);
    setting.ask("skill:a").await;
    let looks = setting.world.looks();
    for number in 0..500 {
        assert_eq!(setting.ask(&format!("skill:none-{number}")).await.0, 0);
    }
    assert_eq!((setting.cache.counters().stats_entries, setting.world.looks()), (1, looks));
    // And all are one answer, which a client can be told it has.
    let ask = async |artifact: &str| setting.query.statistics(&id(artifact)).await.unwrap();
    let (first, second) = (ask("skill:none").await, ask("skill:nothing").await);
    assert_eq!(first.cached.version, second.cached.version);
    assert_eq!((first.source, second.source), (AnswerSource::Hit, AnswerSource::Hit));
    // It is as old as the list, whenever the process began.
    setting.clock.advance(Ttl::DEFAULT.get());
    assert_eq!(ask("skill:none").await.cached.as_of, setting.clock.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn switched_off_every_question_looks() {
    let setting = set_up(World::with_projects(2), Arc::default(), Arc::new(NoopCache::default()));
    for round in 1..4 {
        setting.world.set(0, "skill:a", round);
        assert_eq!(setting.ask("skill:a").await, (2, 1, AnswerSource::Miss));
    }
    assert_eq!(setting.query.overview().await.unwrap().source, AnswerSource::Miss);
    assert_eq!(setting.query.overview().await.unwrap().source, AnswerSource::Miss);
    assert_eq!(setting.world.looks().0, 5, "one walk a question");
    // Not even one that is being computed is joined. Fails when the generation stands still.
    let (heard, go_on) = stop_first(&setting.world, "hash");
    let query = Arc::clone(&setting.query);
    let early = tokio::spawn(async move { query.overview().await });
    heard.recv().unwrap();
    setting.world.remove(1);
    let late = setting.query.overview();
    let late = tokio::time::timeout(Duration::from_secs(20), late).await.unwrap().unwrap();
    assert_eq!((late.source, late.cached.value.projects.len()), (AnswerSource::Miss, 1));
    go_on.send(()).unwrap();
    early.await.unwrap().unwrap();
}

#[test]
fn one_instance_a_process_for_each_configuration() {
    let make = || setting(1).query;
    let first = crate::process_wide("roots=/a", make);
    assert!(Arc::ptr_eq(&first, &crate::process_wide("roots=/a", || panic!("there is one"))));
    assert!(!Arc::ptr_eq(&first, &crate::process_wide("roots=/b", make)));
}
