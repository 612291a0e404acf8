//! The contract of [`FileLister`].

use std::collections::BTreeSet;

use camino::Utf8Path;

use super::{SetUp, record};
use crate::testing::{CopySketch, Sketch, TrackerSketch};
use crate::{
    ContentLocation, CopyLocation, FileList, FileLister, FileText, HashError, ListedFile,
    ProfileRoot,
};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn file_lister(set_up: SetUp<'_, dyn FileLister>) {
    let list = |copy, texts: &[&str]| list(set_up, copy, texts);
    assert_eq!(list(CopySketch::Missing, &[]), Err(HashError::Missing));
    files_are_sorted_by_their_bytes_and_have_hashes(&list);
    texts_are_those_that_were_asked_for(&list);
    an_artifact_that_is_a_file_has_no_path(&list);
}

type List<'a> = &'a dyn Fn(CopySketch, &[&str]) -> Result<Vec<ListedFile>, HashError>;

fn list(
    set_up: SetUp<'_, dyn FileLister>,
    copy: CopySketch,
    texts: &[&str],
) -> Result<Vec<ListedFile>, HashError> {
    let tracker = TrackerSketch::Records(vec![record("pdf", copy)]);
    let stage = set_up(&Sketch::default().tracker("shop", ".claude", tracker));
    let copy = CopyLocation {
        project: &stage.project("shop"),
        profile_root: &ProfileRoot::new(".claude").expect("a profile root"),
        path: Utf8Path::new("skills/pdf"),
    };
    let texts: BTreeSet<_> = texts.iter().map(|path| String::from(*path)).collect();
    stage.port.files(&ContentLocation::Copy(copy), &texts).map(|list| list.files)
}

fn directory(files: &[(&str, &[u8])]) -> CopySketch {
    CopySketch::Directory(
        files.iter().map(|(path, content)| (String::from(*path), content.to_vec())).collect(),
    )
}

fn files_are_sorted_by_their_bytes_and_have_hashes(list: List<'_>) {
    let copy = directory(&[("a/b", b"1"), ("a b", b"2"), ("a.c", b"1"), (".git/x", b"3")]);
    let files = list(copy, &[]).expect("it is readable");
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, [".git/x", "a b", "a.c", "a/b"]);
    assert_eq!(files[2].hash, files[3].hash, "of the bytes alone");
    assert_ne!(files[1].hash, files[2].hash);
    assert!(files.iter().all(|file| file.size_bytes == 1 && !file.executable));
    assert!(files.iter().all(|file| file.text == FileText::NotAsked));
    assert_eq!(list(directory(&[]), &[]), Ok(Vec::new()));
}

fn texts_are_those_that_were_asked_for(list: List<'_>) {
    let large = vec![b'x'; FileList::MAX_TEXT_BYTES + 1];
    let copy = directory(&[
        ("binary", b"\0\n"),
        ("empty", b""),
        ("large", &large),
        ("latin", b"\xe9\r\n"),
        ("other", b"x"),
    ]);
    let files = list(copy, &["binary", "empty", "large", "latin", "nowhere"]);
    let texts: Vec<_> = files.expect("it is readable").into_iter().map(|file| file.text).collect();
    let expected = [
        FileText::Binary,
        FileText::Known(Box::default()),
        FileText::TooLarge,
        FileText::Known(Box::from(*b"\xe9\r\n")),
        FileText::NotAsked,
    ];
    assert_eq!(texts, expected);
}

fn an_artifact_that_is_a_file_has_no_path(list: List<'_>) {
    let file = || CopySketch::File(b"text".to_vec());
    let files = list(file(), &[""]).expect("it is readable");
    assert_eq!((files.len(), files[0].path.as_str()), (1, ""));
    assert_eq!(files[0].text, FileText::Known(Box::from(*b"text")));
    assert_eq!(list(file(), &["pdf"]).expect("it is readable")[0].text, FileText::NotAsked);
}
