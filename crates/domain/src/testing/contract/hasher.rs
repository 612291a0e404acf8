//! The contract of [`Hasher`].

mod differing;

use std::collections::BTreeMap;

use camino::Utf8Path;

use super::{SetUp, record};
use crate::testing::{CopySketch, Sketch, TrackerSketch};
use crate::{ContentHash, CopyLocation, HashError, Hasher, ProfileRoot};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn hasher(set_up: SetUp<'_, dyn Hasher>) {
    nothing_is_missing(set_up);
    content_and_names_of_files_decide(set_up);
    several_are_as_each_of_them(set_up);
    differing::suite(set_up);
}

/// Sets a copy up and asks about it.
fn ask<T>(
    set_up: SetUp<'_, dyn Hasher>,
    copy: CopySketch,
    ask: impl FnOnce(&dyn Hasher, CopyLocation<'_>) -> T,
) -> T {
    let tracker = TrackerSketch::Records(vec![record("pdf", copy)]);
    let stage = set_up(&Sketch::default().tracker("shop", ".claude", tracker));
    let profile_root = ProfileRoot::new(".claude").expect("a profile root");
    let location = CopyLocation {
        project: &stage.project("shop"),
        profile_root: &profile_root,
        path: Utf8Path::new("skills/pdf"),
    };
    ask(&*stage.port, location)
}

fn hash(set_up: SetUp<'_, dyn Hasher>, copy: CopySketch) -> Result<ContentHash, HashError> {
    ask(set_up, copy, |hasher, location| hasher.hash(&location))
}

fn directory(files: &[(&str, &str)]) -> CopySketch {
    let file = |&(path, content): &(&str, &str)| (path.to_owned(), content.as_bytes().to_vec());
    CopySketch::Directory(files.iter().map(file).collect::<BTreeMap<_, _>>())
}

fn several_are_as_each_of_them(set_up: SetUp<'_, dyn Hasher>) {
    let hash = ContentHash::from_bytes([1; 32]);
    let sketch = [".agents", ".claude"].iter().fold(Sketch::default(), |sketch, profile_root| {
        let records = vec![
            record("pdf", directory(&[("SKILL.md", profile_root)])),
            record("gone", CopySketch::Missing),
            record("plan", CopySketch::File(b"text".to_vec())),
        ];
        sketch.tracker("shop", profile_root, TrackerSketch::Records(records))
    });
    let stage = set_up(&sketch);
    let project = stage.project("shop");
    let profile_roots =
        [".agents", ".claude", ".none"].map(|name| ProfileRoot::new(name).expect("a profile root"));
    let copies: Vec<_> = profile_roots
        .iter()
        .flat_map(|profile_root| {
            ["skills/pdf", "skills/gone", "skills/plan", "pdf", "skills/plan/within"].map(|path| {
                (CopyLocation { project: &project, profile_root, path: path.into() }, hash)
            })
        })
        .collect();
    let alone: Vec<_> =
        copies.iter().map(|(copy, baseline)| stage.port.difference(copy, *baseline)).collect();
    assert_eq!(stage.port.differences(&copies), alone);
    assert_eq!(stage.port.differences(&[]), []);
}

fn nothing_is_missing(set_up: SetUp<'_, dyn Hasher>) {
    assert_eq!(hash(set_up, CopySketch::Missing), Err(HashError::Missing));
}

fn content_and_names_of_files_decide(set_up: SetUp<'_, dyn Hasher>) {
    let base = [("SKILL.md", "text"), ("lib/util.py", "1"), ("lib-extra.sh", "2")];
    let hash = |copy| hash(set_up, copy).expect("the copy is readable");
    let original = hash(directory(&base));
    assert_eq!(
        hash(directory(&[base[2], base[0], base[1]])),
        original,
        "listing order does not count"
    );
    assert_ne!(
        hash(directory(&[("SKILL.md", "Text"), base[1], base[2]])),
        original,
        "content counts"
    );
    assert_ne!(
        hash(directory(&[("SKILL.txt", "text"), base[1], base[2]])),
        original,
        "names count"
    );
    assert_ne!(hash(directory(&[base[0], base[1]])), original, "a removed file counts");
    assert_ne!(
        hash(directory(&[base[0], base[1], base[2], ("z", "")])),
        original,
        "an added empty file counts"
    );
    assert_eq!(
        hash(CopySketch::File(Vec::new())),
        hash(directory(&[])),
        "no file hashes as an empty file"
    );
    assert_ne!(hash(CopySketch::File(b"a".to_vec())), hash(CopySketch::File(b"b".to_vec())));
}
