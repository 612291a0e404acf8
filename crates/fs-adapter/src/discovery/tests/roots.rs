//! Search roots: several, overlapping, linked, missing.

use super::*;

#[track_caller]
fn check_roots(tree: &TempTree, roots: Vec<SearchRoot>, expected: &[&str]) {
    check_with(tree, &DiscoveryOptions { roots, ..options(tree) }, expected);
}

/// Checks that a root that was asked for is a problem, and that the same root is none by default;
/// either way the other root is still searched.
#[track_caller]
fn check_unusable(tree: &TempTree, path: &str, reason: &str) {
    tree.tracker("good/.claude");
    let good = || required(tree.path("good"));
    let roots = vec![required(tree.path(path)), good()];
    let found = discover(&DiscoveryOptions { roots, ..options(tree) });
    assert_eq!(found.value, [tree.project("good")]);
    let [problem] = &*found.problems else { panic!("not one problem: {:?}", found.problems) };
    assert_eq!((problem.kind, problem.line), (ProblemKind::MissingRoot, None));
    assert_eq!(problem.path, printable(tree.path(path)));
    assert!(problem.reason.contains(reason), "{}", problem.reason);
    assert!(!problem.fix.is_empty());
    check_roots(tree, vec![by_default(tree.path(path)), good()], &["good"]);
}

#[test]
fn no_root_finds_nothing() {
    check_roots(&TempTree::new(), Vec::new(), &[]);
}

#[test]
fn a_linked_root_is_followed_and_resolved() {
    let tree = TempTree::new();
    tree.tracker("real/p/.claude").link("link", "real").link("again", "link");
    check_roots(&tree, vec![required(tree.path("again"))], &["real/p"]);
    check_roots(&tree, vec![required(tree.path("link/../real/."))], &["real/p"]);
}

#[test]
fn overlapping_roots_give_each_project_once() {
    let tree = TempTree::new();
    tree.tracker("a/b/.claude").tracker("a/b/.codex").tracker("c/.claude").link("link", "a");
    for roots in [["", "a", "a/b"], ["a/b", "", "a"], ["", "", "link"]] {
        let roots = roots.iter().map(|root| required(tree.path(root))).collect();
        check_roots(&tree, roots, &["a/b", "c"]);
    }
}

#[test]
fn a_deeper_root_lets_deeper_projects_in() {
    let tree = TempTree::new();
    tree.tracker("1/2/3/.claude").tracker("1/2/3/4/5/.claude").tracker("1/2/3/4/5/6/.claude");
    let roots = || vec![required(tree.path("")), required(tree.path("1/2"))];
    check_roots(&tree, roots(), &["1/2/3", "1/2/3/4/5"]);
    check_roots(&tree, roots().into_iter().rev().collect(), &["1/2/3", "1/2/3/4/5"]);
}

#[test]
fn a_problem_below_two_roots_is_told_once() {
    let tree = TempTree::new();
    tree.tracker(name(b"\xff/.claude"));
    let roots = vec![required(tree.path("")), required(tree.path(name(b"\xff")))];
    let found = discover(&DiscoveryOptions { roots, ..options(&tree) });
    assert_eq!((found.value.len(), found.problems.len()), (0, 1));
}

#[test]
fn a_root_is_searched_though_its_own_name_is_excluded() {
    let tree = TempTree::new();
    tree.tracker("vendor/p/.claude").tracker("vendor/vendor/.claude");
    let exclude = vec!["vendor".to_owned(), tree.path("vendor").to_str().unwrap().to_owned()];
    let roots = vec![required(tree.path("vendor"))];
    let options = DiscoveryOptions { roots, exclude, ..options(&tree) };
    check_with(&tree, &options, &["vendor/p"]);
}

#[test]
fn a_root_that_is_not_there_is_a_problem_when_it_was_asked_for() {
    check_unusable(&TempTree::new(), "nowhere", "does not exist");
    let tree = TempTree::new();
    check_unusable(tree.link("dangling", "nowhere"), "dangling", "does not exist");
}

#[test]
fn a_root_that_is_a_file_is_a_problem_when_it_was_asked_for() {
    let tree = TempTree::new();
    tree.file("file", "").link("link", "file").fifo("fifo");
    check_unusable(&tree, "file", "is a file");
    check_unusable(&tree, "link", "is a file");
    check_unusable(&tree, "fifo", "");
}

#[test]
fn a_root_below_a_file_is_not_there() {
    let tree = TempTree::new();
    check_unusable(tree.file("file", ""), "file/below", "");
}

#[test]
fn a_root_that_links_round_is_not_there() {
    let tree = TempTree::new();
    check_unusable(tree.link("round", "round"), "round", "");
}

#[test]
fn a_root_whose_path_is_not_utf8_is_walked() {
    let tree = TempTree::new();
    tree.tracker(name(b"\xff/p/.claude"));
    let roots = vec![required(tree.path(name(b"\xff")))];
    let found = discover(&DiscoveryOptions { roots, ..options(&tree) });
    assert_eq!(found.value, []);
    assert_eq!(found.problems[0].kind, ProblemKind::NonUtf8Path);
}
