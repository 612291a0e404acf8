//! What is reported of a copy that is not listed.

use super::*;
use crate::listings::{Entries, Listings};

/// Asks a process about the copy; returns what it has reported of the copy, of directories in it and of
/// what is none.
#[track_caller]
fn reported(tree: &TempTree, expected: IndexUse) -> Vec<Option<Entries>> {
    let listings = Arc::new(Listings::new());
    let hasher = process(tree).reporting(Arc::clone(&listings));
    hash(&hasher, tree).unwrap();
    assert_eq!(hasher.used(), expected);
    listings.set_up_begins();
    let places = ["", "/a", "/a/b", "/a/b/c", "/d", "/empty", "/SKILL.md", "/.."];
    places.iter().map(|place| listings.take(&tree.path(format!("{COPY}{place}")))).collect()
}

#[test]
fn a_copy_that_is_as_the_index_says_is_reported_as_if_it_was_listed() {
    let tree = TempTree::new();
    for file in ["SKILL.md", "a/1", "a/b/c/2", "a/b/3", "a/.skillmeat-deployed.toml", "d/4"] {
        tree.file(format!("{COPY}/{file}"), "");
    }
    tree.directory(format!("{COPY}/empty"));
    learn(&tree);
    let read = IndexUse { vouched: 0, read: 1 };
    let vouched = IndexUse { vouched: 1, read: 0 };
    let known = reported(&tree, vouched);
    assert_eq!(known.iter().flatten().count(), 6);
    IndexedHasher::clear(&directory(&tree)).unwrap();
    for (known, listed) in known.iter().zip(&reported(&tree, read)) {
        let difference =
            known.as_ref().zip(listed.as_ref()).map(|(one, other)| one.difference(other));
        assert!(known.is_some() == listed.is_some() && difference.is_none_or(|it| it.is_empty()));
    }
}

#[test]
fn a_copy_that_is_a_file_is_no_directory() {
    let tree = TempTree::new();
    tree.file(COPY, "text\n");
    learn(&tree);
    assert!(reported(&tree, IndexUse { vouched: 1, read: 0 }).iter().all(Option::is_none));
}
