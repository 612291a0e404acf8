//! The watcher over the real inotify, and over one that loses events or has too few watches. What a
//! service answers while things change is told by the stories in `tests/it/live`.

mod deep;
mod faults;
mod limits;
mod racing;
mod recorded;
mod room;
mod scribe;
mod untold;

use std::fs;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use camino::Utf8PathBuf;
use scribe::{Kernels, Scribe};
use skillstat_domain::{Change, DirectStates, InTurn, ProfileRoot, WatchState, Watcher};

use super::kernel::Kernel;
use super::survey::Pace;
use super::*;
use crate::discovery::SearchRoot;
use crate::test_support::TempTree;
use crate::{OpenatDiscovery, Sha256Hasher, TomlDeploymentReader};

/// Fast enough for a test, slow enough to tell what is told at once from what is found by looking.
const PACE: Pace = Pace {
    look: Duration::from_millis(50),
    retry: Duration::from_millis(100),
    respite: Duration::from_millis(100),
};

/// A watched tree: `root` is the search root, `home` SkillMeat's.
struct Watched {
    tree: TempTree,
    kernel: Arc<Kernels>,
    scribe: Arc<Scribe>,
    watcher: InotifyWatcher,
}

fn options(tree: &TempTree, budget: usize) -> WatchOptions {
    let roots = vec![SearchRoot { path: tree.path("root"), required: true }];
    WatchOptions {
        discovery: DiscoveryOptions { roots, max_depth: 3, exclude: vec!["left-out".to_owned()] },
        skillmeat_home: Utf8PathBuf::try_from(tree.path("home")).unwrap(),
        budget: NonZeroUsize::new(budget).unwrap(),
        shared: Vec::new(),
    }
}

fn ports(options: &WatchOptions, scribe: &Arc<Scribe>) -> WatchPorts {
    let workers = Arc::new(InTurn);
    WatchPorts {
        discovery: Arc::new(OpenatDiscovery::new(options.discovery.clone(), workers).unwrap()),
        states: Arc::new(DirectStates::new(Arc::new(TomlDeploymentReader), Arc::new(Sha256Hasher))),
        sink: Arc::clone(scribe) as _,
        listings: None,
    }
}

impl Watched {
    fn new(tree: TempTree) -> Self {
        Self::with(tree, 100_000, Kernels::new())
    }

    /// Watches until all that can be is watched.
    fn with(tree: TempTree, budget: usize, kernel: Arc<Kernels>) -> Self {
        let options = options(&tree, budget);
        Self::over(tree, options, kernel)
    }

    fn over(tree: TempTree, options: WatchOptions, kernel: Arc<Kernels>) -> Self {
        let scribe = Arc::new(Scribe::default());
        let ports = ports(&options, &scribe);
        let watcher = InotifyWatcher::over(Arc::clone(&kernel) as _, options, ports, PACE).unwrap();
        watcher.begin();
        scribe.wait_for("everything", |change| *change == Change::Everything);
        let watched = Self { tree, kernel, scribe, watcher };
        watched.wait_for_state(|state| state != WatchState::Starting);
        watched
    }

    fn wait_for_state(&self, good: impl Fn(WatchState) -> bool) {
        self.scribe.wait_until("the state", || good(self.watcher.coverage().state()));
    }

    /// Returns what is told of a step by the time that the watcher has settled, each change once: one
    /// write can be two events, and be told twice.
    fn told(&self, step: impl FnOnce(&TempTree)) -> Vec<Change> {
        self.settle();
        self.scribe.take();
        step(&self.tree);
        self.settle();
        let mut told = self.scribe.take();
        told.sort();
        told.dedup();
        told
    }

    fn settle(&self) {
        if !self.watcher.is_settled() {
            self.watcher.settle();
        }
    }

    fn project(&self, path: &str) -> Change {
        Change::Project(self.tree.project(path))
    }

    fn content(&self, project: &str, profile_root: &str, path: &str) -> Change {
        Change::Content {
            project: self.tree.project(project),
            profile_root: ProfileRoot::new(profile_root).unwrap(),
            path: path.into(),
        }
    }
}

/// Returns a step that writes a file.
fn write(path: &'static str, text: &'static str) -> impl FnOnce(&TempTree) {
    move |tree| {
        tree.file(path, text);
    }
}

/// Returns the text of a tracker with records of these skills.
fn tracker(skills: &[&str]) -> String {
    let record = |name: &&str| {
        format!(
            "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"skill\"\nfrom_collection = \"default\"\n\
             deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"skills/{name}\"\ncontent_hash = \"{:064}\"\n",
            0
        )
    };
    skills.iter().map(record).collect()
}

fn shop() -> TempTree {
    let tree = TempTree::new();
    tree.file("root/shop/.claude/.skillmeat-deployed.toml", tracker(&["pdf", "csv"]))
        .file("root/shop/.claude/skills/pdf/SKILL.md", "# PDF")
        .file("root/shop/.claude/skills/pdf/scripts/run.py", "")
        .file("root/shop/.claude/skills/csv/SKILL.md", "# CSV")
        .file("root/shop/.claude/skills/other/SKILL.md", "")
        .file("root/shop/src/a/b/c/main.rs", "")
        .file("root/left-out/a/file", "");
    tree
}

#[test]
fn what_is_told_names_what_changed_and_no_more() {
    let watched = Watched::new(shop());
    let cases = [
        ("root/shop/.claude/skills/pdf/SKILL.md", "skills/pdf/SKILL.md"),
        ("root/shop/.claude/skills/pdf/scripts/run.py", "skills/pdf/scripts/run.py"),
        ("root/shop/.claude/skills/pdf/new/deep/file", "skills/pdf/new"),
    ];
    for (path, told) in cases {
        assert!(watched.told(write(path, "new")).contains(&watched.content(
            "root/shop",
            ".claude",
            told
        )));
    }
    let nothing = [
        "root/shop/.claude/settings.json",
        "root/shop/src/main.rs",
        "root/shop/src/a/b/c/main.rs",
        "root/shop/README.md",
        "root/left-out/a/file",
    ];
    for path in nothing {
        assert_eq!(watched.told(write(path, "new")), [], "{path}");
    }
    let text = tracker(&["pdf"]);
    let told = watched.told(|tree| {
        // At once: one that is empty for a moment has other copies when it is written.
        tree.file("root/tracker", text);
        let tracker = tree.path("root/shop/.claude/.skillmeat-deployed.toml");
        fs::rename(tree.path("root/tracker"), tracker).unwrap();
    });
    assert_eq!(told, [watched.project("root/shop")]);
}

#[test]
fn each_directory_that_counts_is_watched_and_no_other() {
    let watched = Watched::new(shop());
    let base = watched.tree.path("").components().count();
    // The ways to the root and to the collections, which are not there; the walk's directories: root,
    // shop, .claude, skills, src, a; and those of the copies: pdf, scripts, csv. Besides, what the walk
    // lists at its limit is not entered, but left-out is not even listed.
    let expected = base + 1 + 2 + 1 + 2 + 3;
    assert_eq!(watched.watcher.coverage().watches, expected);
    assert_eq!(watched.kernel.watched(), expected);
}

#[test]
fn in_directories_that_are_left_out_known_projects_are_watched_and_new_ones_are_not() {
    let tree = shop();
    let inside = "root/shop/node_modules/package/.claude";
    tree.file(format!("{inside}/.skillmeat-deployed.toml"), tracker(&["pdf"]))
        .file(format!("{inside}/skills/pdf/node_modules/x/file"), "")
        .file("root/shop/.git/objects/aa/file", "");
    let watched = Watched::new(tree);
    assert_eq!(watched.watcher.coverage().left_out, ["node_modules", ".git"]);
    let told = watched.told(write(
        "root/shop/node_modules/package/.claude/skills/pdf/node_modules/x/file",
        "new",
    ));
    let content = watched.content(
        "root/shop/node_modules/package",
        ".claude",
        "skills/pdf/node_modules/x/file",
    );
    assert_eq!(told, [content]);
    let nothing = [
        "root/shop/node_modules/new/.claude/.skillmeat-deployed.toml",
        "root/shop/.git/index",
        "root/shop/.git/objects/aa/file",
    ];
    for path in nothing {
        assert_eq!(watched.told(write(path, "")), [], "{path}");
    }
    let told = watched.told(|tree| fs::remove_dir_all(tree.path(inside)).unwrap());
    assert!(told.contains(&watched.project("root/shop/node_modules/package")));
}

#[test]
fn watches_end_with_what_they_were_for() {
    let watched = Watched::new(shop());
    let before = watched.kernel.watched();
    watched.told(|tree| {
        let text = tracker(&["pdf", "csv", "new"]);
        tree.file("root/shop/.claude/skills/new/a/b/file", "")
            .file("root/shop/.claude/.skillmeat-deployed.toml", text);
    });
    assert_eq!(watched.kernel.watched(), before + 3);
    watched.told(|tree| {
        tree.file("root/shop/.claude/.skillmeat-deployed.toml", tracker(&["csv"]));
    });
    // Those of pdf and its scripts are gone too.
    assert_eq!(watched.kernel.watched(), before - 2);
    watched.told(|tree| fs::remove_dir_all(tree.path("root/shop")).unwrap());
    assert_eq!(watched.kernel.watched(), watched.watcher.coverage().watches);
    assert_eq!(watched.kernel.watched(), watched.tree.path("").components().count() + 1);
}

#[test]
fn each_directory_is_watched_once_and_once_more_when_its_files_count() {
    // Fails when `watch` asks again for what it has asked for in the same rebuild: once for each copy.
    let tree = shop();
    for copy in 0..50 {
        tree.file(format!("root/bank/.claude/skills/{copy}/SKILL.md"), "");
    }
    let copies: Vec<_> = (0..50).map(|copy| copy.to_string()).collect();
    let copies: Vec<_> = copies.iter().map(String::as_str).collect();
    tree.file("root/bank/.claude/.skillmeat-deployed.toml", tracker(&copies));
    let watched = Watched::new(tree);
    watched.settle();
    // `.claude` and `skills` of two projects: the walk lists them before it is known that they hold copies.
    let files_count = 4;
    let asked = || watched.kernel.asked.load(Ordering::SeqCst);
    assert_eq!(asked(), watched.kernel.watched() + files_count);

    // And all once more when events were lost, now that it is known.
    let before = asked();
    watched.kernel.loses.store(true, Ordering::SeqCst);
    watched.settle();
    let again = || asked() > before && watched.watcher.coverage().state() == WatchState::Live;
    watched.scribe.wait_until("watched again", again);
    assert_eq!(asked() - before, watched.kernel.watched());
}

#[test]
fn reading_is_no_change() {
    let watched = Watched::new(shop());
    watched.settle();
    let options = options(&watched.tree, 1);
    let ports = ports(&options, &watched.scribe);
    let project = &ports.discovery.discover().value[0];
    let records = ports.states.records(project);
    for record in 0..records.records.len() {
        ports.states.state(&records, record);
    }
    assert!(watched.watcher.is_settled());
    assert_eq!(watched.kernel.pending(), 0);
}

#[test]
fn polling_finds_what_has_changed() {
    let tree = shop();
    let (options, scribe) = (options(&tree, 1), Arc::new(Scribe::default()));
    let ports = ports(&options, &scribe);
    let why = ("because it is asked for", "do not ask for it");
    let home = options.skillmeat_home;
    let watcher = PollingWatcher::at_pace(PACE, home, ports, None, why).unwrap();
    assert!(!watcher.coverage().complete);
    watcher.begin();
    scribe.wait_until("the first look", || watcher.coverage().complete);
    assert_eq!(watcher.coverage().state(), WatchState::Degraded);
    assert_eq!(watcher.coverage().method, skillstat_domain::WatchMethod::Polling);
    scribe.wait_for("the first look", |change| *change == Change::Projects);

    let shop = tree.project("root/shop");
    let content = |copy: &str| Change::Content {
        project: shop.clone(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        path: copy.into(),
    };
    scribe.take();
    tree.file("root/shop/.claude/skills/pdf/scripts/run.py", "new");
    scribe.wait_for("a script", |change| *change == content("skills/pdf"));
    scribe.take();
    tree.file("root/shop/.claude/.skillmeat-deployed.toml", tracker(&["pdf"]));
    scribe.wait_for("a tracker", |change| *change == Change::Project(shop.clone()));
    scribe.take();
    tree.tracker("root/bank/.codex");
    scribe.wait_for("a project", |change| *change == Change::Projects);
    scribe.take();
    tree.file("home/collections/default/collection.toml", "");
    scribe.wait_for("a collection", |change| *change == Change::Collections);
}

#[test]
fn a_hint_of_the_system_calls_for_a_look() {
    // Fails when `Hint` is not sent, or waits for the pause like everything else.
    let tree = shop();
    tree.file("home/config.toml", "");
    let (options, scribe) = (options(&tree, 1), Arc::new(Scribe::default()));
    let ports = ports(&options, &scribe);
    let never = Duration::from_hours(1);
    let pace = Pace { look: never, ..PACE };
    let roots: Vec<_> = options.discovery.roots.iter().map(|root| root.path.clone()).collect();
    let why = ("because it is asked for", "do not ask for it");
    let hinted = |roots| {
        let (home, ports) = (options.skillmeat_home.clone(), ports.clone());
        let watcher = PollingWatcher::at_pace(pace, home, ports, Some(roots), why).unwrap();
        watcher.begin();
        scribe.wait_until("the first look", || watcher.coverage().complete);
        watcher
    };
    let watcher = hinted(roots);
    assert_eq!(watcher.coverage().method, skillstat_domain::WatchMethod::Notify);
    assert_eq!(watcher.coverage().gaps.len(), 1);
    scribe.take();
    tree.file("root/shop/.claude/skills/pdf/scripts/run.py", "new");
    let script = Change::Content {
        project: tree.project("root/shop"),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        path: "skills/pdf".into(),
    };
    scribe.wait_for("a script", |change| *change == script);
    scribe.take();
    tree.tracker("root/bank/.codex");
    scribe.wait_for("a project", |change| *change == Change::Projects);
    scribe.take();
    tree.file("home/collections/default/collection.toml", "");
    scribe.wait_for("a collection", |change| *change == Change::Collections);
    drop(watcher);

    let gaps = hinted(vec![tree.path("nowhere")]).coverage().gaps.clone();
    assert_eq!(gaps.len(), 2);
    assert!(gaps[0].path.ends_with("nowhere"), "{gaps:?}");
}
