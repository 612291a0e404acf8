//! Load, change, invalidate and ask in every order that shuttle finds.
//!
//! A test thread runs only between its own locks, so what is explored is each order of all lock
//! operations of cache and world. `scripts/interleavings` builds and runs this, with
//! `INTERLEAVINGS` schedules of each kind for each test.

use std::num::NonZeroUsize;
use std::sync::Arc;

use shuttle::future::block_on;
use shuttle::thread;
use skillstat_domain::testing::ManualClock;
use skillstat_domain::{Change, ChangeSink, InTurn, StateName};

use super::*;
use crate::test_world::{World, edited, id, project_path, redeployed};
use crate::{Ttl, TtlStatsCache};

#[derive(Debug)]
struct Threads;

impl BlockingPool for Threads {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        thread::spawn(job);
    }
}

struct Setting {
    world: Arc<World>,
    cache: Arc<TtlStatsCache>,
    query: CachedStatistics,
}

fn setting() -> Arc<Setting> {
    let (world, clock) = (World::with_projects(2), Arc::new(ManualClock::default()));
    let capacity = NonZeroUsize::new(10).unwrap();
    let cache = Arc::new(TtlStatsCache::new(Arc::clone(&clock) as _, Ttl::DEFAULT, capacity));
    let sources = Sources {
        discovery: Arc::clone(&world) as _,
        states: Arc::clone(&world) as _,
        hasher: Arc::clone(&world) as _,
        collections: Arc::clone(&world) as _,
        workers: Arc::new(InTurn),
    };
    let query = CachedStatistics::new(sources, Arc::clone(&cache) as _, clock, Arc::new(Threads));
    Arc::new(Setting { world, cache, query })
}

impl Setting {
    fn counts(&self, artifact: &str) -> (usize, usize) {
        let answer = block_on(self.query.statistics(&id(artifact))).unwrap().cached.value;
        (answer.total(), answer.modified())
    }
}

/// Explores a scenario at random, and with few but well-placed changes of thread.
fn explore(scenario: impl Fn() + Send + Sync + Clone + 'static) {
    let schedules =
        option_env!("INTERLEAVINGS").and_then(|count| count.parse().ok()).unwrap_or(2000);
    shuttle::check_random(scenario.clone(), schedules);
    shuttle::check_pct(scenario, schedules, 3);
}

/// One thread asks all the while; another changes the world, says so, and asks: its answer, and all
/// later ones, must hold the change.
fn check(change: fn(&Setting), artifact: &'static str, expected: (usize, usize)) {
    explore(move || {
        let setting = setting();
        let askers: Vec<_> = ["skill:a", "skill:b"]
            .iter()
            .map(|asked| {
                let setting = Arc::clone(&setting);
                thread::spawn(move || setting.counts(asked))
            })
            .collect();
        change(&setting);
        assert_eq!(setting.counts(artifact), expected, "right after the invalidation");
        for asker in askers {
            asker.join().unwrap();
        }
        assert_eq!(setting.counts(artifact), expected, "when all have gone");
    });
}

#[test]
fn invalidating_an_artifact() {
    let change = |setting: &Setting| {
        setting.world.set(0, "skill:a", 9);
        setting.world.set(5, "skill:a", 0);
        setting.cache.invalidate_artifact(&id("skill:a"));
    };
    check(change, "skill:a", (3, 1));
}

#[test]
fn invalidating_everything() {
    let change = |setting: &Setting| {
        setting.world.set(0, "skill:b", 9);
        setting.world.remove(1);
        setting.cache.invalidate_all();
    };
    check(change, "skill:b", (1, 1));
}

#[test]
fn invalidating_a_project() {
    let change = |setting: &Setting| {
        setting.world.set(1, "skill:b", 9);
        setting.query.invalidate_project(&project_path(1));
    };
    check(change, "skill:b", (2, 1));
}

#[test]
fn invalidating_a_project_whose_records_have_moved() {
    // Fails when a state is filled into the slot of records that are not those it was asked about.
    let change = |setting: &Setting| {
        setting.world.set(1, "skill:0", 9);
        setting.world.set(1, "skill:b", 9);
        setting.query.invalidate_project(&project_path(1));
    };
    check(change, "skill:b", (2, 1));
}

/// Tells of changes as a watcher does.
fn tell(setting: &Setting, changes: impl IntoIterator<Item = Change>) {
    setting.query.changed(&changes.into_iter().collect());
}

#[test]
fn an_edit_that_is_told() {
    // Fails when `touch` empties states in place of making a new slot, and when the answers go before
    // the states.
    let change = |setting: &Setting| {
        setting.world.set(1, "skill:b", 9);
        tell(setting, [edited(1, "skill:b")]);
    };
    check(change, "skill:b", (2, 1));
}

/// A collection gets `skill:b` or another content of it, and somebody says so.
fn check_publishing(before: Option<u8>, asked_before: bool) {
    explore(move || {
        let setting = setting();
        setting.world.publish("skill:b", before);
        let worst = |setting: &Setting, artifact| {
            block_on(setting.query.statistics(&id(artifact))).unwrap().cached.value.worst()
        };
        if asked_before {
            assert_eq!(worst(&setting, "skill:b"), Some(StateName::Synced));
        }
        let askers: Vec<_> = ["skill:a", "skill:b"]
            .iter()
            .map(|asked| {
                let setting = Arc::clone(&setting);
                thread::spawn(move || worst(&setting, asked))
            })
            .collect();
        setting.world.publish("skill:b", Some(9));
        tell(&setting, [Change::Collections]);
        assert_eq!(
            worst(&setting, "skill:b"),
            Some(StateName::Outdated),
            "right after it was told"
        );
        for asker in askers {
            asker.join().unwrap();
        }
        assert_eq!(worst(&setting, "skill:b"), Some(StateName::Outdated), "when all have gone");
    });
}

#[test]
fn a_collection_whose_content_is_told() {
    // Fails when what is just being read is taken for the same.
    check_publishing(Some(0), false);
}

#[test]
fn a_collection_that_gets_an_artifact() {
    // Fails when an original is asked for outside of the lock under which the slot is replaced.
    check_publishing(None, false);
}

#[test]
fn a_collection_that_was_asked_about_before() {
    // Fails when the answers go before the originals.
    check_publishing(Some(0), true);
}

#[test]
fn a_tracker_that_is_told() {
    // Fails when `refresh` reads the records into the slot that is there.
    let change = |setting: &Setting| {
        setting.world.set(1, "skill:0", 9);
        setting.world.set(1, "skill:b", 9);
        tell(setting, [redeployed(1), edited(1, "skill:b")]);
    };
    check(change, "skill:b", (2, 1));
}

#[test]
fn a_project_that_comes() {
    // Fails when the list is amended without refusing what is being made.
    let change = |setting: &Setting| {
        setting.world.set(7, "skill:a", 9);
        tell(setting, [redeployed(7)]);
    };
    check(change, "skill:a", (3, 1));
}

#[test]
fn a_project_that_goes() {
    let change = |setting: &Setting| {
        setting.world.remove(1);
        tell(setting, [redeployed(1)]);
    };
    check(change, "skill:a", (1, 0));
}

#[test]
fn a_project_that_goes_and_comes_back_as_another() {
    // Fails when a project that is not listed is read, and when it is looked for on a list that is not
    // the one that the slots belong to: whoever tells of its coming knows nothing of what it was before.
    explore(|| {
        let setting = setting();
        assert_eq!(setting.counts("skill:a"), (2, 0));
        let reader = Arc::clone(&setting);
        let reader = thread::spawn(move || {
            Listed(Arc::clone(&reader.query.core.projects)).records(&project_path(1))
        });
        setting.world.remove(1);
        tell(&setting, [redeployed(1)]);
        setting.world.set(1, "skill:c", 0);
        setting.world.remove(1);
        setting.world.set(1, "skill:b", 0);
        tell(&setting, [redeployed(1)]);
        let read = reader.join().unwrap();
        assert!(read.records.iter().all(|record| record.artifact != id("skill:c")));
    });
}

/// One thread has the list made anew, another asks; an artifact is taken out of a tracker, and that is
/// told.
fn check_undeployed_meanwhile(project: u8, artifact: &'static str, left: usize) {
    explore(move || {
        let setting = setting();
        setting.world.set(7, "skill:x", 0);
        assert_eq!(setting.counts("skill:a"), (2, 0));
        let askers: Vec<_> = ["skill:a", artifact]
            .into_iter()
            .map(|asked| {
                let setting = Arc::clone(&setting);
                thread::spawn(move || {
                    if asked == "skill:a" {
                        setting.cache.invalidate_artifact(&id(asked));
                    }
                    setting.counts(asked)
                })
            })
            .collect();
        setting.world.undeploy(project, artifact);
        tell(&setting, [redeployed(project)]);
        assert_eq!(setting.counts(artifact), (left, 0), "right after it was told");
        for asker in askers {
            asker.join().unwrap();
        }
        assert_eq!(setting.counts(artifact), (left, 0), "when all have gone");
    });
}

#[test]
fn a_tracker_that_is_told_while_the_list_is_made_anew() {
    // Fails when `State::outlived` is never set: what is stored or being made from the list before may
    // have read the tracker before the change, and whoever read it after the change for the new list
    // knows of no difference.
    check_undeployed_meanwhile(1, "skill:b", 1);
}

#[test]
fn an_emptied_tracker_that_is_told_while_the_list_is_made_anew() {
    // Fails when a change that concerns no artifact never gets to `invalidate_statistics`.
    check_undeployed_meanwhile(7, "skill:x", 0);
}

#[test]
fn two_changes_of_one_project_told_by_two_threads() {
    // Fails without the lock that lets one project be read anew at a time.
    explore(|| {
        let setting = setting();
        assert_eq!(setting.counts("skill:a"), (2, 0));
        let other = Arc::clone(&setting);
        let changer = thread::spawn(move || {
            other.world.undeploy(1, "skill:a");
            tell(&other, [redeployed(1)]);
        });
        setting.world.set(1, "skill:c", 9);
        tell(&setting, [redeployed(1), edited(1, "skill:c")]);
        assert_eq!(setting.counts("skill:c"), (1, 1));
        changer.join().unwrap();
        assert_eq!((setting.counts("skill:a"), setting.counts("skill:c")), ((1, 0), (1, 1)));
    });
}

#[test]
fn one_change_told_by_two_threads() {
    // Fails when a change is taken without holding `changing` until the answers are invalidated: the
    // second finds everything read already and relies on the first.
    explore(|| {
        let setting = setting();
        assert_eq!(setting.counts("skill:a"), (2, 0));
        let other = Arc::clone(&setting);
        let changer = thread::spawn(move || other.query.invalidate_project(&project_path(0)));
        setting.world.undeploy(0, "skill:a");
        setting.query.invalidate_project(&project_path(0));
        assert_eq!(setting.counts("skill:a"), (1, 0), "its own change");
        changer.join().unwrap();
    });
}

#[test]
fn two_who_ask_get_one_answer() {
    // Fails without the second look into the cache: one that lands between the look and the start of
    // the other would be computed twice, with another version.
    explore(|| {
        let setting = setting();
        let version = |setting: &Setting| {
            block_on(setting.query.statistics(&id("skill:a"))).unwrap().cached.version
        };
        let other = Arc::clone(&setting);
        let asker = thread::spawn(move || version(&other));
        assert_eq!(version(&setting), asker.join().unwrap());
    });
}

#[test]
fn questions_for_different_artifacts_share_one_walk_and_one_reading() {
    // Fails without the lock around the walk.
    explore(|| {
        let setting = setting();
        let asker = Arc::clone(&setting);
        let asker = thread::spawn(move || asker.counts("skill:a"));
        assert_eq!(setting.counts("skill:b"), (2, 0));
        assert_eq!(asker.join().unwrap(), (2, 0));
        assert_eq!(setting.world.looks(), (1, 2, 4));
    });
}

#[test]
fn invalidating_twice_from_two_threads() {
    explore(|| {
        let setting = setting();
        let other = Arc::clone(&setting);
        let changer = thread::spawn(move || {
            other.world.set(0, "skill:a", 9);
            other.query.invalidate_project(&project_path(0));
            other.counts("skill:a").1
        });
        setting.world.set(1, "skill:a", 9);
        setting.cache.invalidate_artifact(&id("skill:a"));
        assert!(setting.counts("skill:a").1 >= 1, "its own change");
        assert!(changer.join().unwrap() >= 1, "its own change");
        assert_eq!(setting.counts("skill:a"), (2, 2), "both");
    });
}

#[test]
fn many_ask_at_once_and_one_computes() {
    explore(|| {
        let setting = setting();
        let askers: Vec<_> = (0..3)
            .map(|_| {
                let setting = Arc::clone(&setting);
                thread::spawn(move || setting.counts("skill:a"))
            })
            .collect();
        for asker in askers {
            assert_eq!(asker.join().unwrap(), (2, 0));
        }
        assert_eq!(setting.world.looks(), (1, 2, 2));
    });
}
