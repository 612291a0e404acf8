//! The contract of `Originals`, and what is told of what cannot be read.

use super::*;
use crate::testing::{MockCollectionReader, MockHasher};
use crate::{ArtifactDetails, InTurn};

fn collection(artifacts: &[(&str, &str)]) -> Collection {
    let artifacts = artifacts.iter().map(|(id, path)| CollectionArtifact {
        id: id.parse().unwrap(),
        name: "x".to_owned(),
        path: String::from(*path),
        origin: "local".to_owned(),
        added: "2026-01-02".parse().unwrap(),
        details: ArtifactDetails::default(),
    });
    Collection {
        name: "work".to_owned(),
        path: "/home/collections/work".into(),
        active: true,
        artifacts: artifacts.collect(),
    }
}

fn problem(path: &str, kind: ProblemKind) -> Problem {
    let (reason, fix) = ("why".to_owned(), "how".to_owned());
    Problem { path: path.to_owned(), line: None, kind, reason, fix, artifact: None }
}

/// Reads one original where manifests and hasher say this.
fn read(manifests: Scanned<Vec<Collection>>, artifact: &str, hasher: MockHasher) -> Original {
    let mut reader = MockCollectionReader::new();
    reader.expect_collections().once().return_once(move || manifests);
    let originals = DirectOriginals::new(Arc::new(reader), Arc::new(hasher), Arc::new(InTurn));
    let id = OriginalId { collection: "work".to_owned(), artifact: artifact.parse().unwrap() };
    originals.originals(&[id.clone()].into()).remove(&id).unwrap()
}

#[track_caller]
fn check_problem(original: &Original, path: &str, reason: &str) {
    let Original::Unreadable(problems) = original else { panic!("{original:?}") };
    let [problem] = &**problems else { panic!("{problems:?}") };
    assert_eq!((problem.kind, problem.path.as_str()), (ProblemKind::UnreadableCollection, path));
    assert_eq!(problem.artifact, Some("skill:pdf".parse().unwrap()));
    assert!(problem.reason.contains(reason), "{}", problem.reason);
    assert!(!problem.fix.is_empty());
}

#[test]
fn what_cannot_be_verified_is_a_problem_of_the_artifact() {
    let whole = || Scanned::whole(vec![collection(&[("skill:pdf", "skills/pdf")])]);
    let failing = |error: HashError| {
        let mut hasher = MockHasher::new();
        hasher.expect_examine().once().return_once(move |content| {
            assert_eq!(content.collection, "/home/collections/work");
            assert_eq!(content.path, "skills/pdf");
            Err(error)
        });
        hasher
    };
    let error = HashError::Unverified {
        path: "/home/collections/work/skills/pdf/x".to_owned(),
        reason: "cannot be read".to_owned(),
        fix: "make it readable".to_owned(),
    };
    let original = read(whole(), "skill:pdf", failing(error));
    check_problem(&original, "/home/collections/work/skills/pdf/x", "cannot be read");
    let original = read(whole(), "skill:pdf", failing(HashError::Missing));
    check_problem(&original, "/home/collections/work/skills/pdf", "nothing is there");
}

#[test]
fn a_path_that_leaves_is_never_given_to_the_hasher() {
    for path in ["", ".", "/etc", "../x", "a/../../x", "a\0"] {
        let manifests = Scanned::whole(vec![collection(&[("skill:pdf", path)])]);
        let original = read(manifests, "skill:pdf", MockHasher::new());
        check_problem(&original, "/home/collections/work", path);
    }
}

#[test]
fn only_what_could_hide_the_artifact_leaves_doubts() {
    let manifest =
        problem("/home/collections/work/collection.toml", ProblemKind::MalformedManifest);
    let other = problem("/home/collections/work-2/collection.toml", ProblemKind::MalformedManifest);
    let config = problem("/home/config.toml", ProblemKind::MalformedManifest);
    let unlisted = problem("/home/collections", ProblemKind::UnreadableCollection);
    let all = vec![manifest.clone(), other, config, unlisted.clone()];

    let scanned = |value| Scanned { value, problems: all.clone() };
    let in_doubt = |problem| Original::Unreadable([problem].into());
    let listed = read(scanned(vec![collection(&[])]), "skill:pdf", MockHasher::new());
    assert_eq!(listed, in_doubt(manifest));
    let unknown = read(scanned(Vec::new()), "skill:pdf", MockHasher::new());
    assert_eq!(unknown, in_doubt(unlisted));
    let whole = read(Scanned::whole(Vec::new()), "skill:pdf", MockHasher::new());
    assert_eq!(whole, Original::Absent);
}
