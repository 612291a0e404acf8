//! The contract of [`ProjectStates`].

use super::{SetUp, record};
use crate::testing::{CopySketch, RecordSketch, Sketch, TrackerSketch};
use crate::{Assessment, ProblemKind, ProjectStates};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn project_states(set_up: SetUp<'_, dyn ProjectStates>) {
    let file = || CopySketch::File(b"text".to_vec());
    let outside =
        RecordSketch { path: "../outside".to_owned(), ..record("outside", CopySketch::Missing) };
    let no_hash = RecordSketch { baseline: Some("abc".to_owned()), ..record("no-hash", file()) };
    let twice = RecordSketch {
        path: "skills/other".to_owned(),
        ..record("edited.md", CopySketch::Missing)
    };
    let records = vec![
        record("edited", file()),
        record("gone", CopySketch::Missing),
        outside,
        no_hash,
        twice,
    ];
    let tracker = TrackerSketch::Records(records);
    let stage = set_up(&Sketch::default().tracker("shop", ".claude", tracker));

    let records = stage.port.records(&stage.project("shop"));
    let states: Vec<_> = (0..records.records.len())
        .map(|record| {
            let state = stage.port.state(&records, record);
            (records.records[record].artifact.name(), name(&state))
        })
        .collect();
    let expected = [
        ("edited", "differs"),
        ("gone", "missing"),
        ("outside", "unreadable"),
        ("no-hash", "unreadable"),
    ];
    assert_eq!(states, expected);
    let wanted = [3, 0, 1, 2];
    let together = stage.port.states(&records, &wanted);
    assert_eq!(together, wanted.map(|record| stage.port.state(&records, record)));
    let kinds: Vec<_> = records.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::DuplicateRecord], "the second record of `edited`");
}

fn name(assessment: &Assessment) -> &'static str {
    match assessment {
        Assessment::AsDeployed => "as deployed",
        Assessment::Differs(_) => "differs",
        Assessment::Missing => "missing",
        Assessment::Unreadable(_) => "unreadable",
    }
}
