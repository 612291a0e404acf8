//! The store by itself. The first six names are those of the original's own test list.

use std::time::Duration;

use skillstat_domain::testing::ManualClock;

use super::*;
use crate::tally::next_version;
use crate::test_world::{id, project_path};

const SECOND: Duration = Duration::from_secs(1);

fn cache() -> (Arc<ManualClock>, TtlStatsCache) {
    let clock = Arc::new(ManualClock::default());
    let capacity = NonZeroUsize::new(100).unwrap();
    (Arc::clone(&clock), TtlStatsCache::new(clock, Ttl::DEFAULT, capacity))
}

fn statistics(version: u64) -> Cached<DeploymentStatistics> {
    Cached { value: Arc::default(), as_of: Moment::default(), version }
}

fn list(projects: &[u8]) -> Cached<Scanned<Vec<ProjectPath>>> {
    let projects = projects.iter().map(|&number| project_path(number)).collect();
    Cached {
        value: Arc::new(Scanned::whole(projects)),
        as_of: Moment::default(),
        version: next_version(),
    }
}

/// The version that is held for an artifact.
fn held(cache: &TtlStatsCache, artifact: &str) -> Option<u64> {
    cache.statistics(&id(artifact)).map(|cached| cached.version)
}

fn store(cache: &TtlStatsCache, artifact: &str, version: u64) {
    cache.store_statistics(&id(artifact), statistics(version), cache.generation());
}

#[test]
fn miss() {
    let (_, cache) = cache();
    assert_eq!(held(&cache, "skill:a"), None);
    assert!(cache.discovered_projects().is_none());
    assert_eq!((cache.counters().misses, cache.counters().hits), (1, 0));
}

#[test]
fn hit() {
    let (_, cache) = cache();
    store(&cache, "skill:a", 7);
    cache.store_discovered_projects(list(&[1]), cache.generation());
    assert_eq!(held(&cache, "skill:a"), Some(7));
    assert_eq!(held(&cache, "command:a"), None, "the type is part of the key");
    let counters = cache.counters();
    assert_eq!((counters.hits, counters.stats_entries, counters.projects_cached), (1, 1, true));
    assert_eq!(cache.peek(&id("skill:a")).map(|cached| cached.version), Some(7));
    assert_eq!(cache.counters().hits, 1, "a peek is not counted");
}

#[test]
fn expiry() {
    let (clock, cache) = cache();
    store(&cache, "skill:a", 7);
    cache.store_discovered_projects(list(&[1]), cache.generation());
    clock.advance(119 * SECOND);
    assert_eq!(held(&cache, "skill:a"), Some(7));
    assert!(cache.discovered_projects().is_some());
    clock.advance(SECOND);
    assert_eq!(held(&cache, "skill:a"), None, "good while younger than the time to live");
    assert!(cache.discovered_projects().is_none());
    assert_eq!(cache.counters().expired, 2);
}

#[test]
fn invalidate_one() {
    let (_, cache) = cache();
    store(&cache, "skill:a", 1);
    store(&cache, "skill:b", 2);
    cache.invalidate_artifact(&id("skill:a"));
    assert_eq!((held(&cache, "skill:a"), held(&cache, "skill:b")), (None, Some(2)));
}

#[test]
fn invalidate_all() {
    let (_, cache) = cache();
    store(&cache, "skill:a", 1);
    cache.store_discovered_projects(list(&[1]), cache.generation());
    cache.invalidate_all();
    assert_eq!(held(&cache, "skill:a"), None);
    assert!(cache.discovered_projects().is_none());
    assert_eq!(cache.counters().invalidated, 1);
}

#[test]
fn thread_safety() {
    let (_, cache) = cache();
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let cache = &cache;
            scope.spawn(move || {
                for round in 0..2000 {
                    let name = format!("skill:{}", round % 7);
                    store(cache, &name, thread);
                    held(cache, &name);
                    match round % 50 {
                        0 => cache.invalidate_all(),
                        1 => cache.invalidate_artifact(&id(&name)),
                        _ => {}
                    }
                }
            });
        }
    });
    cache.invalidate_all();
    assert_eq!(cache.counters().stats_entries, 0);
}

#[test]
fn keeps_the_contract_of_stats_caches() {
    skillstat_domain::testing::contract::stats_cache(&|| Arc::new(cache().1));
}

#[test]
fn what_was_read_before_an_invalidation_is_refused() {
    // Fails when `store_statistics` does not look at the generation.
    let (_, cache) = cache();
    let before = cache.generation();
    cache.invalidate_artifact(&id("skill:a"));
    cache.store_statistics(&id("skill:a"), statistics(1), before);
    assert_eq!(held(&cache, "skill:a"), None);
    cache.store_statistics(&id("skill:b"), statistics(2), before);
    assert_eq!(held(&cache, "skill:b"), Some(2), "that of another artifact is not thrown away");
    cache.store_discovered_projects(list(&[1]), before);
    assert!(cache.discovered_projects().is_none(), "a project may have been added");
    let before = cache.generation();
    cache.invalidate_all();
    cache.store_statistics(&id("skill:b"), statistics(3), before);
    assert_eq!(held(&cache, "skill:b"), None);
}

#[test]
fn a_list_that_differs_from_the_one_before_ends_what_was_made_from_that() {
    // Fails when `store_discovered_projects` does not compare with the list it replaces.
    for (second, expected) in [(list(&[1]), Some(2)), (list(&[1, 2]), None)] {
        let (_, cache) = cache();
        cache.store_discovered_projects(list(&[1]), cache.generation());
        store(&cache, "skill:b", 2);
        cache.invalidate_artifact(&id("skill:a"));
        assert_eq!(held(&cache, "skill:b"), Some(2));
        cache.store_discovered_projects(second, cache.generation());
        assert_eq!(held(&cache, "skill:b"), expected);
    }
}

#[test]
fn a_list_stored_over_one_that_is_held_is_compared_with_that() {
    // Fails when only a list that was invalidated is compared.
    let (_, cache) = cache();
    cache.store_discovered_projects(list(&[1]), cache.generation());
    store(&cache, "skill:b", 2);
    let before = cache.generation();
    cache.store_discovered_projects(list(&[1, 2]), cache.generation());
    assert_eq!(held(&cache, "skill:b"), None);
    cache.store_statistics(&id("skill:b"), statistics(3), before);
    assert_eq!(held(&cache, "skill:b"), None, "it was made from the other list");
}

#[test]
fn the_first_change_after_a_list_ends_all_that_may_be_made_from_the_one_before() {
    let (_, cache) = cache();
    cache.store_discovered_projects(list(&[1]), cache.generation());
    store(&cache, "skill:b", 2);
    let told = || cache.invalidate_statistics(&Affected::Only([id("skill:a")].into()));
    told();
    assert_eq!(held(&cache, "skill:b"), Some(2), "there was no list before");
    cache.invalidate_artifact(&id("skill:a"));
    cache.store_discovered_projects(list(&[1]), cache.generation());
    let before = cache.generation();
    assert_eq!(held(&cache, "skill:b"), Some(2), "the lists are equal");
    told();
    assert_eq!((held(&cache, "skill:b"), cache.is_current(&id("skill:b"), before)), (None, false));
    store(&cache, "skill:b", 3);
    told();
    assert_eq!(held(&cache, "skill:b"), Some(3), "this one was made from the new list");
}

#[test]
fn an_equal_list_over_one_that_is_held_is_another_one_all_the_same() {
    // Fails when `store_discovered_projects` does not set `State::outlived`.
    let (_, cache) = cache();
    cache.store_discovered_projects(list(&[1]), cache.generation());
    store(&cache, "skill:b", 2);
    cache.store_discovered_projects(list(&[1]), cache.generation());
    assert_eq!(held(&cache, "skill:b"), Some(2));
    assert_eq!(cache.invalidate_statistics(&Affected::NONE), Affected::All);
    assert_eq!(held(&cache, "skill:b"), None);
}

#[test]
fn amending_the_list_ends_what_it_concerns() {
    // Fails without each of: the comparison of the version, the generation of the list, `make_bad`.
    let (_, cache) = cache();
    let first = list(&[1]);
    cache.store_discovered_projects(first.clone(), cache.generation());
    store(&cache, "skill:a", 1);
    store(&cache, "skill:b", 2);
    let before = cache.generation();
    let affected = Affected::Only([id("skill:a")].into());
    let second = list(&[1, 2]);
    let amend = |list, affected: &Affected| cache.amend_projects(first.version, list, affected);
    assert_eq!(amend(second.clone(), &affected), Some(affected));
    assert_eq!(amend(list(&[3]), &Affected::All), None, "it is not held");
    assert_eq!((held(&cache, "skill:a"), held(&cache, "skill:b")), (None, Some(2)));
    assert_eq!(cache.discovered_projects().unwrap().value, second.value);
    cache.store_discovered_projects(list(&[1]), before);
    assert_eq!(cache.discovered_projects().unwrap().value, second.value, "a walk from before");
}

#[test]
fn invalidating_statistics_keeps_the_list() {
    let (_, cache) = cache();
    cache.store_discovered_projects(list(&[1]), cache.generation());
    store(&cache, "skill:a", 1);
    store(&cache, "skill:b", 2);
    let before = cache.generation();
    cache.invalidate_statistics(&Affected::Only([id("skill:a")].into()));
    assert_eq!((held(&cache, "skill:a"), held(&cache, "skill:b")), (None, Some(2)));
    assert!(!cache.is_current(&id("skill:a"), before) && cache.is_current(&id("skill:b"), before));
    cache.invalidate_statistics(&Affected::All);
    assert_eq!(held(&cache, "skill:b"), None);
    assert!(cache.discovered_projects().is_some());
}

#[test]
fn memory_is_bounded_whatever_is_asked_stored_or_invalidated() {
    let (_, cache) = cache();
    for number in 0..100_000 {
        let name = format!("skill:{number}");
        held(&cache, &name);
        store(&cache, &name, number);
        cache.invalidate_artifact(&id(&format!("skill:other{number}")));
    }
    assert!(cache.counters().stats_entries <= 200, "{:?}", cache.counters());
    assert!(lock(&cache.state).artifacts.len() <= MAX_TOLD_APART);
}

#[test]
fn more_changes_than_are_told_apart_keep_what_is_stored_and_refuse_what_is_made() {
    // Fails when `make_bad` does not count.
    let (_, cache) = cache();
    store(&cache, "skill:b", 1);
    let before = cache.generation();
    for number in 0..=MAX_TOLD_APART {
        assert!(cache.is_current(&id("skill:b"), before), "{number} are told apart");
        let affected = Affected::Only([id(&format!("skill:{number}"))].into());
        assert_eq!(cache.invalidate_statistics(&affected), affected);
        assert!(lock(&cache.state).artifacts.len() <= MAX_TOLD_APART);
    }
    assert_eq!(held(&cache, "skill:b"), Some(1));
    assert!(!cache.is_current(&id("skill:b"), before));
}

#[test]
fn very_many_invalidations_still_refuse_what_was_read_before() {
    // Fails when the map of generations is emptied without beginning a generation for all.
    let (_, cache) = cache();
    let before = cache.generation();
    cache.invalidate_artifact(&id("skill:a"));
    for number in 0..2 * MAX_TOLD_APART {
        cache.invalidate_artifact(&id(&format!("skill:{number}")));
    }
    cache.store_statistics(&id("skill:a"), statistics(1), before);
    assert_eq!(held(&cache, "skill:a"), None);
}
