//! The contract of [`Originals`].

mod examining;

use std::collections::BTreeSet;

use super::SetUp;
use crate::testing::{CollectionSketch, CopySketch, Sketch};
use crate::{Original, OriginalId, Originals, ProblemKind};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn originals(set_up: SetUp<'_, dyn Originals>) {
    what_is_there_has_a_content(set_up);
    examining::suite(set_up);
    what_is_not_there_is_absent_or_in_doubt(set_up);
}

fn id(collection: &str, artifact: &str) -> OriginalId {
    OriginalId {
        collection: collection.to_owned(),
        artifact: artifact.parse().expect("a test names real artifacts"),
    }
}

fn file(content: &str) -> CopySketch {
    CopySketch::File(content.as_bytes().to_vec())
}

fn collection(artifacts: &[(&str, &str, &str)], bad_entries: usize) -> CollectionSketch {
    let artifacts = artifacts
        .iter()
        .map(|(kind, name, path)| (String::from(*kind), String::from(*name), String::from(*path)));
    CollectionSketch { artifacts: artifacts.collect(), bad_entries, ..CollectionSketch::default() }
}

fn what_is_there_has_a_content(set_up: SetUp<'_, dyn Originals>) {
    let mut work = collection(
        &[
            ("skill", "pdf", "skills/pdf"),
            ("command", "review.md", "./commands//review.md"),
            ("skill", "pdf", "skills/second"),
        ],
        1,
    );
    work.contents
        .insert("skills/pdf".to_owned(), CopySketch::Directory([("a".to_owned(), vec![1])].into()));
    work.contents.insert("commands/review.md".to_owned(), file("text"));
    work.contents.insert("skills/second".to_owned(), file("text"));
    let mut sketch = Sketch::default();
    sketch.collections.insert("work".to_owned(), work);

    let stage = set_up(&sketch);
    let wanted = BTreeSet::from([id("work", "skill:pdf"), id("work", "command:review")]);
    let found = stage.port.originals(&wanted);
    assert_eq!(found.keys().collect::<Vec<_>>(), wanted.iter().collect::<Vec<_>>());
    let content = |artifact| found[&id("work", artifact)].content().expect("it is there");
    // The first entry counts.
    assert_ne!(content("command:review").hash(), content("skill:pdf").hash());
}

fn what_is_not_there_is_absent_or_in_doubt(set_up: SetUp<'_, dyn Originals>) {
    let mut sketch = Sketch::default();
    let whole =
        [("skill", "gone", "skills/gone"), ("skill", "out", "../out"), ("skill", "abs", "/")];
    sketch.collections.insert("whole".to_owned(), collection(&whole, 0));
    sketch.collections.insert("torn".to_owned(), collection(&[], 2));

    let stage = set_up(&sketch);
    let names = [
        ("nowhere", "skill:pdf", &[][..]),
        ("whole", "skill:pdf", &[]),
        ("whole", "skill:gone", &[ProblemKind::UnreadableCollection]),
        ("whole", "skill:out", &[ProblemKind::UnreadableCollection]),
        ("whole", "skill:abs", &[ProblemKind::UnreadableCollection]),
        // One of the entries that could not be read may be this one.
        ("torn", "skill:pdf", &[ProblemKind::MalformedManifest; 2]),
    ];
    let wanted = names.iter().map(|(collection, artifact, _)| id(collection, artifact)).collect();
    let found = stage.port.originals(&wanted);
    for (collection, artifact, expected) in names {
        let kinds: Vec<_> = match &found[&id(collection, artifact)] {
            Original::Content(_) => panic!("{artifact} of {collection} is there"),
            Original::Absent => Vec::new(),
            Original::Unreadable(problems) => problems.iter().map(|found| found.kind).collect(),
        };
        assert_eq!(kinds, expected, "{artifact} of {collection}");
    }
}
