//! What lies where a tracker should be, and which directories are looked into.

use super::*;
use crate::layout::MAX_TOML_BYTES;

/// Reads the project `shop` of a tree.
fn read_shop(tree: &TempTree) -> Scanned<Vec<DeploymentRecord>> {
    let project = tree.project("shop");
    finishes(move || TomlDeploymentReader.read(&project))
}

fn tracker_in(profile_root: &str) -> String {
    format!("shop/{profile_root}/{TRACKER_FILE}")
}

/// Checks that the tracker of `.claude` is the one problem and that its neighbour counts.
#[track_caller]
fn check_refused(tree: &TempTree, reason: &str) {
    tree.file(tracker_in(".codex"), record("good"));
    let read = read_shop(tree);
    assert_eq!(names(&read.value), ["skill:good@1"]);
    let [problem] = &*read.problems else { panic!("not one problem: {:?}", read.problems) };
    assert_eq!((problem.kind, problem.line), (ProblemKind::UnreadableTracker, None));
    assert_eq!(problem.path, tree.path(tracker_in(".claude")).to_str().unwrap());
    assert!(problem.reason.contains(reason), "{}", problem.reason);
    assert!(!problem.fix.is_empty());
}

#[track_caller]
fn check_none(tree: &TempTree) {
    assert_eq!(read_shop(tree), Scanned::default());
}

#[test]
fn a_directory() {
    let tree = TempTree::new();
    check_refused(tree.directory(tracker_in(".claude")), "is a directory");
}

#[test]
fn a_link_that_leads_nowhere_or_round() {
    let tree = TempTree::new();
    check_refused(tree.link(tracker_in(".claude"), "gone/away"), "leads nowhere");
    let tree = TempTree::new();
    check_refused(tree.link(tracker_in(".claude"), TRACKER_FILE), "leads nowhere");
}

#[test]
fn a_fifo_or_socket_is_not_opened() {
    let tree = TempTree::new();
    check_refused(tree.fifo(tracker_in(".claude")), "is a FIFO, socket or device");
    let tree = TempTree::new();
    check_refused(tree.socket(tracker_in(".claude")), "is a FIFO, socket or device");
    let tree = TempTree::new();
    tree.fifo("fifo").link(tracker_in(".claude"), "../../fifo");
    check_refused(&tree, "is a FIFO, socket or device");
}

#[test]
fn a_device_is_not_opened() {
    let tree = TempTree::new();
    check_refused(tree.link(tracker_in(".claude"), "/dev/zero"), "is a FIFO, socket or device");
}

#[test]
fn a_file_that_is_too_large() {
    let tree = TempTree::new();
    tree.hollow_file(tracker_in(".claude"), 50 * 1024 * 1024);
    check_refused(&tree, "is larger than 16 MiB");
    let tree = TempTree::new();
    tree.hollow_file(tracker_in(".claude"), MAX_TOML_BYTES + 1);
    check_refused(&tree, "is larger than 16 MiB");
}

#[test]
fn the_largest_file_that_is_read() {
    let tree = TempTree::new();
    let size = usize::try_from(MAX_TOML_BYTES).unwrap();
    let mut tracker = record("a");
    tracker.push('#');
    tracker.push_str(&"x".repeat(size - tracker.len()));
    tree.file(tracker_in(".claude"), tracker);
    let read = read_shop(&tree);
    assert_eq!((names(&read.value), read.problems), (vec!["skill:a@1".to_owned()], Vec::new()));
}

#[test]
fn a_link_to_a_file_is_followed() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.file("tracker", record("a"));
    tree.link(tracker_in(".claude"), outside.path("tracker"));
    assert_eq!(names(&read_shop(&tree).value), ["skill:a@1"]);
}

#[test]
fn a_linked_profile_root_is_followed() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.file(TRACKER_FILE, record("a"));
    let read = read_shop(tree.link("shop/.claude", outside.path("")));
    assert_eq!(names(&read.value), ["skill:a@1"]);
    assert_eq!(&*read.value[0].tracker, tree.path(tracker_in(".claude")).to_str().unwrap());
}

#[test]
fn profile_roots_come_claude_first_and_then_by_name() {
    let tree = TempTree::new();
    for (profile_root, skill) in
        [(".zed", "z"), (".Claude", "u"), (".agents", "a"), (".claude", "c"), (".foo bar", "f")]
    {
        tree.file(tracker_in(profile_root), record(skill));
    }
    let read = read_shop(&tree);
    let found: Vec<_> = read.value.iter().map(|record| record.profile_root.as_str()).collect();
    assert_eq!(found, [".claude", ".Claude", ".agents", ".foo bar", ".zed"]);
    assert_eq!(read.problems, []);
}

#[test]
fn only_direct_children_that_start_with_a_dot_are_profile_roots() {
    let tree = TempTree::new();
    tree.file(tracker_in("tools"), record("a")).file(tracker_in(".cfg/deep"), record("b"));
    tree.file(format!("shop/{TRACKER_FILE}"), record("c"));
    check_none(&tree);
}

#[test]
fn a_profile_root_whose_name_is_not_utf8_is_a_problem() {
    let tree = TempTree::new();
    tree.file(tracker_in(".claude"), record("a")).directory(name(b"shop/.empty\xff"));
    tree.file(name(b"shop/.x\xff").join(TRACKER_FILE), record("b"));
    let read = read_shop(&tree);
    assert_eq!(names(&read.value), ["skill:a@1"]);
    let [problem] = &*read.problems else { panic!("not one problem: {:?}", read.problems) };
    assert_eq!(problem.kind, ProblemKind::NonUtf8Path);
    assert_eq!(problem.path, tree.path(r"shop/.x\xff").to_str().unwrap());
}

#[test]
fn a_project_without_trackers_has_no_records() {
    let tree = TempTree::new();
    tree.directory("shop/.claude/skills").file("shop/.foo", "").fifo("shop/.bar");
    check_none(tree.link("shop/.dangling", "gone").link("shop/.round", ".round"));
}

#[test]
fn a_project_that_is_gone_has_no_records() {
    check_none(&TempTree::new());
    let tree = TempTree::new();
    check_none(tree.file("shop", "a file in its place"));
}
