//! Discovery: every test asks all walks, one directory after the other and side by side, and they agree; the one
//! that remembers before it knows anything, and when it does.

mod histories;
mod indexed;
mod properties;
mod roots;
mod vanishing;

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use skillstat_domain::{InTurn, ProjectDiscovery};

use super::*;
use crate::index::IndexedHasher;
use crate::test_support::{TempTree, name, settle};
use crate::{DEFAULT_MAX_DEPTH, ScopedWorkers, TRACKER_FILE};

/// What all walks find below the tree itself, three directories deep.
fn options(tree: &TempTree) -> DiscoveryOptions {
    DiscoveryOptions {
        roots: vec![required(tree.path(""))],
        max_depth: DEFAULT_MAX_DEPTH,
        exclude: Vec::new(),
    }
}

fn required(path: impl Into<PathBuf>) -> SearchRoot {
    SearchRoot { path: path.into(), required: true }
}

fn by_default(path: impl Into<PathBuf>) -> SearchRoot {
    SearchRoot { path: path.into(), required: false }
}

fn both(options: &DiscoveryOptions, workers: &Arc<dyn Workers>) -> [Box<dyn ProjectDiscovery>; 2] {
    let openat = OpenatDiscovery::new(options.clone(), Arc::clone(workers)).unwrap();
    let walkdir = WalkdirDiscovery::new(options.clone(), Arc::clone(workers)).unwrap();
    [Box::new(openat), Box::new(walkdir)]
}

/// What another process has that remembers in a directory.
fn process(
    options: &DiscoveryOptions,
    workers: &Arc<dyn Workers>,
    cache: &TempTree,
) -> (IndexedHasher, IndexedDiscovery) {
    let index = IndexedHasher::new(cache.path("index"));
    let plain = OpenatDiscovery::new(options.clone(), Arc::clone(workers)).unwrap();
    let discovery = IndexedDiscovery::new(Arc::new(plain), &index);
    (index, discovery)
}

/// What two processes find that remember, the second what the first has found.
fn remembering(
    options: &DiscoveryOptions,
    workers: &Arc<dyn Workers>,
) -> Vec<Scanned<Vec<ProjectPath>>> {
    let cache = TempTree::new();
    let again = |_| {
        let (index, discovery) = process(options, workers, &cache);
        let found = discovery.discover();
        let _new = index.keep().unwrap();
        found
    };
    (0..2).map(again).collect()
}

/// Asks all walks and asserts that they agree in every word.
#[track_caller]
fn discover(options: &DiscoveryOptions) -> Scanned<Vec<ProjectPath>> {
    let workers: [Arc<dyn Workers>; 2] =
        [Arc::new(InTurn), Arc::new(ScopedWorkers::new(NonZeroUsize::new(3).unwrap()))];
    let mut found: Vec<_> = workers
        .iter()
        .flat_map(|workers| both(options, workers))
        .map(|discovery| discovery.discover())
        .collect();
    settle();
    found.extend(workers.iter().flat_map(|workers| remembering(options, workers)));
    assert!(found.iter().all(|other| *other == found[0]), "the walks disagree: {found:#?}");
    found.into_iter().next().unwrap()
}

/// Checks what is found; no problem may be reported.
#[track_caller]
fn check_with(tree: &TempTree, options: &DiscoveryOptions, expected: &[&str]) {
    let found = discover(options);
    let expected: Vec<_> = expected.iter().map(|relative| tree.project(relative)).collect();
    assert_eq!((found.value, found.problems), (expected, Vec::new()));
}

#[track_caller]
fn check(tree: &TempTree, expected: &[&str]) {
    check_with(tree, &options(tree), expected);
}

#[track_caller]
fn check_to_depth(tree: &TempTree, max_depth: usize, expected: &[&str]) {
    check_with(tree, &DiscoveryOptions { max_depth, ..options(tree) }, expected);
}

#[track_caller]
fn check_without(tree: &TempTree, exclude: &[&str], expected: &[&str]) {
    let exclude = exclude.iter().map(|&glob| glob.to_owned()).collect();
    check_with(tree, &DiscoveryOptions { exclude, ..options(tree) }, expected);
}

#[test]
fn the_root_itself_can_be_a_project() {
    let tree = TempTree::new();
    check(tree.tracker(".claude"), &[""]);
}

#[test]
fn every_child_that_starts_with_a_dot_can_be_a_profile_root() {
    let tree = TempTree::new();
    tree.tracker("a/.foo").tracker("b/.codex").tracker("c/.agents").tracker("d/...");
    tree.tracker("e/claude").tracker("f/x/.claude").tracker("f/x/.codex");
    check(&tree, &["a", "b", "c", "d", "f/x"]);
}

#[test]
fn a_profile_root_without_a_tracker_makes_no_project() {
    let tree = TempTree::new();
    tree.directory("a/.claude/skills").file("b/.claude", "a file").file("c/.foo", "");
    tree.file(Path::new("d").join(TRACKER_FILE), "").fifo("e/.claude").socket("f/.claude");
    check(&tree, &[]);
}

#[test]
fn a_first_write_that_was_interrupted_makes_a_project() {
    let tree = TempTree::new();
    tree.file("a/.claude/.skillstat-intent", "").file("b/.claude/.skillstat-intent.new", "");
    check(&tree, &["a"]);
}

#[test]
fn hidden_directories_node_modules_and_git_are_entered() {
    let tree = TempTree::new();
    tree.tracker(".hidden/a/.claude").tracker("node_modules/b/.claude").tracker(".git/c/.claude");
    check(&tree, &[".git/c", ".hidden/a", "node_modules/b"]);
}

#[test]
fn nested_projects_are_both_found() {
    let tree = TempTree::new();
    check(tree.tracker("a/.claude").tracker("a/b/.claude"), &["a", "a/b"]);
}

#[test]
fn a_project_inside_a_profile_root_is_found() {
    let tree = TempTree::new();
    tree.tracker("a/.claude").tracker("a/.claude/w/.claude").tracker("a/.claude/.claude");
    tree.tracker("a/.claude/w/deep/.claude");
    check(&tree, &["a", "a/.claude", "a/.claude/w"]);
}

#[test]
fn a_linked_project_is_not_entered() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    tree.tracker("a/.claude").link("inside", "a").link("deep/outside", outside.path(""));
    outside.tracker(".claude").tracker("p/.claude");
    check(&tree, &["a"]);
}

#[test]
fn a_link_in_a_circle_ends() {
    let tree = TempTree::new();
    tree.tracker("a/.claude")
        .link("a/up", "..")
        .link("a/self", "self")
        .link("b/.claude", ".claude");
    check(&tree, &["a"]);
}

#[test]
fn a_profile_root_may_be_a_link_to_inside_and_outside() {
    let (tree, outside) = (TempTree::new(), TempTree::new());
    outside.tracker("root");
    tree.tracker("shared").directory("b").link("a/.claude", "../shared");
    tree.link("b/.codex", outside.path("root")).link("c/.claude", "nowhere");
    tree.file("file", "").link("d/.claude", "../file");
    check(&tree, &["a", "b"]);
}

#[test]
fn a_tracker_of_any_kind_and_condition_makes_a_project() {
    let tree = TempTree::new();
    let tracker = |project: &str| Path::new(project).join(".claude").join(TRACKER_FILE);
    tree.file("elsewhere.toml", "").link(tracker("a-link"), "../../elsewhere.toml");
    tree.link(tracker("b-dangling"), "nowhere").link(tracker("c-loop"), TRACKER_FILE);
    tree.directory(tracker("d-directory")).file(tracker("e-malformed"), b"[[deployed\n\xff");
    tree.fifo(tracker("f-fifo"))
        .socket(tracker("g-socket"))
        .hollow_file(tracker("h-huge"), 1 << 30);
    check(
        &tree,
        &[
            "a-link",
            "b-dangling",
            "c-loop",
            "d-directory",
            "e-malformed",
            "f-fifo",
            "g-socket",
            "h-huge",
        ],
    );
}

#[test]
fn other_names_are_no_trackers() {
    let tree = TempTree::new();
    tree.file("a/.claude/.SKILLMEAT-DEPLOYED.TOML", "")
        .file("b/.claude/skillmeat-deployed.toml", "");
    tree.file("c/.claude/..skillmeat-deployed.toml.skillmeat-lock", "");
    check(&tree, &[]);
}

#[test]
fn the_walk_stops_at_the_depth_limit() {
    let tree = TempTree::new();
    tree.tracker(".claude").tracker("1/.claude").tracker("1/2/.claude");
    tree.tracker("1/2/3/.claude").tracker("1/2/3/4/.claude").tracker("1/2/3/.claude/x/.claude");
    check_to_depth(&tree, 0, &[""]);
    check_to_depth(&tree, 1, &["", "1"]);
    check_to_depth(&tree, 2, &["", "1", "1/2"]);
    check_to_depth(&tree, 3, &["", "1", "1/2", "1/2/3"]);
    check_to_depth(&tree, 4, &["", "1", "1/2", "1/2/3", "1/2/3/4"]);
    check_to_depth(&tree, usize::MAX, &["", "1", "1/2", "1/2/3", "1/2/3/.claude/x", "1/2/3/4"]);
}

#[test]
fn projects_are_sorted_by_the_bytes_of_their_paths() {
    let tree = TempTree::new();
    for project in ["b", "a/b", "a-b", "a", "B", "é", "a b", "a.b"] {
        tree.tracker(Path::new(project).join(".claude"));
    }
    check(&tree, &["B", "a", "a b", "a-b", "a.b", "a/b", "b", "é"]);
}

#[test]
fn odd_names_are_ordinary() {
    let tree = TempTree::new();
    for project in ["a\nb", "a\\b", "a*b", " ", "a\tb", "*", "~"] {
        tree.tracker(Path::new(project).join(".claude"));
    }
    check(&tree, &[" ", "*", "a\tb", "a\nb", "a*b", "a\\b", "~"]);
}

#[test]
fn a_path_that_is_not_utf8_is_a_problem_and_its_neighbours_stay() {
    let tree = TempTree::new();
    tree.tracker("a/.claude").tracker("z/.claude").directory(name(b"empty\xff"));
    tree.tracker(name(b"m\xff/.claude")).tracker(name(b"m\xff/below/.codex"));
    let found = discover(&options(&tree));
    assert_eq!(found.value, [tree.project("a"), tree.project("z")]);
    let base = tree.path("");
    let paths: Vec<_> = found.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(
        paths,
        [r"m\xff", r"m\xff/below"].map(|relative| base.join(relative).display().to_string())
    );
    for problem in &found.problems {
        assert_eq!((problem.kind, problem.line), (ProblemKind::NonUtf8Path, None));
        assert!(problem.reason.contains("not UTF-8") && problem.fix.contains("rename"));
    }
}

#[test]
fn a_profile_root_whose_name_is_not_utf8_makes_a_project() {
    let tree = TempTree::new();
    check(tree.tracker(name(b"a/.\xff")), &["a"]);
}

#[test]
fn an_exclude_glob_without_a_slash_goes_by_name() {
    let tree = TempTree::new();
    tree.tracker("node_modules/a/.claude").tracker("b/node_modules/.claude");
    tree.tracker("b/.claude")
        .tracker("c1/.claude")
        .tracker("c22/.claude")
        .tracker(".git/d/.claude");
    let all = [".git/d", "b", "b/node_modules", "c1", "c22", "node_modules/a"];
    check_without(&tree, &[], &all);
    check_without(&tree, &["node_modules"], &[".git/d", "b", "c1", "c22"]);
    check_without(&tree, &["node_modules/"], &[".git/d", "b", "c1", "c22"]);
    check_without(&tree, &["c?", "{node_modules,.git}"], &["b", "c22"]);
    check_without(&tree, &["*"], &[]);
    check_without(&tree, &["nothing", "modules", ""], &all);
}

#[test]
fn an_exclude_glob_with_a_slash_goes_by_absolute_path() {
    let tree = TempTree::new();
    tree.tracker("a/x/.claude").tracker("b/x/.claude").tracker("b/c/x/.claude");
    let below = |glob: &str| tree.path(glob).to_str().unwrap().to_owned();
    check_without(&tree, &["**/b/x"], &["a/x", "b/c/x"]);
    check_without(&tree, &[&below("*/x")], &["b/c/x"]);
    check_without(&tree, &[&below("**/x")], &[]);
    check_without(&tree, &[&below("b/")], &["a/x"]);
    check_without(&tree, &["b/x"], &["a/x", "b/c/x", "b/x"]);
}

#[test]
fn a_name_that_is_not_utf8_can_be_excluded() {
    let tree = TempTree::new();
    check_without(tree.tracker("a/.claude").tracker(name(b"b\xff/.claude")), &["b*"], &["a"]);
}

#[test]
fn an_excluded_profile_root_is_none() {
    let tree = TempTree::new();
    tree.tracker("a/.claude").tracker("b/.codex").tracker("shared").link("c/.claude", "../shared");
    check_without(&tree, &[".claude"], &["b"]);
    check_without(&tree, &["**/a/.claude"], &["b", "c"]);
}

#[test]
fn a_malformed_glob_is_refused() {
    let tree = TempTree::new();
    let options = DiscoveryOptions { exclude: vec!["a[".to_owned()], ..options(&tree) };
    let openat = OpenatDiscovery::new(options.clone(), Arc::new(InTurn)).unwrap_err();
    let walkdir = WalkdirDiscovery::new(options, Arc::new(InTurn)).unwrap_err();
    assert_eq!([openat.to_string(), walkdir.to_string()], ["`a[` is no glob", "`a[` is no glob"]);
}
