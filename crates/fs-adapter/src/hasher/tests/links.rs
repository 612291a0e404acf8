//! Links: what stays below the profile root is followed, what leaves it never is by the port and
//! always by SkillMeat's rule.

use std::path::Path;

use super::*;

const LEAVES: &str = "is a link that leaves the profile root";

/// Makes a copy with one file, and links in it.
fn linked(links: &[(&str, &str)]) -> TempTree {
    let tree = copy(&[("a", "1")]);
    tree.file("shop/.claude/shared", "inside").file("shop/CLAUDE.md", "outside");
    for (name, target) in links {
        tree.link(format!("{COPY}/{name}"), target);
    }
    tree
}

/// Checks links that count for nothing by either rule.
#[track_caller]
fn check_not_counted(links: &[(&str, &str)]) {
    check(&linked(links), expected(&[("a", "1")]));
}

/// Checks a link in the copy that leaves the profile root.
#[track_caller]
fn check_leaves(target: impl AsRef<Path>, by_the_peer: &[(&str, &str)]) {
    let tree = linked(&[]);
    tree.link(format!("{COPY}/m/link"), target);
    check_unverified(&tree, &format!("{COPY}/m/link"), LEAVES);
    check_peer(&tree, expected(by_the_peer));
}

/// Checks a copy that is itself a link and leaves the profile root.
#[track_caller]
fn check_copy_leaves(target: impl AsRef<Path>) {
    let tree = TempTree::new();
    tree.file("shop/CLAUDE.md", "outside").link(COPY, target);
    check_unverified(&tree, COPY, LEAVES);
}

#[test]
fn a_link_to_a_file_counts_under_the_name_of_the_link() {
    let tree = linked(&[("b", "a"), ("m/c", "../b"), ("d", "../../shared"), ("e", "./m/../m/c")]);
    check(&tree, expected(&[("a", "1"), ("b", "1"), ("d", "inside"), ("e", "1"), ("m/c", "1")]));
}

#[test]
fn a_link_to_a_directory_counts_for_nothing() {
    check_not_counted(&[("b", "."), ("c", "../.."), ("d", "../../skills")]);
}

#[test]
fn a_link_that_leads_nowhere_or_round_counts_for_nothing() {
    check_not_counted(&[("b", "gone"), ("c", "../gone/too"), ("d", "d"), ("e", "f"), ("f", "e")]);
    check_not_counted(&[("b", "a/below-a-file")]);
}

#[test]
fn a_link_to_a_file_outside_is_not_followed() {
    check_leaves("../../../../CLAUDE.md", &[("a", "1"), ("m/link", "outside")]);
    let outside = TempTree::new();
    outside.file("secret", "s");
    check_leaves(outside.path("secret"), &[("a", "1"), ("m/link", "s")]);
}

#[test]
fn a_link_to_a_directory_outside_is_not_looked_at() {
    check_leaves("../../../..", &[("a", "1")]);
    check_leaves("/", &[("a", "1")]);
}

#[test]
fn a_link_that_would_lead_nowhere_outside_is_not_looked_at() {
    check_leaves("../../../../gone", &[("a", "1")]);
    check_leaves("/gone/away", &[("a", "1")]);
}

#[test]
fn a_link_to_a_device_is_not_opened() {
    check_leaves("/dev/zero", &[("a", "1")]);
    let tree = TempTree::new();
    tree.link(COPY, "/dev/zero");
    check_unverified(&tree, COPY, LEAVES);
    check_peer_refuses(&tree, COPY, "neither a file nor a directory");
}

#[test]
fn a_link_that_leaves_and_comes_back_is_not_followed() {
    check_leaves("../../../../.claude/shared", &[("a", "1"), ("m/link", "inside")]);
    let tree = linked(&[]);
    tree.link(format!("{COPY}/link"), tree.path("shop/.claude/shared"));
    check_unverified(&tree, &format!("{COPY}/link"), LEAVES);
    check_peer(&tree, expected(&[("a", "1"), ("link", "inside")]));
}

#[test]
fn a_link_that_leaves_by_another_link_is_not_followed() {
    let tree = linked(&[("link", "../../door/CLAUDE.md")]);
    tree.link("shop/.claude/door", "..");
    check_unverified(&tree, &format!("{COPY}/link"), LEAVES);
    check_peer(&tree, expected(&[("a", "1"), ("link", "outside")]));
}

#[test]
fn a_copy_that_is_a_link_to_inside_is_followed() {
    let tree = TempTree::new();
    tree.file("shop/.claude/pool/x/a", "1").link(COPY, "../pool/x");
    check(&tree, expected(&[("a", "1")]));
    let tree = TempTree::new();
    tree.file("shop/.claude/file", "1").link("shop/.claude/again", "file").link(COPY, "../again");
    check(&tree, sum("1"));
}

#[test]
fn links_of_a_linked_copy_start_where_they_lie() {
    let tree = TempTree::new();
    tree.file("shop/.claude/pool/beside", "b").link("shop/.claude/pool/x/link", "../beside");
    check(tree.link(COPY, "../pool/x"), expected(&[("link", "b")]));
}

#[test]
fn a_copy_that_is_a_link_to_outside_is_not_followed() {
    check_copy_leaves("../../CLAUDE.md");
    check_copy_leaves("../..");
    check_copy_leaves("../../gone");
    let outside = TempTree::new();
    outside.file("d/secret", "s");
    check_copy_leaves(outside.path("d/secret"));
    check_copy_leaves(outside.path("d"));
    check_copy_leaves(outside.path("gone"));
}

#[test]
fn a_directory_on_the_way_that_is_a_link_to_outside_is_not_followed() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.file("x/a", "s");
    tree.link("shop/.claude/skills", outside.path(""));
    check_unverified(&tree, COPY, LEAVES);
    check_peer(&tree, expected(&[("a", "s")]));
}

#[test]
fn a_copy_that_links_round_cannot_be_verified() {
    let tree = TempTree::new();
    check_unverified(tree.link(COPY, "x"), COPY, "cannot be read");
    assert!(matches!(as_the_peer(&tree), Err(HashPathError::NotFound { .. })));
}

#[test]
fn a_linked_profile_root_is_followed_and_contains() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.file("root/skills/x/a", "1").link("root/skills/x/b", "../../shared");
    outside.file("root/shared", "2").file("beside", "s");
    tree.directory("shop").link("shop/.claude", outside.path("root"));
    check(&tree, expected(&[("a", "1"), ("b", "2")]));
    outside.link("root/skills/x/c", "../../../beside");
    check_unverified(&tree, &format!("{COPY}/c"), LEAVES);
}
