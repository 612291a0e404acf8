//! Which files are paired, under which name and in which order.

use super::*;
use crate::{ContentHash, FileStatus, FileText};

fn list(files: &[(&str, u8)]) -> FileList {
    let file = |&(path, content): &(&str, u8)| ListedFile {
        path: path.to_owned(),
        hash: ContentHash::from_bytes([content; 32]),
        size_bytes: 1,
        executable: false,
        text: FileText::NotAsked,
    };
    FileList { files: files.iter().map(file).collect() }
}

#[track_caller]
fn check(
    original: Option<&[(&str, u8)]>,
    copy: Option<&[(&str, u8)]>,
    expected: &[(&str, FileStatus)],
) {
    let files = compare((original.map(list), "original.md"), (copy.map(list), "copy.md"));
    let found: Vec<_> = files.iter().map(|file| (file.path(), file.status())).collect();
    assert_eq!(found, expected);
}

#[test]
fn files_are_paired_by_path_in_the_order_of_the_bytes() {
    use FileStatus::{Modified, OnlyInCollection, OnlyInCopy, Unchanged};
    check(
        Some(&[("EXTRA", 1), ("a-b", 1), ("a/b", 1), ("z", 1)]),
        Some(&[("a-b", 2), ("a/b", 1), ("b", 1)]),
        &[
            ("EXTRA", OnlyInCollection),
            ("a-b", Modified),
            ("a/b", Unchanged),
            ("b", OnlyInCopy),
            ("z", OnlyInCollection),
        ],
    );
    check(Some(&[]), Some(&[]), &[]);
    check(None, Some(&[("a", 1)]), &[("a", OnlyInCopy)]);
    check(Some(&[("a", 1)]), None, &[("a", OnlyInCollection)]);
}

#[test]
fn an_artifact_that_is_a_file_has_the_name_of_the_original() {
    use FileStatus::{Modified, OnlyInCollection, OnlyInCopy};
    check(Some(&[("", 1)]), Some(&[("", 2)]), &[("original.md", Modified)]);
    check(Some(&[("", 1)]), None, &[("original.md", OnlyInCollection)]);
    check(None, Some(&[("", 1)]), &[("copy.md", OnlyInCopy)]);
    let (gone, come) = (("original.md", OnlyInCollection), ("x", OnlyInCopy));
    check(Some(&[("", 1)]), Some(&[("x", 1)]), &[gone, come]);
    check(Some(&[("x", 1)]), Some(&[("", 1)]), &[("copy.md", OnlyInCopy), ("x", OnlyInCollection)]);
    check(Some(&[("", 1)]), Some(&[]), &[gone]);
}
