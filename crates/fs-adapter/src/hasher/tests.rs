//! Content hashes, of the port and by SkillMeat's rule, against sums made here from the description
//! of the tree.

mod changing;
mod links;
mod missing;
mod odd_files;
mod originals;
mod properties;

use camino::Utf8Path;
use skillstat_domain::ProfileRoot;

use super::*;
use crate::test_support::{TempTree, finishes, name};

/// Where the copy of these tests lies in a tree.
const COPY: &str = "shop/.claude/skills/x";

/// The hash of a directory with these files, by the definition at the port.
fn expected(files: &[(&str, &str)]) -> ContentHash {
    let mut files = files.to_vec();
    files.sort_by_key(|(path, _)| path.split('/').map(str::as_bytes).collect::<Vec<_>>());
    let text: String = files.into_iter().flat_map(|(path, content)| [path, content]).collect();
    sum(text)
}

fn sum(bytes: impl AsRef<[u8]>) -> ContentHash {
    ContentHash::from_bytes(Sha256::digest(bytes).into())
}

/// Asks the port about a path in `shop/.claude`.
fn contained_at(tree: &TempTree, path: &str) -> Result<ContentHash, HashError> {
    let (project, path) = (tree.project("shop"), path.to_owned());
    finishes(move || {
        Sha256Hasher.hash(&CopyLocation {
            project: &project,
            profile_root: &ProfileRoot::new(".claude").unwrap(),
            path: Utf8Path::new(&path),
        })
    })
}

fn contained(tree: &TempTree) -> Result<ContentHash, HashError> {
    contained_at(tree, "skills/x")
}

/// Hashes the same copy as SkillMeat does.
fn as_the_peer(tree: &TempTree) -> Result<ContentHash, HashPathError> {
    let path = tree.path(COPY);
    finishes(move || Sha256Hasher.hash_path(&path))
}

/// Checks that the copy has this hash by either rule.
#[track_caller]
fn check(tree: &TempTree, expected: ContentHash) {
    assert_eq!(contained(tree), Ok(expected));
    check_peer(tree, expected);
}

#[track_caller]
fn check_peer(tree: &TempTree, expected: ContentHash) {
    assert_eq!(as_the_peer(tree).expect("has a hash"), expected);
}

/// Checks that the port has no hash, names what is at fault by its path in the tree, and says why
/// and what to do.
#[track_caller]
fn check_unverified(tree: &TempTree, at: &str, reason: &str) {
    let result = contained(tree);
    let Err(HashError::Unverified { path, reason: why, fix }) = result else {
        panic!("not unverified: {result:?}");
    };
    assert_eq!(path, tree.path(at).to_str().unwrap());
    assert!(why.contains(reason), "{why}");
    assert!(!fix.is_empty());
}

/// Checks that SkillMeat's rule gives no hash either, for the same reason.
#[track_caller]
fn check_peer_refuses(tree: &TempTree, at: &str, reason: &str) {
    let error = as_the_peer(tree).expect_err("has no hash").to_string();
    assert!(error.starts_with(&format!("`{}` ", tree.path(at).display())), "{error}");
    assert!(error.contains(reason), "{error}");
}

/// Makes the copy a directory with these files.
fn copy(files: &[(&str, &str)]) -> TempTree {
    let tree = TempTree::new();
    tree.directory(COPY);
    for (path, content) in files {
        tree.file(format!("{COPY}/{path}"), content);
    }
    tree
}

#[track_caller]
fn check_files(files: &[(&str, &str)]) {
    check(&copy(files), expected(files));
}

#[test]
fn a_file_is_its_bytes() {
    for content in ["", "hello\n", "a\r\nb\0\u{e9}"] {
        check(TempTree::new().file(COPY, content), sum(content));
    }
}

#[test]
fn a_directory_is_paths_and_contents_with_nothing_between() {
    assert_eq!(expected(&[("a", "b"), ("c/d", "e")]), sum("abc/de"));
    check_files(&[("SKILL.md", "text"), ("scripts/run.py", "print()"), ("a/b/c", "")]);
    check_files(&[]);
}

#[test]
fn files_come_in_the_order_of_their_path_components() {
    let names = ["a b", "a!", "a-b", "a.b", "a/b", "a/b-c", "a0", "B", "é", "z", "a\u{7f}"];
    let files: Vec<_> = names.iter().map(|&name| (name, "x")).collect();
    check_files(&files);
    // By whole paths `a b` would come before `a/b`.
    assert_eq!(expected(&[("a b", "2"), ("a/b", "1")]), sum("a/b1a b2"));
}

#[test]
fn odd_names_and_hidden_files_count() {
    check_files(&[(".DS_Store", "x"), (".git/HEAD", "y"), ("__pycache__/a.pyc", "z")]);
    check_files(&[("a\nb", "1"), (" ", "2"), ("a\\b", "3"), ("*", "4"), ("e\u{301}", "5")]);
}

#[test]
fn empty_directories_do_not_count() {
    let tree = copy(&[("a", "1")]);
    tree.directory(format!("{COPY}/empty/within"));
    check(&tree, expected(&[("a", "1")]));
}

#[test]
fn a_file_of_any_size_is_read_whole() {
    for size in [64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300_000] {
        let content: String = ('a'..='z').cycle().take(size).collect();
        check(TempTree::new().file(COPY, &content), sum(&content));
        check_files(&[("a", "1"), ("large", &content), ("z", "2")]);
    }
}

#[test]
fn a_path_that_ends_with_a_slash_is_the_same() {
    let tree = copy(&[("a", "1")]);
    let path = tree.path(format!("{COPY}/"));
    assert_eq!(Sha256Hasher.hash_path(&path).unwrap(), expected(&[("a", "1")]));
}
