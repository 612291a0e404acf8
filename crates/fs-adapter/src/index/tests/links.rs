//! Links, and whatever else is no file or directory: what is reached through one could change unseen.

use super::*;

/// Checks that a copy is never known, and that the answer is right before and after a change.
#[track_caller]
fn check_unknown(tree: &TempTree, change: impl FnOnce()) {
    settle();
    let first = process(tree);
    at(tree, "skills/x", |copy| assert_eq!(first.hash(copy), Sha256Hasher.hash(copy)));
    assert!(!first.keep().unwrap());
    check(tree, READ);
    change();
    check(tree, READ);
}

#[test]
fn a_copy_with_a_link_in_it_is_read_each_time() {
    let tree = TempTree::new();
    tree.file("shop/.claude/shared", "a").file(format!("{COPY}/SKILL.md"), "text");
    tree.link(format!("{COPY}/shared"), "../../shared");
    check_unknown(&tree, || {
        tree.file("shop/.claude/shared", "b");
    });
    // One that leads nowhere may lead somewhere later.
    let tree = TempTree::new();
    tree.file(format!("{COPY}/SKILL.md"), "text").link(format!("{COPY}/later"), "../../later");
    check_unknown(&tree, || {
        tree.file("shop/.claude/later", "b");
    });
}

#[test]
fn a_copy_with_a_fifo_in_it_is_read_each_time() {
    let tree = TempTree::new();
    tree.file(format!("{COPY}/SKILL.md"), "text").fifo(format!("{COPY}/a/fifo"));
    check_unknown(&tree, || fs::remove_file(tree.path(format!("{COPY}/a/fifo"))).unwrap());
}

#[test]
fn a_copy_that_is_reached_through_a_link_is_where_that_leads_now() {
    let tree = TempTree::new();
    tree.file("shop/.claude/one/SKILL.md", "1").file("shop/.claude/two/SKILL.md", "2");
    tree.link(COPY, "../one");
    learn(&tree);
    check(&tree, VOUCHED);
    fs::remove_file(tree.path(COPY)).unwrap();
    tree.link(COPY, "../two");
    check(&tree, READ);
}

#[test]
fn a_link_that_takes_the_place_of_a_directory_is_not_followed() {
    // The very same files, with the same stamps, behind a link: within the profile root, then outside.
    for (to, target, read) in
        [("shop/.claude/moved", "../../moved", 1), ("moved", "../../../../moved", 0)]
    {
        let tree = known();
        fs::rename(tree.path(format!("{COPY}/lib")), tree.path(to)).unwrap();
        tree.link(format!("{COPY}/lib"), target);
        check(&tree, IndexUse { vouched: 0, read });
    }
    let tree = known();
    fs::rename(tree.path("shop/.claude/skills"), tree.path("moved")).unwrap();
    tree.link("shop/.claude/skills", "../../moved");
    // No stamp of the copy has changed.
    let refused = hash(&process(&tree), &tree);
    assert!(matches!(refused, Err(HashError::Unverified { .. })), "{refused:?}");
    assert_eq!(refused, at(&tree, "skills/x", |copy| Sha256Hasher.hash(copy)));
    fs::remove_file(tree.path("shop/.claude/skills")).unwrap();
    fs::rename(tree.path("moved"), tree.path("shop/.claude/elsewhere")).unwrap();
    tree.link("shop/.claude/skills", "elsewhere");
    check(&tree, VOUCHED);
}
