//! Too many changes, too few watches: it is said, what is told is right, and it ends by itself.

use std::sync::atomic::Ordering;

use super::*;

#[test]
fn lost_events_are_told_as_everything_and_found_again() {
    let watched = Watched::new(shop());
    watched.settle();
    watched.scribe.take();
    watched.kernel.lose(|| {
        watched.tree.tracker("root/bank/.claude").file("root/shop/.claude/skills/pdf/a/b/file", "");
    });
    watched.settle();
    watched.scribe.wait_for("that anything may have changed", |it| *it == Change::Everything);
    watched.wait_for_state(|state| state == WatchState::Live);
    // Told when they were lost, when the trackers were watched and when their copies were.
    assert_eq!(watched.scribe.take(), [Change::Everything, Change::Everything, Change::Everything]);
    let told = watched.told(write("root/shop/.claude/skills/pdf/a/b/file", "new"));
    assert_eq!(told, [watched.content("root/shop", ".claude", "skills/pdf/a/b/file")]);
    let told = watched.told(write("root/bank/.claude/.skillmeat-deployed.toml", "a = 1"));
    assert_eq!(told, [watched.project("root/bank")]);
}

#[test]
fn while_events_are_lost_the_coverage_says_so() {
    let watched = Watched::new(shop());
    // The thread cannot make the watches anew meanwhile.
    let sees = |state| watched.wait_for_state(|is| is == state);
    for _ in 0..3 {
        watched.kernel.loses.store(true, Ordering::SeqCst);
        watched.settle();
        let coverage = watched.watcher.coverage();
        if coverage.state() == WatchState::Degraded {
            assert_eq!(coverage.gaps[0].path, "/proc/sys/fs/inotify/max_queued_events");
            assert!(!coverage.complete);
            sees(WatchState::Live);
            return;
        }
        sees(WatchState::Live);
    }
    panic!("it never said so");
}

/// A project with a large copy and a small one.
fn large_and_small() -> TempTree {
    let tree = shop();
    for number in 0..20 {
        tree.file(format!("root/shop/.claude/skills/pdf/{number}/file"), "");
    }
    tree
}

fn without_the_largest(watched: &Watched, path: &str) {
    assert_eq!(watched.watcher.coverage().state(), WatchState::Degraded);
    watched.scribe.wait_until("the look", || watched.watcher.coverage().looked_at == 1);
    let coverage = watched.watcher.coverage();
    assert_eq!(coverage.gaps.len(), 1, "{coverage:?}");
    assert_eq!(coverage.gaps[0].path, path);
    assert!(coverage.bound.is_some());
    // The small one is told of at once.
    let told = watched.told(write("root/shop/.claude/skills/csv/SKILL.md", "new"));
    assert!(told.contains(&watched.content("root/shop", ".claude", "skills/csv/SKILL.md")));
    watched.scribe.take();
    // The large one is looked at.
    watched.tree.file("root/shop/.claude/skills/pdf/7/file", "new");
    let large = watched.content("root/shop", ".claude", "skills/pdf");
    watched.scribe.wait_for("the large copy", |change| *change == large);
}

#[test]
fn above_the_budget_the_largest_copies_are_looked_at() {
    let tree = large_and_small();
    let budget = tree.path("").components().count() + 15;
    let watched = Watched::with(tree, budget, Kernels::new());
    assert!(watched.kernel.watched() <= budget);
    without_the_largest(&watched, "/");
}

#[test]
fn where_the_system_has_no_room_the_largest_copies_are_looked_at_until_it_has() {
    let tree = large_and_small();
    let room = tree.path("").components().count() + 15;
    let watched = Watched::with(tree, 100_000, Kernels::with_room_for(room));
    without_the_largest(&watched, "/proc/sys/fs/inotify/max_user_watches");
    watched.kernel.most.store(usize::MAX, Ordering::SeqCst);
    watched.wait_for_state(|state| state == WatchState::Live);
    let told = watched.told(write("root/shop/.claude/skills/pdf/7/file", "once more"));
    assert!(told.contains(&watched.content("root/shop", ".claude", "skills/pdf/7/file")));
}

#[test]
fn a_copy_that_grows_out_of_the_budget_is_looked_at() {
    let tree = shop();
    let budget = tree.path("").components().count() + 15;
    let watched = Watched::with(tree, budget, Kernels::new());
    assert_eq!(watched.watcher.coverage().state(), WatchState::Live);
    watched.told(|tree| {
        for number in 0..20 {
            tree.file(format!("root/shop/.claude/skills/pdf/{number}/file"), "");
        }
    });
    watched.wait_for_state(|state| state == WatchState::Degraded);
    without_the_largest(&watched, "/");
}

#[test]
fn without_room_even_for_the_walk_everything_is_looked_at() {
    let tree = shop();
    let budget = tree.path("").components().count() + 2;
    let watched = Watched::with(tree, budget, Kernels::new());
    assert_eq!(watched.watcher.coverage().state(), WatchState::Degraded);
    watched.scribe.wait_for("the first look", |change| *change == Change::Projects);
    watched.scribe.take();
    watched.tree.tracker("root/bank/.codex");
    watched.scribe.wait_for("a project", |change| *change == Change::Projects);
    watched.scribe.take();
    watched.tree.file("root/shop/.claude/skills/csv/SKILL.md", "new");
    let csv = watched.content("root/shop", ".claude", "skills/csv");
    watched.scribe.wait_for("a copy", |change| *change == csv);
}
