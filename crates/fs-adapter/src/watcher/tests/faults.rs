//! A disk or a system that fails for a while: it is said, what is seen is right, and it ends by itself.

use std::sync::atomic::Ordering;

use super::*;

#[test]
fn while_something_cannot_be_watched_everything_is_looked_at() {
    let (tree, kernel) = (shop(), Kernels::new());
    let root = tree.path("root");
    *kernel.failing.lock().unwrap() = Some(root.clone());
    let watched = Watched::with(tree, 100_000, Arc::clone(&kernel));
    let coverage = watched.watcher.coverage();
    assert_eq!(coverage.state(), WatchState::Degraded, "{coverage:?}");
    assert_eq!(coverage.gaps[0].path, root.to_str().unwrap());
    watched.scribe.take();
    // Nobody tells of this.
    watched.tree.file("root/shop/.claude/skills/pdf/SKILL.md", "new");
    let seen = watched.content("root/shop", ".claude", "skills/pdf");
    watched.scribe.wait_for("the copy", |change| *change == seen);
    *kernel.failing.lock().unwrap() = None;
    watched.wait_for_state(|state| state == WatchState::Live);
    let told = watched.told(write("root/shop/.claude/skills/pdf/SKILL.md", "newer"));
    assert_eq!(told, [watched.content("root/shop", ".claude", "skills/pdf/SKILL.md")]);
}

#[test]
fn what_cannot_be_watched_when_it_comes_is_said_at_once() {
    let watched = Watched::new(shop());
    let bank = watched.tree.path("root/bank");
    *watched.kernel.failing.lock().unwrap() = Some(bank.clone());
    watched.tree.tracker("root/bank/.claude");
    watched.settle();
    let coverage = watched.watcher.coverage();
    assert_eq!(coverage.state(), WatchState::Degraded, "{coverage:?}");
    assert_eq!(coverage.gaps[0].path, bank.to_str().unwrap());
    *watched.kernel.failing.lock().unwrap() = None;
    watched.wait_for_state(|state| state == WatchState::Live);
    let told = watched.told(write("root/bank/.claude/.skillmeat-deployed.toml", "a = 1"));
    assert_eq!(told, [watched.project("root/bank")]);
}

#[test]
fn events_that_cannot_be_read_may_have_been_of_anything() {
    let watched = Watched::new(shop());
    watched.settle();
    watched.scribe.take();
    watched.kernel.breaks.store(true, Ordering::SeqCst);
    watched.tree.file("root/shop/.claude/skills/pdf/SKILL.md", "new");
    watched.settle();
    // By the time that whoever asks has settled, whoever takes them.
    assert_eq!(watched.scribe.take().first(), Some(&Change::Everything));
    watched.wait_for_state(|state| state == WatchState::Live);
}
