//! Entries change places whole.

use std::fs;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::*;
use crate::test_support::TempTree;

fn located(tree: &TempTree, directory: &str, name: &str) -> Located {
    let parent = Dir::open_ambient_dir(tree.path(directory), ambient_authority()).unwrap();
    Located { parent, name: std::ffi::CString::new(name).unwrap() }
}

#[test]
fn a_directory_and_a_file_change_places() {
    let tree = TempTree::new();
    tree.file("stage/0/SKILL.md", "new").file("skills/pdf", "old");
    let (staged, place) = (located(&tree, "stage", "0"), located(&tree, "skills", "pdf"));
    exchange(&staged, &place, &located(&tree, "stage", "0.old")).unwrap();
    assert_eq!(fs::read(tree.path("skills/pdf/SKILL.md")).unwrap(), b"new");
    assert_eq!(fs::read(tree.path("stage/0")).unwrap(), b"old");
    sync_names(&staged, &place).unwrap();
}

#[test]
fn what_is_there_is_not_replaced() {
    let tree = TempTree::new();
    tree.file("stage/0", "new").file("skills/pdf", "old");
    let refused = move_to(&located(&tree, "stage", "0"), &located(&tree, "skills", "pdf"));
    assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(tree.path("skills/pdf")).unwrap(), b"old");
}
