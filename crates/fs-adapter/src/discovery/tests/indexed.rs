//! The walk that remembers: what it knows it does not look up again, and what has changed it sees.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::discovery::remembered::{Line, Remembered, Written};
use crate::index::Key;

/// A process that lists everything and compares.
fn checking(tree: &TempTree, cache: &TempTree) -> (IndexedHasher, IndexedDiscovery) {
    let index = IndexedHasher::new(cache.path("index")).checking();
    let plain = OpenatDiscovery::new(options(tree), Arc::new(InTurn)).unwrap();
    let discovery = IndexedDiscovery::new(Arc::new(plain), &index);
    (index, discovery)
}

/// Walks and keeps what was found; returns that, and whether anything was new.
#[track_caller]
fn ask(tree: &TempTree, cache: &TempTree) -> (Scanned<Vec<ProjectPath>>, bool) {
    let (index, discovery) = process(&options(tree), &(Arc::new(InTurn) as _), cache);
    (discovery.discover(), index.keep().unwrap())
}

fn plainly(tree: &TempTree) -> Scanned<Vec<ProjectPath>> {
    OpenatDiscovery::new(options(tree), Arc::new(InTurn)).unwrap().discover()
}

/// A tree with projects at several depths, and an index that knows it.
fn known() -> (TempTree, TempTree) {
    let (tree, cache) = (TempTree::new(), TempTree::new());
    tree.tracker("top/.claude").tracker("top/a/.claude").tracker("top/a/b/.codex");
    tree.directory("top/c/d/.empty").directory("top/.git/objects/x").directory("top/a/b/.empty");
    settle();
    assert_eq!(ask(&tree, &cache), (plainly(&tree), true));
    (tree, cache)
}

#[test]
fn what_is_known_is_not_new() {
    let (tree, cache) = known();
    assert_eq!(ask(&tree, &cache), (plainly(&tree), false));
}

#[test]
fn every_change_is_seen() {
    let changes: [fn(&TempTree); 14] = [
        |tree| {
            tree.tracker("top/c/.claude");
        },
        |tree| {
            tree.tracker("top/c/d/.empty");
        },
        |tree| {
            tree.tracker("top/a/new/.claude");
        },
        |tree| {
            tree.tracker("new/.claude");
        },
        |tree| {
            tree.file("top/c/.claude/.skillstat-intent", "");
        },
        |tree| fs::remove_file(tree.path("top/a/b/.codex").join(TRACKER_FILE)).unwrap(),
        |tree| fs::remove_file(tree.path("top/a/.claude").join(TRACKER_FILE)).unwrap(),
        |tree| fs::remove_dir_all(tree.path("top/a")).unwrap(),
        |tree| fs::rename(tree.path("top/a"), tree.path("top/z")).unwrap(),
        |tree| fs::rename(tree.path("top/a/b"), tree.path("top/c/b")).unwrap(),
        |tree| fs::rename(tree.path("top/a/b/.codex"), tree.path("top/a/b/codex")).unwrap(),
        |tree| fs::rename(tree.path("top"), tree.path("other")).unwrap(),
        |tree| {
            fs::rename(tree.path("top/a"), tree.path("away")).unwrap();
            tree.link("top/a", "../away");
        },
        |tree| {
            fs::rename(tree.path("top/a/b/.codex"), tree.path("away")).unwrap();
            tree.link("top/a/b/.codex", "nowhere");
        },
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let (tree, cache) = known();
        let before = plainly(&tree);
        change(&tree);
        assert_ne!(plainly(&tree), before, "{number} changes nothing");
        settle();
        assert_eq!(ask(&tree, &cache), (plainly(&tree), true), "{number}");
        assert_eq!(ask(&tree, &cache), (plainly(&tree), false), "{number}");
    }
}

#[test]
fn what_lies_behind_a_link_is_looked_at_each_time() {
    let (tree, cache) = (TempTree::new(), TempTree::new());
    tree.directory("shared").link("top/a/.claude", "../../shared");
    settle();
    assert_eq!(ask(&tree, &cache).0.value, []);
    tree.tracker("shared");
    assert_eq!(ask(&tree, &cache).0.value, [tree.project("top/a")]);
}

#[test]
fn what_changed_within_a_tick_is_not_trusted() {
    let (tree, cache) = (TempTree::new(), TempTree::new());
    tree.directory("top/a/.claude");
    // By a clock that stands long ago, nothing is ever over.
    let index = IndexedHasher::with_clock(cache.path("index"), || (1, 0));
    let plain = OpenatDiscovery::new(options(&tree), Arc::new(InTurn)).unwrap();
    IndexedDiscovery::new(Arc::new(plain), &index).discover();
    assert!(index.keep().unwrap());
    let key = key(&tree);
    let (store, _) = index_of(&cache).shared();
    let entry = store.entry(key).expect("it is kept");
    let remembered = Remembered::parse(entry);
    assert_eq!((0..3).filter_map(|at| remembered.line(at)?.stamp).count(), 0);
}

#[test]
fn a_closed_directory_is_told_each_time() {
    let (tree, cache) = (TempTree::new(), TempTree::new());
    tree.tracker("top/a/.claude").directory("top/closed");
    fs::set_permissions(tree.path("top/closed"), Permissions::from_mode(0o000)).unwrap();
    settle();
    for _ in 0..3 {
        assert_eq!(ask(&tree, &cache).0, plainly(&tree));
    }
}

fn index_of(cache: &TempTree) -> IndexedHasher {
    IndexedHasher::new(cache.path("index"))
}

/// Names what is known of the walk below `top`.
fn key(tree: &TempTree) -> Key {
    let identity = OpenatDiscovery::new(options(tree), Arc::new(InTurn)).unwrap().plan.identity();
    let bytes = |path: &Path| path.as_os_str().as_encoded_bytes().to_vec();
    Key::of_walk(&[&identity, &bytes(&tree.path(""))], &bytes(&tree.path("top")))
}

#[test]
fn checking_finds_what_no_stamp_tells() {
    let (tree, cache) = known();
    let (fine, discovery) = checking(&tree, &cache);
    assert_eq!(discovery.discover(), plainly(&tree));
    assert_eq!((fine.untrue(), fine.keep().unwrap()), (Vec::new(), false));

    // One directory less, as if it had come without a trace.
    let liar = index_of(&cache);
    let (store, _) = liar.shared();
    let entry = store.entry(key(&tree)).unwrap().to_vec();
    let remembered = Remembered::parse(&entry);
    let mut written = Written::default();
    let lines = (0..).map_while(|at| remembered.line(at));
    lines.filter(|line| line.name != b".codex").for_each(|line| written.add(&line));
    store.note(key(&tree), written.into_bytes());
    assert!(liar.keep().unwrap());

    assert_eq!(ask(&tree, &cache).0.value, ["top", "top/a"].map(|path| tree.project(path)));
    let (found, discovery) = checking(&tree, &cache);
    assert_eq!(discovery.discover(), plainly(&tree));
    let untrue = found.untrue();
    assert_eq!(untrue.len(), 1, "{untrue:?}");
    assert_eq!(untrue[0].path, tree.path("top/a/b").to_str().unwrap());
    // It has been put right.
    assert!(found.keep().unwrap());
    assert_eq!(ask(&tree, &cache), (plainly(&tree), false));
}

#[test]
fn bytes_that_make_no_sense_are_nothing() {
    let (tree, cache) = known();
    let (store, _) = index_of(&cache).shared();
    let entry = store.entry(key(&tree)).unwrap();
    for length in 0..entry.len() {
        let lines = (0..).map_while(|at| Remembered::parse(&entry[..length]).line(at)).count();
        let whole = Remembered::parse(&entry[..length]);
        assert!(whole.below(0).all(|at| at < lines.max(1)));
    }
    let line =
        |level| Line { level, is_walked: true, is_profile_root: false, name: b"a", stamp: None };
    for levels in [&[1][..], &[0, 0], &[0, 2], &[0, 1, 0]] {
        let mut written = Written::default();
        for &level in levels {
            written.add(&line(level));
        }
        let bytes = written.into_bytes();
        assert!(Remembered::parse(&bytes).line(0).is_none(), "{levels:?}");
    }
}

#[test]
fn other_globs_and_depths_are_other_walks() {
    let (tree, cache) = known();
    for exclude in [&["b"][..], &["**/top/a"], &["b", "c"], &[]] {
        for max_depth in [0, 1, 2, 3, 4, usize::MAX] {
            let exclude = exclude.iter().map(|&glob| glob.to_owned()).collect();
            let options = DiscoveryOptions { max_depth, exclude, ..options(&tree) };
            let workers: Arc<dyn Workers> = Arc::new(InTurn);
            let plain = OpenatDiscovery::new(options.clone(), Arc::clone(&workers)).unwrap();
            for _ in 0..2 {
                let (index, discovery) = process(&options, &workers, &cache);
                assert_eq!(discovery.discover(), plain.discover());
                let _new = index.keep().unwrap();
            }
        }
    }
}
