//! The contract of [`DeploymentReader`].

use super::{SetUp, Stage, record};
use crate::testing::{CopySketch, RecordSketch, Sketch, TrackerSketch};
use crate::{DeploymentReader, ProblemKind, Scanned};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn deployment_reader(set_up: SetUp<'_, dyn DeploymentReader>) {
    a_project_without_trackers_has_no_records(set_up);
    records_come_by_profile_root_and_line_duplicates_included(set_up);
    a_bad_record_costs_only_itself(set_up);
    a_broken_tracker_costs_only_itself(set_up);
}

fn names(read: &Scanned<Vec<crate::DeploymentRecord>>) -> Vec<String> {
    read.value.iter().map(|record| format!("{} {}", record.profile_root, record.artifact)).collect()
}

fn missing(name: &str) -> RecordSketch {
    record(name, CopySketch::Missing)
}

fn a_project_without_trackers_has_no_records(set_up: SetUp<'_, dyn DeploymentReader>) {
    let stage: Stage<dyn DeploymentReader> = set_up(&Sketch::default());
    assert_eq!(stage.port.read(&stage.project("gone")), Scanned::default());
}

fn records_come_by_profile_root_and_line_duplicates_included(
    set_up: SetUp<'_, dyn DeploymentReader>,
) {
    let records =
        |names: &[&str]| TrackerSketch::Records(names.iter().map(|name| missing(name)).collect());
    let stage = set_up(&Sketch::default().tracker("shop", ".agents", records(&["z"])).tracker(
        "shop",
        ".claude",
        records(&["y", "x.md", "y"]),
    ));
    let read = stage.port.read(&stage.project("shop"));
    assert_eq!(
        names(&read),
        [".claude skill:y", ".claude skill:x", ".claude skill:y", ".agents skill:z"]
    );
    assert_eq!(read.problems, []);
    assert!(
        read.value
            .windows(2)
            .all(|pair| pair[0].tracker != pair[1].tracker || pair[0].line < pair[1].line)
    );
}

fn a_bad_record_costs_only_itself(set_up: SetUp<'_, dyn DeploymentReader>) {
    let bad_date = RecordSketch { deployed_at: "yesterday".to_owned(), ..missing("b") };
    let no_hash = RecordSketch { baseline: None, ..missing("c") };
    let no_type = RecordSketch { kind: String::new(), ..missing("d") };
    let records = vec![missing("a"), bad_date, no_hash, no_type, missing("e")];
    let stage =
        set_up(&Sketch::default().tracker("shop", ".claude", TrackerSketch::Records(records)));
    let read = stage.port.read(&stage.project("shop"));
    assert_eq!(names(&read), [".claude skill:a", ".claude skill:e"]);
    assert_eq!(read.problems.len(), 3, "{:?}", read.problems);
    let concerned: Vec<_> = read
        .problems
        .iter()
        .map(|problem| problem.artifact.as_ref().map(ToString::to_string))
        .collect();
    assert_eq!(concerned, [Some("skill:b".to_owned()), Some("skill:c".to_owned()), None]);
    for problem in &read.problems {
        assert_eq!(problem.kind, ProblemKind::MalformedRecord);
        assert!(problem.line.is_some() && !problem.reason.is_empty() && !problem.fix.is_empty());
    }
}

fn a_broken_tracker_costs_only_itself(set_up: SetUp<'_, dyn DeploymentReader>) {
    let stage =
        set_up(&Sketch::default().tracker("shop", ".claude", TrackerSketch::Broken).tracker(
            "shop",
            ".codex",
            TrackerSketch::Records(vec![missing("a")]),
        ));
    let read = stage.port.read(&stage.project("shop"));
    assert_eq!(names(&read), [".codex skill:a"]);
    assert_eq!(
        read.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(),
        [ProblemKind::MalformedTracker]
    );
}
