//! What is gone, or has become something else, when the walk comes to it.

use super::*;

/// Lets both walks go on in a directory that was listed a moment ago.
#[track_caller]
fn check_walk_on(tree: &TempTree, branch: &str, expected: &[&str]) {
    let expected: Vec<_> = expected.iter().map(|relative| tree.project(relative)).collect();
    let branch = Branch { top: tree.path(branch), depth: 1 };
    let openat = OpenatDiscovery::new(options(tree), Arc::new(InTurn)).unwrap();
    let walkdir = WalkdirDiscovery::new(options(tree), Arc::new(InTurn)).unwrap();
    let (mut by_openat, mut by_walkdir) = (Found::default(), Found::default());
    openat.start(&branch, &mut by_openat, None);
    walkdir.start(&branch, &mut by_walkdir, None);
    for found in [by_openat.finish(), by_walkdir.finish()] {
        assert_eq!((found.value, found.problems), (expected.clone(), Vec::new()));
    }
}

#[test]
fn a_directory_that_is_still_there_is_walked() {
    let tree = TempTree::new();
    check_walk_on(tree.tracker("a/b/.claude"), "a", &["a/b"]);
}

#[test]
fn a_directory_that_is_gone_holds_nothing() {
    check_walk_on(&TempTree::new(), "gone", &[]);
    check_walk_on(&TempTree::new(), "gone/below", &[]);
}

#[test]
fn a_directory_that_became_a_file_holds_nothing() {
    let tree = TempTree::new();
    tree.file("file", "").fifo("fifo");
    check_walk_on(&tree, "file", &[]);
    check_walk_on(&tree, "fifo", &[]);
    check_walk_on(&tree, "file/below", &[]);
}

#[test]
fn a_directory_that_became_a_link_is_not_followed() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.tracker(".claude").tracker("p/.claude");
    check_walk_on(tree.link("link", outside.path("")), "link", &[]);
}
