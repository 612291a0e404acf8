//! What is reported of a copy that is not listed.

use super::*;
use crate::listings::{CopyListing, Listings};

/// Asks a process about the copy; returns what it has reported of that.
#[track_caller]
fn reported(tree: &TempTree, expected: IndexUse) -> Option<CopyListing> {
    let listings = Arc::new(Listings::new());
    let hasher = process(tree).reporting(Arc::clone(&listings));
    hash(&hasher, tree).unwrap();
    assert_eq!(hasher.used(), expected);
    listings.set_up_begins();
    listings.take_copy(&tree.path(COPY))
}

#[test]
fn a_copy_that_is_as_the_index_says_is_reported_as_if_it_was_listed() {
    let tree = TempTree::new();
    for file in ["SKILL.md", "b/1", "b/b/c/2", "b/b/3", "b/.skillmeat-deployed.toml", "a-/4"] {
        tree.file(format!("{COPY}/{file}"), "");
    }
    // By name it comes before one below `a`, and by path after it.
    tree.directory(format!("{COPY}/a")).file(format!("{COPY}/a/z/5"), "");
    learn(&tree);
    let known = reported(&tree, VOUCHED).unwrap();
    let mut directories = known.directories();
    let mut next =
        || directories.next_holds().map(|entry| entry.name.to_str().unwrap()).collect::<Vec<_>>();
    let expected = [&["a", "a-", "b"][..], &["z"], &[], &[], &["b"], &["c"], &[], &[]];
    assert_eq!(expected.map(|_| next()), expected);
    IndexedHasher::clear(&directory(&tree)).unwrap();
    assert_eq!(reported(&tree, READ).unwrap(), known);
}

#[test]
fn a_copy_that_is_a_file_is_reported_as_one() {
    let tree = TempTree::new();
    tree.file(COPY, "text\n");
    learn(&tree);
    assert!(reported(&tree, VOUCHED).unwrap().is_file());
    IndexedHasher::clear(&directory(&tree)).unwrap();
    assert!(reported(&tree, READ).unwrap().is_file());
}

#[test]
fn of_a_copy_that_is_a_link_to_a_file_nothing_is_reported() {
    let tree = TempTree::new();
    tree.file("shop/.claude/text.md", "text\n").link(COPY, "../text.md");
    assert_eq!(reported(&tree, READ), None);
    learn(&tree);
    assert_eq!(reported(&tree, VOUCHED), None);
}
