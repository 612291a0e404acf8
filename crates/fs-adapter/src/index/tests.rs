//! The index against reading everything, which it must never contradict.

mod damaged;
mod histories;
mod kept;
mod links;
mod reported;

use std::path::PathBuf;
use std::sync::OnceLock;

use camino::Utf8Path;
use skillstat_domain::{ProblemKind, ProfileRoot};

use super::*;
use crate::Sha256Hasher;
use crate::test_support::{TempTree, settle};

/// Where the copy of most of these tests lies in a tree.
const COPY: &str = "shop/.claude/skills/x";

/// No copy has this hash.
const OTHER: ContentHash = ContentHash::from_bytes([7; 32]);

/// Where the index of a tree lies.
fn directory(tree: &TempTree) -> PathBuf {
    tree.path("cache/skillstat")
}

/// What another process has.
fn process(tree: &TempTree) -> IndexedHasher {
    IndexedHasher::new(directory(tree))
}

/// Asks about a copy below `shop/.claude`.
fn at<T>(tree: &TempTree, path: &str, ask: impl FnOnce(&CopyLocation<'_>) -> T) -> T {
    ask(&CopyLocation {
        project: &tree.project("shop"),
        profile_root: &ProfileRoot::new(".claude").unwrap(),
        path: Utf8Path::new(path),
    })
}

fn hash(hasher: &IndexedHasher, tree: &TempTree) -> Result<ContentHash, HashError> {
    at(tree, "skills/x", |copy| hasher.hash(copy))
}

/// A tree with a copy of two files that has been asked about, and of which the index knows.
fn known() -> TempTree {
    let tree = TempTree::new();
    tree.file(format!("{COPY}/SKILL.md"), "text\n").file(format!("{COPY}/lib/run.py"), "1\n");
    learn(&tree);
    tree
}

/// Asks about the copy and keeps that.
#[track_caller]
fn learn(tree: &TempTree) {
    settle();
    let first = process(tree);
    hash(&first, tree).unwrap();
    assert!(first.keep().unwrap(), "there is something new");
}

/// Checks that another process gives the same answers as reading does, and whether it has to read.
#[track_caller]
fn check(tree: &TempTree, expected: IndexUse) {
    let other = process(tree);
    at(tree, "skills/x", |copy| {
        assert_eq!(other.hash(copy), Sha256Hasher.hash(copy));
    });
    assert_eq!(other.used(), expected);
}

const VOUCHED: IndexUse = IndexUse { vouched: 1, read: 0 };
const READ: IndexUse = IndexUse { vouched: 0, read: 1 };

#[test]
fn what_has_not_changed_is_not_read_again() {
    let tree = known();
    check(&tree, VOUCHED);
    // A copy that is a file.
    let tree = TempTree::new();
    tree.file(COPY, "text");
    learn(&tree);
    check(&tree, VOUCHED);
}

#[test]
fn every_change_is_seen() {
    let changes: [fn(&TempTree); 8] = [
        |tree| {
            tree.file(format!("{COPY}/SKILL.md"), "Text\n");
        },
        |tree| {
            tree.file(format!("{COPY}/lib/new"), "");
        },
        |tree| fs::remove_file(tree.path(format!("{COPY}/lib/run.py"))).unwrap(),
        |tree| {
            let to = tree.path(format!("{COPY}/lib/walk.py"));
            fs::rename(tree.path(format!("{COPY}/lib/run.py")), to).unwrap();
        },
        |tree| {
            fs::rename(tree.path(COPY), tree.path("away")).unwrap();
            tree.file(format!("{COPY}/SKILL.md"), "text\n");
        },
        |tree| {
            fs::remove_dir_all(tree.path(COPY)).unwrap();
            tree.file(COPY, "text\n");
        },
        |tree| {
            tree.link(format!("{COPY}/link"), "SKILL.md");
        },
        |tree| {
            tree.directory(format!("{COPY}/empty"));
        },
    ];
    for change in changes {
        let tree = known();
        change(&tree);
        check(&tree, READ);
    }
}

#[test]
fn a_copy_that_is_gone_is_missing() {
    let tree = known();
    fs::remove_dir_all(tree.path(COPY)).unwrap();
    assert_eq!(hash(&process(&tree), &tree), Err(HashError::Missing));
}

#[test]
fn what_a_modified_copy_is_told_by_is_known_too() {
    let tree = TempTree::new();
    // More than is kept of one reading, so that it is read twice.
    for (size, end) in [(3, "\r\n"), (30_000, "\r\n"), (3, "\n"), (30_000, "\n")] {
        let text = format!("x{end}").repeat(size);
        tree.file(format!("{COPY}/a"), &text).file(format!("{COPY}/b/__pycache__/c"), &text);
        settle();
        at(&tree, "skills/x", |copy| {
            let first = process(&tree);
            let difference = Sha256Hasher.difference(copy, OTHER);
            assert_eq!(first.difference(copy, OTHER), difference);
            assert!(first.keep().unwrap());
            let second = process(&tree);
            assert_eq!(second.difference(copy, OTHER), difference);
            assert_eq!(second.hash(copy), Sha256Hasher.hash(copy));
            let same = second.hash(copy).unwrap();
            assert_eq!(second.difference(copy, same), Ok(None));
            assert_eq!(second.used(), IndexUse { vouched: 4, read: 0 });
            assert!(!second.keep().unwrap(), "nothing is new");
        });
    }
}

#[test]
fn what_was_only_hashed_is_read_when_it_differs() {
    let tree = known();
    at(&tree, "skills/x", |copy| {
        let second = process(&tree);
        assert_eq!(second.difference(copy, OTHER), Sha256Hasher.difference(copy, OTHER));
        assert_eq!(second.used(), READ);
        assert!(second.keep().unwrap());
        let third = process(&tree);
        assert_eq!(third.difference(copy, OTHER), Sha256Hasher.difference(copy, OTHER));
        assert_eq!(third.used(), VOUCHED);
    });
}

#[test]
fn originals_are_known_too() {
    let tree = TempTree::new();
    tree.file("work/skills/x/SKILL.md", "a\r\n").file("work/skills/x/lib/run.py", "1\n");
    settle();
    let collection = tree.path("work");
    let original = OriginalLocation {
        collection: Utf8Path::from_path(&collection).unwrap(),
        path: Utf8Path::new("skills/x"),
    };
    let traits = Sha256Hasher.examine(&original);
    let first = process(&tree);
    assert_eq!(first.examine(&original), traits);
    assert!(first.keep().unwrap());
    let second = process(&tree);
    assert_eq!(second.examine(&original), traits);
    assert_eq!(second.used(), VOUCHED);
}

#[test]
fn what_changed_within_a_tick_is_not_trusted() {
    // By a clock that stands where the stamp was made.
    static MADE: OnceLock<Moment> = OnceLock::new();
    let tree = TempTree::new();
    tree.file(COPY, "text");
    settle();
    let stat = rustix::fs::stat(tree.path(COPY)).unwrap();
    MADE.set((stat.st_ctime, i64::try_from(stat.st_ctime_nsec).unwrap())).unwrap();
    let racy = IndexedHasher::with_clock(directory(&tree), || *MADE.get().unwrap());
    assert!(hash(&racy, &tree).is_ok());
    assert!(!racy.keep().unwrap(), "nothing could be trusted");
    check(&tree, READ);
}

#[test]
fn checking_reads_everything_and_finds_what_no_stamp_tells() {
    let tree = known();
    let checking = || process(&tree).checking();
    let fine = checking();
    assert!(hash(&fine, &tree).is_ok());
    assert_eq!((fine.used(), fine.untrue()), (READ, Vec::new()));
    assert!(!fine.keep().unwrap(), "nothing is new");

    lie(&tree);
    let truth = at(&tree, "skills/x", |copy| Sha256Hasher.hash(copy));
    assert_ne!(hash(&process(&tree), &tree), truth, "there is a lie to be found");
    let found = checking();
    assert_eq!(hash(&found, &tree), truth);
    let untrue = found.untrue();
    assert_eq!(untrue.len(), 1, "{untrue:?}");
    assert_eq!(untrue[0].path, tree.path(COPY).to_str().unwrap());
    assert_eq!(untrue[0].kind, ProblemKind::UntrueIndex);
    // It has been put right.
    assert!(found.keep().unwrap());
    check(&tree, VOUCHED);
}

#[test]
fn what_changes_while_it_is_checked_is_no_lie() {
    // The clock is read between what the index says and what is read.
    static COPY_FILE: OnceLock<PathBuf> = OnceLock::new();
    let tree = known();
    COPY_FILE.set(tree.path(format!("{COPY}/SKILL.md"))).unwrap();
    let checking = IndexedHasher::with_clock(directory(&tree), || {
        fs::write(COPY_FILE.get().unwrap(), "meanwhile").unwrap();
        now()
    });
    let checking = checking.checking();
    let truth = hash(&checking, &tree);
    assert_eq!(truth, at(&tree, "skills/x", |copy| Sha256Hasher.hash(copy)));
    assert_eq!(checking.untrue(), []);
}

#[cfg(target_os = "linux")]
#[test]
fn what_has_stamps_that_nobody_vouches_for_is_read_each_time() {
    let original =
        OriginalLocation { collection: "/proc/sys".into(), path: "kernel/ostype".into() };
    let tree = TempTree::new();
    let first = process(&tree);
    first.examine(&original).unwrap();
    settle();
    let again = process(&tree);
    assert_eq!(again.examine(&original), Sha256Hasher.examine(&original));
    assert!(!again.keep().unwrap(), "the system makes these files up");
}

#[test]
fn once_retired_everything_is_read() {
    let tree = known();
    lie(&tree);
    let retired = process(&tree);
    retired.retire();
    at(&tree, "skills/x", |copy| assert_eq!(retired.hash(copy), Sha256Hasher.hash(copy)));
    assert!(!retired.keep().unwrap());
}

/// Has the index say something else of the copy than what is there, as if a byte had changed by itself.
fn lie(tree: &TempTree) {
    let copy = at(tree, "skills/x", |copy| key(&ContentLocation::Copy(*copy)));
    let (read, fingerprint) = at(tree, "skills/x", |copy| {
        let content = ContentLocation::Copy(*copy);
        contained::read(&content, None, || Recorder::new(Sha256::new())).unwrap().0.finish()
    });
    drop(read);
    let entry = Known::entry(fingerprint.unwrap(), &Found::Hash(OTHER)).unwrap();
    let liar = process(tree);
    assert!(liar.store.entry(copy).is_some());
    liar.store.note(copy, entry);
    assert!(liar.keep().unwrap());
}
