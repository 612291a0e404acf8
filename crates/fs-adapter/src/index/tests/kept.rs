//! Many processes, and what stays.

use std::os::unix::fs::PermissionsExt;
use std::sync::Barrier;

use super::*;
use crate::index::keeping::Fresh;
use crate::index::slice::Day;
use crate::index::table::MAX_BYTES;

fn content(tree: &TempTree) -> IndexContent {
    IndexedHasher::content(&directory(tree))
}

#[test]
fn only_its_owner_can_open_it() {
    let tree = known();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory(&tree)), 0o700);
    let content = content(&tree);
    assert_eq!(mode(&content.path), 0o600);
    assert_eq!(content.entries, Ok(1));
    assert_eq!(content.bytes, fs::metadata(&content.path).unwrap().len());
}

#[test]
fn it_is_written_only_when_something_is_new() {
    let tree = known();
    let written = || fs::metadata(content(&tree).path).unwrap().modified().unwrap();
    let before = written();
    let second = process(&tree);
    hash(&second, &tree).unwrap();
    assert!(!second.keep().unwrap());
    assert_eq!(written(), before);
    assert!(!process(&tree).keep().unwrap(), "nothing was asked");
}

#[test]
fn what_several_processes_learn_is_kept_together() {
    let tree = TempTree::new();
    let paths: Vec<_> = (0..8).map(|number| format!("skills/{number}")).collect();
    for path in &paths {
        tree.file(format!("shop/.claude/{path}/SKILL.md"), path);
    }
    settle();
    let all = Barrier::new(paths.len());
    std::thread::scope(|scope| {
        for path in &paths {
            scope.spawn(|| {
                let one = process(&tree);
                at(&tree, path, |copy| one.hash(copy)).unwrap();
                all.wait();
                // Another may have the lock for as long as one waits.
                while one.keep().is_err() {}
            });
        }
    });
    assert_eq!(content(&tree).entries, Ok(paths.len()));
    let other = process(&tree);
    for path in &paths {
        at(&tree, path, |copy| assert_eq!(other.hash(copy), Sha256Hasher.hash(copy)));
    }
    assert_eq!(other.used(), IndexUse { vouched: paths.len(), read: 0 });
}

#[test]
fn who_reads_is_not_kept_waiting_and_who_writes_not_for_long() {
    let tree = known();
    let lock = fs::File::open(directory(&tree).join("fingerprints.lock")).unwrap();
    lock.lock().unwrap();
    check(&tree, VOUCHED);
    tree.file(format!("{COPY}/new"), "");
    settle();
    let second = process(&tree);
    hash(&second, &tree).unwrap();
    assert!(second.keep().unwrap_err().to_string().contains("fingerprints.lock"));
    drop(lock);
    assert!(second.keep().unwrap());
    check(&tree, VOUCHED);
}

#[test]
fn a_writer_that_was_killed_leaves_nothing_in_the_way() {
    let tree = known();
    tree.file("cache/skillstat/fingerprints.new", "half of").file(format!("{COPY}/new"), "");
    check(&tree, READ);
    learn(&tree);
    check(&tree, VOUCHED);
    assert!(!tree.path("cache/skillstat/fingerprints.new").try_exists().unwrap());
}

#[test]
fn where_nothing_can_be_written_everything_is_read() {
    let tree = TempTree::new();
    tree.file("cache", "no directory").file(COPY, "text");
    settle();
    let first = process(&tree);
    assert!(hash(&first, &tree).is_ok());
    assert!(first.keep().is_err());
    check(&tree, READ);
}

#[test]
fn clearing_removes_it() {
    let tree = TempTree::new();
    assert!(!IndexedHasher::clear(&directory(&tree)).unwrap());
    assert!(!directory(&tree).try_exists().unwrap(), "nothing is made to be removed");
    let tree = known();
    assert!(IndexedHasher::clear(&directory(&tree)).unwrap());
    assert_eq!((content(&tree).entries, content(&tree).bytes), (Ok(0), 0));
    assert!(!IndexedHasher::clear(&directory(&tree)).unwrap());
    check(&tree, READ);
}

/// Puts entries with these slices, keys and lengths, on a day.
fn put(tree: &TempTree, entries: &[(u64, u64, usize)], today: Day) {
    let mut fresh = Fresh::new();
    for &(slice, key, length) in entries {
        fresh.entry(slice).or_default().insert(key, vec![0; length]);
    }
    let known = Table::read(&content(tree).path).unwrap_or_default();
    keeping::keep(&directory(tree), &known, &mut fresh, today).unwrap();
}

/// Returns the keys, and the day of each.
fn days(tree: &TempTree) -> Vec<(u64, Day)> {
    let table = Table::read(&content(tree).path).unwrap();
    let rows = table.rows();
    let mut days = Vec::new();
    for row in &rows {
        let entries = table.slice(row.key).unwrap().entries();
        assert_eq!(row.count(), entries.len());
        assert_eq!(entries.iter().map(|(entry, _)| entry.day).max(), Some(row.day));
        days.extend(entries.iter().map(|(entry, _)| (entry.key, entry.day)));
    }
    days.sort_unstable();
    days
}

#[test]
fn what_nobody_asks_for_goes_after_two_months() {
    let tree = TempTree::new();
    put(&tree, &[(1, 1, 10), (1, 2, 10), (2, 3, 10)], 100);
    put(&tree, &[(1, 4, 10)], 160);
    assert_eq!(days(&tree), [(1, 100), (2, 100), (3, 100), (4, 160)]);
    let known = Table::read(&content(&tree).path).unwrap();
    known.slice(1).unwrap().get(2).unwrap();
    let keep = |today| keeping::keep(&directory(&tree), &known, &mut Fresh::new(), today).unwrap();
    assert!(!keep(107), "a week is not worth a write");
    assert!(keep(161));
    assert_eq!(days(&tree), [(2, 161), (4, 160)]);
    // The clock was set back, for good.
    put(&tree, &[(3, 5, 10)], 50);
    assert_eq!(days(&tree), [(5, 50)]);
}

#[test]
fn what_was_asked_for_longest_ago_makes_room() {
    let tree = TempTree::new();
    let third = usize::try_from(MAX_BYTES).unwrap() / 3;
    put(&tree, &[(1, 1, third)], 100);
    put(&tree, &[(2, 2, third - 1000)], 101);
    put(&tree, &[(3, 3, third), (4, 4, 10)], 102);
    assert_eq!(days(&tree), [(2, 101), (3, 102), (4, 102)]);
    assert!(content(&tree).bytes <= MAX_BYTES);
}

#[test]
fn a_question_reads_what_is_known_of_its_profile_root_alone() {
    let tree = known();
    tree.file("other/.claude/skills/x/SKILL.md", "text");
    settle();
    let first = process(&tree);
    let other = CopyLocation {
        project: &tree.project("other"),
        profile_root: &ProfileRoot::new(".claude").unwrap(),
        path: Utf8Path::new("skills/x"),
    };
    first.hash(&other).unwrap();
    assert!(first.keep().unwrap());
    assert_eq!(content(&tree).entries, Ok(2));
    let second = process(&tree);
    hash(&second, &tree).unwrap();
    assert_eq!(second.store.table.get().unwrap().read_slices().count(), 1);
    assert_eq!(second.used(), VOUCHED);
}

#[test]
fn a_copy_with_very_many_files_is_not_remembered() {
    let tree = TempTree::new();
    let name = "n".repeat(200);
    for number in 0..5_000 {
        tree.file(format!("{COPY}/{number}-{name}"), "");
    }
    settle();
    let first = process(&tree);
    at(&tree, "skills/x", |copy| assert_eq!(first.hash(copy), Sha256Hasher.hash(copy)));
    assert!(!first.keep().unwrap());
}
