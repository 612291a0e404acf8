//! What only a disk shows of files: modes, limits, links and what is never opened.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use camino::Utf8Path;
use skillstat_domain::{CopyLocation, ProfileRoot};

use super::*;
use crate::test_support::{TempTree, finishes};

const COPY: &str = "shop/.claude/skills/x";

fn list(tree: &TempTree, texts: &[&str]) -> Result<Vec<ListedFile>, HashError> {
    let project = tree.project("shop");
    let texts = texts.iter().map(|path| String::from(*path)).collect();
    finishes(move || {
        let copy = CopyLocation {
            project: &project,
            profile_root: &ProfileRoot::new(".claude").unwrap(),
            path: Utf8Path::new("skills/x"),
        };
        TreeLister.files(&ContentLocation::Copy(copy), &texts).map(|list| list.files)
    })
}

fn copy(files: &[(&str, &str)]) -> TempTree {
    let tree = TempTree::new();
    for (path, content) in files {
        tree.file(format!("{COPY}/{path}"), content);
    }
    tree
}

#[test]
fn a_file_has_the_hash_of_its_bytes_its_size_and_its_mode() {
    let tree = copy(&[("run.sh", "echo\n"), ("SKILL.md", "text")]);
    let run = tree.path(format!("{COPY}/run.sh"));
    std::fs::set_permissions(run, Permissions::from_mode(0o755)).unwrap();
    let files = list(&tree, &["run.sh"]).unwrap();
    let found: Vec<_> = files
        .iter()
        .map(|file| (file.path.as_str(), file.hash, file.size_bytes, file.executable))
        .collect();
    let sum = |text: &str| ContentHash::from_bytes(Sha256::digest(text).into());
    let expected = [("SKILL.md", sum("text"), 4, false), ("run.sh", sum("echo\n"), 5, true)];
    assert_eq!(found, expected);
    assert_eq!(files[1].text, FileText::Known(Box::from(*b"echo\n")));
}

#[test]
fn texts_are_held_up_to_the_limits_and_everything_is_hashed() {
    let most = "x".repeat(FileList::MAX_TEXT_BYTES);
    let more = most.clone() + "x";
    let tree = copy(&[("most", &most), ("more", &more), ("z", "small")]);
    let files = list(&tree, &["more", "most", "z"]).unwrap();
    assert_eq!(files[0].text, FileText::TooLarge);
    assert_eq!(files[0].size_bytes, more.len() as u64);
    assert!(matches!(&files[1].text, FileText::Known(text) if text.len() == most.len()));
    assert_eq!(files[2].text, FileText::Known(Box::from(*b"small")));

    let count = FileList::MAX_TEXTS_BYTES / FileList::MAX_TEXT_BYTES;
    let names: Vec<_> = (0..=count).map(|number| format!("{number:02}")).collect();
    let all: Vec<_> = names.iter().map(|name| (name.as_str(), most.as_str())).collect();
    let asked: Vec<_> = names.iter().map(String::as_str).collect();
    let files = list(&copy(&all), &asked).unwrap();
    let known = |file: &&ListedFile| matches!(file.text, FileText::Known(_));
    assert_eq!(files.iter().filter(known).count(), count);
    assert_eq!(files[count].text, FileText::TooLarge, "there is more in all than is held");
}

#[test]
fn a_nul_after_the_beginning_is_no_sign_of_a_binary_file() {
    let late = format!("{}\0", "x".repeat(LOOKED_AT_FOR_NUL));
    let early = format!("{}\0", "x".repeat(LOOKED_AT_FOR_NUL - 1));
    let tree = copy(&[("early", &early), ("late", &late)]);
    let files = list(&tree, &["early", "late"]).unwrap();
    assert_eq!(files[0].text, FileText::Binary);
    assert_eq!(files[1].text, FileText::Known(late.into_bytes().into()));
}

#[test]
fn more_files_than_are_listed_are_told() {
    let tree = copy(&[]);
    tree.directory(COPY);
    for number in 0..=FileList::MAX_FILES {
        tree.file(format!("{COPY}/{number}"), "");
    }
    let Err(HashError::Unverified { path, reason, .. }) = list(&tree, &[]) else {
        panic!("listed")
    };
    assert_eq!(path, tree.path(COPY).to_str().unwrap());
    assert!(reason.contains("10000 files"), "{reason}");
    std::fs::remove_file(tree.path(format!("{COPY}/0"))).unwrap();
    assert_eq!(list(&tree, &[]).map(|files| files.len()), Ok(FileList::MAX_FILES));
}

#[test]
fn links_are_followed_as_far_as_for_the_hash_and_a_fifo_is_not_opened() {
    let tree = copy(&[("a", "1")]);
    tree.file("shop/.claude/shared", "inside").fifo(format!("{COPY}/fifo"));
    tree.link(format!("{COPY}/b"), "../../shared").link(format!("{COPY}/c"), "gone");
    let files = list(&tree, &["b", "fifo"]).unwrap();
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["a", "b"]);
    assert_eq!(files[1].text, FileText::Known(Box::from(*b"inside")));

    tree.file("shop/secret", "s").link(format!("{COPY}/d"), "../../../secret");
    let Err(HashError::Unverified { path, reason, .. }) = list(&tree, &["d"]) else {
        panic!("it was followed");
    };
    assert_eq!(path, tree.path(format!("{COPY}/d")).to_str().unwrap());
    assert!(reason.contains("leaves the profile root"), "{reason}");
}
