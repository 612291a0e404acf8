//! Watching what the first scan has listed, without listing it again; and what the next scan finds that came
//! or went in between.

use std::path::Path;

use rustix::fs::FileType;
use skillstat_domain::{ProjectDiscovery, ProjectPath, ProjectStates};

use super::*;
use crate::listings::{CopyListing, Entries, Listings};
use crate::test_support::name;
use crate::{ReportingHasher, ReportingStates};

/// A watched tree that was scanned before.
struct Scanned {
    watched: Watched,
    listings: Arc<Listings>,
    discovery: Arc<dyn ProjectDiscovery>,
    states: Arc<dyn ProjectStates>,
}

impl Scanned {
    /// Scans, lets something happen, and watches.
    fn then(tree: TempTree, between: impl FnOnce(&TempTree)) -> Self {
        Self::over(tree, Arc::new(Listings::new()), between)
    }

    fn over(tree: TempTree, listings: Arc<Listings>, between: impl FnOnce(&TempTree)) -> Self {
        let (options, scribe) = (options(&tree, 100_000), Arc::new(Scribe::default()));
        let discovery = OpenatDiscovery::new(options.discovery.clone(), Arc::new(InTurn)).unwrap();
        let hasher = Arc::new(ReportingHasher::new(Arc::clone(&listings)));
        let states = Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), hasher));
        let ports = WatchPorts {
            discovery: Arc::new(discovery.reporting(Arc::clone(&listings))),
            states: Arc::new(ReportingStates::new(states, Arc::clone(&listings))),
            sink: Arc::clone(&scribe) as _,
            listings: Some(Arc::clone(&listings)),
        };
        let (discovery, states) = (Arc::clone(&ports.discovery), Arc::clone(&ports.states));
        scan(&*discovery, &*states);
        between(&tree);
        let kernel = Kernels::new();
        let watcher = InotifyWatcher::over(Arc::clone(&kernel) as _, options, ports, PACE).unwrap();
        watcher.begin();
        let watched = Watched { tree, kernel, scribe, watcher };
        watched.wait_for_state(|state| state == WatchState::Live);
        Self { watched, listings, discovery, states }
    }

    /// Returns what is told of what another scan finds.
    fn scan(&self) -> Vec<Change> {
        self.watched.told(|_| scan(&*self.discovery, &*self.states))
    }
}

/// Lists everything: what the walk enters, and all copies.
fn scan(discovery: &dyn ProjectDiscovery, states: &dyn ProjectStates) {
    for project in discovery.discover().value {
        read(states, &project);
    }
}

/// Reads the trackers and copies of a project.
fn read(states: &dyn ProjectStates, project: &ProjectPath) {
    let records = states.records(project);
    for record in 0..records.records.len() {
        states.state(&records, record);
    }
}

#[test]
fn each_directory_is_watched_by_one_call_and_no_other_than_without_a_scan() {
    let scanned = Scanned::then(shop(), |_| ());
    let plain = Watched::new(shop());
    let kernel = &scanned.watched.kernel;
    // Once more for `skills`: the walk lists it before it is known that it holds copies.
    assert_eq!(kernel.asked.load(Ordering::SeqCst), kernel.watched() + 1);
    let base = |watched: &Watched| watched.tree.path("").components().count();
    assert_eq!(kernel.watched() - base(&scanned.watched), plain.kernel.watched() - base(&plain));
    assert_eq!(scanned.scan(), []);
    assert!(scanned.listings.begin().is_none(), "all is verified");
    let told = scanned.watched.told(write("root/shop/.claude/skills/pdf/scripts/run.py", "new"));
    let path = "skills/pdf/scripts/run.py";
    assert_eq!(told, [scanned.watched.content("root/shop", ".claude", path)]);
}

#[test]
fn a_directory_that_came_into_a_copy_in_between_is_found_and_followed() {
    let scanned = Scanned::then(shop(), |tree| {
        tree.file("root/shop/.claude/skills/pdf/new/deep/file", "");
    });
    let watched = &scanned.watched;
    // The whole copy is looked at again.
    let came = [watched.content("root/shop", ".claude", "skills/pdf")];
    let file = "root/shop/.claude/skills/pdf/new/deep/file";
    assert_eq!(watched.told(write(file, "1")), [], "what was recorded was taken");
    assert_eq!(scanned.scan(), came);
    let touched = [watched.content("root/shop", ".claude", "skills/pdf/new/deep/file")];
    assert_eq!(watched.told(write(file, "2")), touched);
    assert_eq!(scanned.scan(), []);
}

#[test]
fn what_a_scan_finds_is_told_unasked() {
    let scanned = Scanned::then(shop(), |tree| {
        tree.directory("root/shop/.claude/skills/pdf/new");
    });
    let watched = &scanned.watched;
    scan(&*scanned.discovery, &*scanned.states);
    let came = watched.content("root/shop", ".claude", "skills/pdf");
    watched.scribe.wait_for("the new directory", |change| *change == came);
    watched.scribe.wait_until("settled", || watched.watcher.is_settled());
}

#[test]
fn a_project_that_came_in_between_is_found_and_followed() {
    let scanned = Scanned::then(shop(), |tree| {
        tree.file("root/bank/.claude/.skillmeat-deployed.toml", tracker(&["pdf"]))
            .file("root/bank/.claude/skills/pdf/SKILL.md", "")
            .file("root/shop/.codex/.skillmeat-deployed.toml", tracker(&["csv"]))
            .file("root/shop/.codex/skills/csv/SKILL.md", "");
    });
    let watched = &scanned.watched;
    let came = [
        Change::Projects,
        watched.project("root/bank"),
        watched.project("root/shop"),
        watched.content("root/bank", ".claude", "skills/pdf"),
        watched.content("root/shop", ".codex", "skills/csv"),
    ];
    assert_eq!(scanned.scan(), came);
    for (project, root, path) in [
        ("root/bank", ".claude", "skills/pdf/SKILL.md"),
        ("root/shop", ".codex", "skills/csv/SKILL.md"),
    ] {
        let touched = [watched.content(project, root, path)];
        let told = watched.told(|tree| {
            tree.file(format!("{project}/{root}/{path}"), "new");
        });
        assert_eq!(told, touched);
    }
}

#[test]
fn what_a_scan_has_found_and_is_gone_before_it_is_looked_for_is_told() {
    let scanned = Scanned::then(shop(), |tree| {
        tree.file("root/bank/.claude/.skillmeat-deployed.toml", tracker(&["pdf"]));
    });
    let watched = &scanned.watched;
    watched.scribe.take();
    watched.kernel.while_nobody_reads(|| {
        scan(&*scanned.discovery, &*scanned.states);
        fs::remove_dir_all(watched.tree.path("root/bank")).unwrap();
    });
    watched.watcher.settle();
    assert_eq!(watched.scribe.take(), [Change::Projects]);
}

#[test]
fn a_project_that_came_in_between_where_nobody_watches_is_found_and_followed() {
    let tree = shop();
    tree.file("root/shop/node_modules/a/file", "").tracker("root/shop/node_modules/.claude");
    let scanned = Scanned::then(tree, |tree| {
        tree.file("root/shop/node_modules/b/.x/.skillmeat-deployed.toml", tracker(&["pdf"]))
            .file("root/shop/node_modules/b/.x/skills/pdf/SKILL.md", "");
    });
    let watched = &scanned.watched;
    let came = watched.project("root/shop/node_modules/b");
    assert!(scanned.scan().contains(&came));
    let file = "root/shop/node_modules/b/.x/skills/pdf/SKILL.md";
    let touched = [watched.content("root/shop/node_modules/b", ".x", "skills/pdf/SKILL.md")];
    assert_eq!(watched.told(write(file, "new")), touched);
}

#[test]
fn a_tracker_that_came_where_only_a_way_is_watched_is_found() {
    let (at, store) = ("root/shop/node_modules/a", "root/elsewhere");
    let tree = shop();
    tree.file(format!("{at}/.y/skills/pdf/SKILL.md"), "")
        .file(format!("{store}/.skillmeat-deployed.toml"), tracker(&["csv"]))
        .file(format!("{store}/skills/csv/SKILL.md"), "")
        .link(format!("{at}/.x"), "../../../elsewhere");
    let scanned = Scanned::then(tree, |tree| {
        tree.file(format!("{at}/.y/.skillmeat-deployed.toml"), tracker(&["pdf"]));
    });
    let watched = &scanned.watched;
    assert!(scanned.scan().contains(&watched.project(at)));
    let touched = [watched.content(at, ".y", "skills/pdf/SKILL.md")];
    let told = watched.told(|tree| {
        tree.file(format!("{at}/.y/skills/pdf/SKILL.md"), "new");
    });
    assert_eq!(told, touched);
}

#[test]
fn of_a_copy_that_nobody_had_read_the_listings_of_the_walk_are_not_relied_on() {
    let tree = TempTree::new();
    tree.file("root/.claude/.skillmeat-deployed.toml", tracker(&["csv"]))
        .file("root/.claude/skills/csv/SKILL.md", "")
        .file("root/.claude/skills/pdf/SKILL.md", "");
    let scanned = Scanned::then(tree, |tree| {
        tree.file("root/.claude/.skillmeat-deployed.toml", tracker(&["csv", "pdf"]))
            .file("root/.claude/skills/pdf/new/file", "");
    });
    // Without a walk.
    let project = scanned.watched.tree.project("root");
    scanned.watched.told(|_| read(&*scanned.states, &project));
    let told = scanned.watched.told(write("root/.claude/skills/pdf/new/file", "1"));
    assert_eq!(told, [scanned.watched.content("root", ".claude", "skills/pdf/new/file")]);
}

#[test]
fn a_tracker_that_came_or_went_in_between_is_found() {
    let tree = shop();
    tree.file("root/bank/.claude/skills/pdf/SKILL.md", "");
    let scanned = Scanned::then(tree, |tree| {
        tree.file("root/bank/.claude/.skillmeat-deployed.toml", tracker(&["pdf"]));
        fs::remove_file(tree.path("root/shop/.claude/.skillmeat-deployed.toml")).unwrap();
    });
    let watched = &scanned.watched;
    let found = [
        Change::Projects,
        watched.project("root/bank"),
        watched.project("root/shop"),
        watched.content("root/bank", ".claude", "skills/pdf"),
    ];
    assert_eq!(scanned.scan(), found);
    let touched = [watched.content("root/bank", ".claude", "skills/pdf/SKILL.md")];
    assert_eq!(watched.told(write("root/bank/.claude/skills/pdf/SKILL.md", "new")), touched);
}

#[test]
fn a_tracker_that_came_or_went_in_between_where_the_walk_ends_is_found() {
    let tree = shop();
    let at = |project: &str| format!("root/1/2/{project}/.claude/.skillmeat-deployed.toml");
    let copy = |project: &str| format!("root/1/2/{project}/.claude/skills/pdf/SKILL.md");
    tree.file(at("3"), tracker(&["pdf"])).file(copy("3"), "").file(copy("4"), "");
    let scanned = Scanned::then(tree, |tree| {
        fs::remove_file(tree.path(at("3"))).unwrap();
        tree.file(at("4"), tracker(&["pdf"]));
    });
    let watched = &scanned.watched;
    let found = [
        Change::Projects,
        watched.project("root/1/2/3"),
        watched.project("root/1/2/4"),
        watched.content("root/1/2/4", ".claude", "skills/pdf"),
    ];
    assert_eq!(scanned.scan(), found);
    let told = watched.told(|tree| {
        tree.file(copy("4"), "new").file(copy("3"), "new").file(at("4"), tracker(&["pdf", "csv"]));
    });
    let touched = watched.content("root/1/2/4", ".claude", "skills/pdf/SKILL.md");
    assert!(told.contains(&touched) && told.contains(&watched.project("root/1/2/4")), "{told:?}");
    assert!(!told.iter().any(|it| matches!(it, Change::Content { project, .. }
        if *project == watched.tree.project("root/1/2/3"))));
}

#[test]
fn a_directory_that_went_in_between_is_found_and_followed_when_it_is_there_again() {
    let scanned = Scanned::then(shop(), |tree| {
        fs::remove_dir_all(tree.path("root/shop/.claude/skills/pdf/scripts")).unwrap();
        // A link in the place of a directory, to where no copy is.
        fs::rename(tree.path("root/shop/.claude/skills/csv"), tree.path("root/csv")).unwrap();
        tree.link("root/shop/.claude/skills/csv", "../../../csv");
    });
    let watched = &scanned.watched;
    let told = scanned.scan();
    assert!(told.contains(&watched.content("root/shop", ".claude", "")), "a link: {told:?}");
    let file = "root/shop/.claude/skills/pdf/scripts/run.py";
    assert!(!watched.told(write(file, "1")).is_empty());
    assert!(!watched.told(write(file, "2")).is_empty());
}

#[test]
fn what_lies_behind_a_directory_that_was_away_for_a_moment_is_watched() {
    let tree = shop();
    for directory in ["scripts/lib", "zoo/deep"] {
        tree.file(format!("root/shop/.claude/skills/pdf/{directory}/file"), "");
    }
    let (scripts, away) = ("root/shop/.claude/skills/pdf/scripts", "root/away");
    let scanned = Scanned::then(tree, |tree| {
        fs::rename(tree.path(scripts), tree.path(away)).unwrap();
    });
    let watched = &scanned.watched;
    watched.told(|tree| fs::rename(tree.path(away), tree.path(scripts)).unwrap());
    // It is as it was recorded, so there is no news.
    assert_eq!(scanned.scan(), []);
    for file in ["scripts/run.py", "scripts/lib/file", "zoo/file", "zoo/deep/file"] {
        let told = watched.told(|tree| {
            tree.file(format!("root/shop/.claude/skills/pdf/{file}"), "new");
        });
        assert_eq!(told, [watched.content("root/shop", ".claude", &format!("skills/pdf/{file}"))]);
    }
}

#[test]
fn a_copy_that_was_a_file_and_is_a_link_or_a_directory_by_now_is_found_and_followed() {
    let tree = shop();
    let copies = ["link", "directory", "gone"];
    tree.file("root/bank/.claude/.skillmeat-deployed.toml", tracker(&copies))
        .file("root/bank/.claude/text", "");
    for copy in copies {
        tree.file(format!("root/bank/.claude/skills/{copy}"), "");
    }
    let scanned = Scanned::then(tree, |tree| {
        for copy in copies {
            fs::remove_file(tree.path(format!("root/bank/.claude/skills/{copy}"))).unwrap();
        }
        tree.link("root/bank/.claude/skills/link", "../text")
            .file("root/bank/.claude/skills/directory/deep/file", "");
    });
    let watched = &scanned.watched;
    assert_eq!(
        watched.told(write("root/bank/.claude/text", "1")),
        [],
        "what was recorded was taken"
    );
    let whole = watched.content("root/bank", ".claude", "");
    assert!(scanned.scan().contains(&whole), "a link has to do with copies");
    for file in ["text", "skills/directory/deep/file", "skills/gone/file"] {
        let told = watched.told(|tree| {
            tree.file(format!("root/bank/.claude/{file}"), "2");
        });
        assert_eq!(told, std::slice::from_ref(&whole), "{file}");
    }
    assert_eq!(scanned.scan(), []);
}

#[test]
fn a_copy_that_cannot_be_read_by_now_is_looked_at_again() {
    let scanned = Scanned::then(shop(), |tree| {
        // Whatever else is in it: nobody has listed that.
        tree.file("root/shop/.claude/skills/pdf/new/deep/file", "")
            .file(Path::new("root/shop/.claude/skills/pdf").join(name(b"\xff")), "");
    });
    let watched = &scanned.watched;
    let came = [watched.content("root/shop", ".claude", "skills/pdf")];
    assert_eq!(scanned.scan(), came);
    let touched = [watched.content("root/shop", ".claude", "skills/pdf/new/deep/file")];
    assert_eq!(watched.told(write("root/shop/.claude/skills/pdf/new/deep/file", "1")), touched);
    assert_eq!(scanned.scan(), []);
}

#[test]
fn what_a_scan_lists_that_began_before_all_was_watched_is_not_relied_on() {
    let listings = Arc::new(Listings::new());
    let early = listings.begin().unwrap();
    let scanned = Scanned::over(shop(), Arc::clone(&listings), |tree| {
        tree.directory("root/shop/.claude/skills/pdf/new");
    });
    let (mut above, mut before) = (Entries::default(), CopyListing::default());
    above.note(b"scripts", FileType::Directory);
    before.add(&above);
    before.add(&Entries::default());
    early.report_copy(&scanned.watched.tree.path("root/shop/.claude/skills/pdf"), Some(&before));
    let came = scanned.watched.content("root/shop", ".claude", "skills/pdf");
    assert_eq!(scanned.scan(), [came]);
}

#[test]
fn after_events_were_lost_nothing_recorded_is_taken() {
    let scanned = Scanned::then(shop(), |tree| {
        tree.file("root/shop/.claude/skills/pdf/new/file", "");
    });
    let watched = &scanned.watched;
    watched.scribe.take();
    watched.kernel.loses.store(true, Ordering::SeqCst);
    watched.watcher.settle();
    watched.wait_for_state(|state| state == WatchState::Live);
    let touched = [watched.content("root/shop", ".claude", "skills/pdf/new/file")];
    assert_eq!(watched.told(write("root/shop/.claude/skills/pdf/new/file", "1")), touched);
    assert!(scanned.listings.begin().is_none(), "nothing is left to be verified");
}
