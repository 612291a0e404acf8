//! Copies that are not there, or not where their record says.

use super::*;

#[track_caller]
fn check_missing(tree: &TempTree, path: &str) {
    assert_eq!(contained_at(tree, path), Err(HashError::Missing));
}

#[track_caller]
fn check_misplaced(tree: &TempTree, path: &str) {
    let result = contained_at(tree, path);
    let Err(HashError::Unverified { path: at, reason, fix }) = result else {
        panic!("not unverified: {result:?}");
    };
    assert_eq!(at, tree.path(format!("shop/{path}")).to_str().unwrap());
    assert!(reason.contains("outside its profile root") && fix.contains(".claude"), "{reason}");
}

#[test]
fn nothing_is_there() {
    let tree = TempTree::new();
    tree.directory("shop/.claude/skills");
    check_missing(&tree, "skills/x");
    check_missing(&tree, "skills/x/deeper");
    check_missing(&tree, "elsewhere/x");
    let error = as_the_peer(&tree).unwrap_err();
    assert!(matches!(&error, HashPathError::NotFound { .. }), "{error:?}");
    assert_eq!(error.to_string(), format!("`{}` does not exist", tree.path(COPY).display()));
}

#[test]
fn a_link_in_place_of_the_copy_leads_nowhere() {
    let tree = TempTree::new();
    check_missing(tree.link(COPY, "gone"), "skills/x");
    assert!(matches!(as_the_peer(&tree), Err(HashPathError::NotFound { .. })));
}

#[test]
fn what_should_be_above_it_is_a_file() {
    let tree = TempTree::new();
    check_missing(tree.file("shop/.claude/skills", ""), "skills/x");
    assert!(matches!(as_the_peer(&tree), Err(HashPathError::NotFound { .. })));
    check_missing(TempTree::new().file("shop/.claude", ""), "skills/x");
    check_missing(TempTree::new().file("shop", ""), "skills/x");
}

#[test]
fn the_profile_root_is_gone() {
    check_missing(TempTree::new().directory("shop"), "skills/x");
    check_missing(&TempTree::new(), "skills/x");
    check_missing(TempTree::new().link("shop/.claude", "gone"), "skills/x");
    check_missing(TempTree::new().link("shop/.claude", ".claude"), "skills/x");
}

#[test]
fn a_copy_in_the_project_instead_of_the_profile_root_is_misplaced() {
    let tree = TempTree::new();
    tree.directory("shop/.claude").file("shop/tools/agents/x.md", "text");
    check_misplaced(&tree, "tools/agents/x.md");
    check_misplaced(tree.link("shop/other/x", "gone"), "other/x");
    check_missing(&tree, "tools/agents/y.md");
}

#[test]
fn a_copy_in_its_proper_place_is_never_misplaced() {
    for directory in ["skills", "commands", "agents", "hooks", "mcp", "workflows"] {
        let tree = TempTree::new();
        tree.directory("shop/.claude").file(format!("shop/{directory}/x"), "the project's own");
        check_missing(&tree, &format!("{directory}/x"));
    }
}

#[test]
fn a_misplaced_copy_is_not_looked_for_outside_the_project() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.file("agents/x.md", "text");
    tree.directory("shop/.claude").link("shop/tools", outside.path(""));
    check_missing(&tree, "tools/agents/x.md");
}

#[test]
fn a_copy_that_is_there_wins_over_one_in_the_project() {
    let tree = TempTree::new();
    tree.file("shop/.claude/tools/x", "right").file("shop/tools/x", "wrong");
    assert_eq!(contained_at(&tree, "tools/x"), Ok(sum("right")));
}
