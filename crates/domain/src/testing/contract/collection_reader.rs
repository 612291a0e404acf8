//! The contract of [`CollectionReader`].

use super::SetUp;
use crate::testing::{CollectionSketch, Sketch};
use crate::{CollectionReader, ProblemKind};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn collection_reader(set_up: SetUp<'_, dyn CollectionReader>) {
    no_collection_is_no_problem(set_up);
    a_bad_entry_costs_only_itself(set_up);
}

fn no_collection_is_no_problem(set_up: SetUp<'_, dyn CollectionReader>) {
    let read = set_up(&Sketch::default()).port.collections();
    assert_eq!((read.value, read.problems), (Vec::new(), Vec::new()));
}

fn a_bad_entry_costs_only_itself(set_up: SetUp<'_, dyn CollectionReader>) {
    let entry =
        |kind: &str, name: &str, path: &str| (kind.to_owned(), name.to_owned(), path.to_owned());
    let work = CollectionSketch {
        artifacts: vec![
            entry("skill", "pdf", "skills/pdf"),
            entry("command", "review.md", "commands/review.md"),
        ],
        bad_entries: 2,
        ..CollectionSketch::default()
    };
    let mut sketch = Sketch { active_collection: Some("work".to_owned()), ..Sketch::default() };
    sketch.collections.insert("work".to_owned(), work);
    sketch.collections.insert("default".to_owned(), CollectionSketch::default());

    let stage = set_up(&sketch);
    let read = stage.port.collections();
    let shown: Vec<_> =
        read.value.iter().map(|found| (found.name.as_str(), found.active)).collect();
    assert_eq!(shown, [("default", false), ("work", true)]);
    assert!(read.value[1].path.is_absolute());
    let ids: Vec<_> = read.value[1].artifacts.iter().map(|found| found.id.to_string()).collect();
    assert_eq!(ids, ["skill:pdf", "command:review"]);
    let kinds: Vec<_> = read.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::MalformedManifest; 2]);
    assert!(read.problems.iter().all(|problem| problem.line.is_some()));
}
