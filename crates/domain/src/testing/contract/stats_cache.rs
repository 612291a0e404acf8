//! The contract of [`StatsCache`], as far as it holds for one that holds nothing, too.

use std::sync::Arc;

use crate::{
    Affected, ArtifactId, Cached, DeploymentStatistics, Moment, ProjectPath, Scanned, StatsCache,
};

/// What makes statistics bad.
type Invalidate = fn(&dyn StatsCache, &ArtifactId);

/// Runs the suite over caches that `make` makes, at the time [`Moment::default`].
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn stats_cache(make: &dyn Fn() -> Arc<dyn StatsCache>) {
    what_was_read_before_an_invalidation_is_gone_and_refused(&*make());
    a_list_ends_with_an_invalidation_that_may_concern_it(make);
    another_list_ends_what_was_made_from_the_one_before(&*make());
    a_list_is_amended_only_if_it_is_held(&*make());
    memory_is_bounded(&*make());
}

fn id(name: &str) -> ArtifactId {
    ArtifactId::new("skill", name).expect("an id")
}

fn statistics(version: u64) -> Cached<DeploymentStatistics> {
    Cached { value: Arc::default(), as_of: Moment::default(), version }
}

fn list(version: u64, projects: &[&str]) -> Cached<Scanned<Vec<ProjectPath>>> {
    let path = |path: &&str| ProjectPath::new((*path).into()).expect("absolute");
    let value = Arc::new(Scanned::whole(projects.iter().map(path).collect()));
    Cached { value, as_of: Moment::default(), version }
}

fn what_was_read_before_an_invalidation_is_gone_and_refused(cache: &dyn StatsCache) {
    let invalidate: [Invalidate; 4] = [
        |cache, id| cache.invalidate_artifact(id),
        |cache, id| drop(cache.invalidate_statistics(&Affected::Only([id.clone()].into()))),
        |cache, _| drop(cache.invalidate_statistics(&Affected::All)),
        |cache, _| cache.invalidate_all(),
    ];
    for invalidate in invalidate {
        let before = cache.generation();
        cache.store_statistics(&id("a"), statistics(1), before);
        invalidate(cache, &id("a"));
        assert!(cache.statistics(&id("a")).is_none() && cache.peek(&id("a")).is_none(), "gone");
        assert!(!cache.is_current(&id("a"), before), "nobody may join what is made of it");
        cache.store_statistics(&id("a"), statistics(2), before);
        assert!(cache.peek(&id("a")).is_none(), "refused");
        assert!(cache.begin() > before && cache.generation() > before, "a generation has begun");
    }
    let before = cache.generation();
    cache.invalidate_all();
    assert!(cache.cleared() > before, "what belongs to no artifact is bad, too");
}

fn a_list_ends_with_an_invalidation_that_may_concern_it(make: &dyn Fn() -> Arc<dyn StatsCache>) {
    let invalidate: [Invalidate; 2] =
        [|cache, id| cache.invalidate_artifact(id), |cache, _| cache.invalidate_all()];
    for invalidate in invalidate {
        let cache = make();
        let before = cache.generation();
        cache.store_discovered_projects(list(1, &["/p"]), before);
        invalidate(&*cache, &id("a"));
        assert!(cache.discovered_projects().is_none(), "a project may have been added");
        cache.store_discovered_projects(list(2, &["/p"]), before);
        assert!(cache.discovered_projects().is_none(), "this one was read before");
    }
}

fn another_list_ends_what_was_made_from_the_one_before(cache: &dyn StatsCache) {
    cache.store_discovered_projects(list(1, &["/p"]), cache.generation());
    let before = cache.generation();
    cache.store_statistics(&id("a"), statistics(1), before);
    cache.store_discovered_projects(list(2, &["/p", "/q"]), cache.generation());
    assert!(cache.peek(&id("a")).is_none() && !cache.is_current(&id("a"), before));
}

fn a_list_is_amended_only_if_it_is_held(cache: &dyn StatsCache) {
    cache.store_discovered_projects(list(1, &["/p"]), cache.generation());
    assert_eq!(cache.amend_projects(7, list(2, &[]), &Affected::All), None, "it is not held");
    let Some(held) = cache.discovered_projects() else { return };
    assert_eq!((held.version, held.value.value.len()), (1, 1), "nothing has happened");
    let before = cache.generation();
    cache.store_statistics(&id("a"), statistics(1), before);
    let affected = Affected::Only([id("a")].into());
    assert!(cache.amend_projects(1, list(2, &["/p", "/q"]), &affected).is_some());
    assert_eq!(cache.discovered_projects().map(|held| held.version), Some(2));
    assert!(cache.peek(&id("a")).is_none() && !cache.is_current(&id("a"), before));
}

fn memory_is_bounded(cache: &dyn StatsCache) {
    for number in 0..20_000 {
        let id = id(&number.to_string());
        assert!(cache.statistics(&id).is_none(), "a question stores nothing");
        cache.store_statistics(&id, statistics(number), cache.generation());
    }
    assert!(cache.counters().stats_entries < 20_000);
}
