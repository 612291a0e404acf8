//! Where there is room for some watches and not for all: who goes without, and what happens when there
//! is room again.

use super::*;

/// A project with copies of one, three and twenty-one directories.
fn three_sizes() -> TempTree {
    let tree = TempTree::new();
    tree.file("root/shop/.claude/.skillmeat-deployed.toml", tracker(&["large", "middle", "small"]))
        .file("root/shop/.claude/skills/small/SKILL.md", "");
    for number in 0..2 {
        tree.file(format!("root/shop/.claude/skills/middle/{number}/file"), "");
    }
    for number in 0..20 {
        tree.file(format!("root/shop/.claude/skills/large/{number}/file"), "");
    }
    tree
}

/// The way to the root and what the walk lists: root, shop, .claude and skills.
fn without_copies(tree: &TempTree) -> usize {
    tree.path("").components().count() + 4
}

impl Watched {
    /// Waits until the coverage is so, and returns how many copies are looked at.
    fn looked_at(&self, state: WatchState) -> usize {
        self.wait_for_state(|is| is == state);
        // What is looked at is known when it has been looked at.
        let due = usize::from(state == WatchState::Degraded);
        self.scribe.wait_until("the look", || self.watcher.coverage().looked_at >= due);
        self.watcher.coverage().looked_at
    }

    #[track_caller]
    fn is_told_at_once(&self, copy: &str) {
        let file = format!("{copy}/new");
        let path = format!("root/shop/.claude/{file}");
        let told = self.told(|tree| _ = tree.file(path, ""));
        assert!(told.contains(&self.content("root/shop", ".claude", &file)), "{told:?}");
    }

    /// Changes a copy again and again and waits for each change to be found by looking: while that is
    /// done, it is tried several times whether there is more room.
    fn looks_go_on(&self, copy: &str) -> Vec<Change> {
        let found = self.content("root/shop", ".claude", copy);
        let mut told = Vec::new();
        for number in 0..10 {
            told.extend(self.scribe.take());
            self.tree.file(format!("root/shop/.claude/{copy}/file"), number.to_string());
            self.scribe.wait_for("a change", |change| *change == found);
        }
        told
    }
}

#[test]
fn the_largest_copies_go_first() {
    let tree = three_sizes();
    let room = without_copies(&tree);
    // Of the third sort one directory less than it has.
    for (budget, looked_at) in [(room + 25, 0), (room + 24, 1), (room + 4, 1), (room + 3, 2)] {
        let watched = Watched::with(three_sizes(), budget, Kernels::new());
        let state = if looked_at == 0 { WatchState::Live } else { WatchState::Degraded };
        assert_eq!(watched.looked_at(state), looked_at, "{budget} watches");
        assert!(watched.kernel.watched() <= budget);
        watched.is_told_at_once("skills/small");
    }
}

#[test]
fn what_is_too_large_is_not_tried_for_at_everybodys_cost() {
    let tree = three_sizes();
    let room = without_copies(&tree) + 10;
    let limits = [(room, Kernels::new()), (100_000, Kernels::with_room_for(room))];
    for (budget, kernel) in limits {
        let watched = Watched::with(three_sizes(), budget, kernel);
        assert_eq!(watched.looked_at(WatchState::Degraded), 1);
        watched.scribe.take();
        let told = watched.looks_go_on("skills/large");
        assert!(!told.contains(&Change::Everything), "{told:?}");
        assert_eq!(watched.watcher.coverage().state(), WatchState::Degraded);
        watched.is_told_at_once("skills/middle");
    }
}

#[test]
fn what_there_is_room_for_again_is_watched_again() {
    let tree = three_sizes();
    for number in 0..20 {
        tree.directory(format!("root/other/{number}"));
    }
    // Neither of the two larger copies fits, until the other directories are gone.
    let room = without_copies(&tree) + 21 + 3;
    let limits = [(room, Kernels::new()), (100_000, Kernels::with_room_for(room))];
    for (budget, kernel) in limits {
        let tree = three_sizes();
        for number in 0..20 {
            tree.directory(format!("root/other/{number}"));
        }
        let watched = Watched::with(tree, budget, kernel);
        assert_eq!(watched.looked_at(WatchState::Degraded), 2);
        watched.scribe.take();
        fs::remove_dir_all(watched.tree.path("root/other")).unwrap();
        let middle = watched.content("root/shop", ".claude", "skills/middle");
        watched.scribe.wait_for("the middle copy", |change| *change == middle);
        watched.scribe.wait_until("one is left", || watched.watcher.coverage().looked_at == 1);
        watched.is_told_at_once("skills/middle");
        watched.is_told_at_once("skills/small");
        assert!(!watched.scribe.take().contains(&Change::Everything));
        assert_eq!(watched.watcher.coverage().state(), WatchState::Degraded);
    }
}

#[test]
fn a_walk_that_grew_while_events_were_lost_takes_the_room_of_copies() {
    let tree = three_sizes();
    let budget = without_copies(&tree) + 25;
    let watched = Watched::with(tree, budget, Kernels::new());
    assert_eq!(watched.looked_at(WatchState::Live), 0);
    watched.kernel.lose(|| {
        for number in 0..5 {
            watched
                .tree
                .directory(format!("root/a/{number}"))
                .directory(format!("root/z/{number}"));
        }
    });
    watched.settle();
    assert!(watched.looked_at(WatchState::Degraded) >= 1);
    assert_eq!(watched.watcher.coverage().gaps.len(), 1);
    assert!(watched.watcher.coverage().gaps[0].reason.contains("copies"));
    // All that the walk lists is watched nevertheless.
    for project in ["root/a/3", "root/z/3", "root/a", "root/new", "root/shop/x"] {
        let told = watched.told(|tree| _ = tree.tracker(format!("{project}/.claude")));
        assert!(told.contains(&watched.project(project)), "{project}: {told:?}");
    }
}

#[test]
fn what_comes_when_there_is_no_room_is_looked_for_and_that_is_said() {
    let tree = || {
        let tree = TempTree::new();
        tree.directory("root");
        tree
    };
    let enough = Watched::new(tree()).watcher.coverage().watches;
    let watched = Watched::with(tree(), enough, Kernels::new());
    assert_eq!(watched.watcher.coverage().state(), WatchState::Live);
    watched.scribe.take();
    watched.tree.tracker("root/bank/.codex");
    watched.settle();
    watched.wait_for_state(|state| state == WatchState::Degraded);
    watched.scribe.wait_for("the project", |change| *change == Change::Projects);
}
