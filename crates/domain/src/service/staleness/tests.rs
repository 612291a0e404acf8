//! The table: what changed, and what of a project it touches.

use std::sync::Arc;

use camino::Utf8Path;

use super::*;
use crate::{
    Baseline, ContentHash, ContentTraits, Problem, ProblemKind, ProjectPath, RecordedPath,
};

fn root(name: &str) -> ProfileRoot {
    ProfileRoot::new(name).unwrap()
}

fn record(profile_root: &str, artifact: &str, path: &str, line: u32) -> DeploymentRecord {
    DeploymentRecord {
        artifact: artifact.parse().unwrap(),
        profile_root: root(profile_root),
        path: RecordedPath::new(path),
        baseline: Baseline::new(&ContentHash::from_bytes([0; 32]).to_string()),
        deployed_at: "2026-01-02".parse().unwrap(),
        from_collection: None,
        profile_id: None,
        tracker: "/t".into(),
        line,
    }
}

fn problem(artifact: Option<&str>) -> Problem {
    Problem {
        path: "/t".to_owned(),
        line: Some(1),
        kind: ProblemKind::MalformedRecord,
        reason: "is bad".to_owned(),
        fix: "mend it".to_owned(),
        artifact: artifact.map(|artifact| artifact.parse().unwrap()),
    }
}

fn project(records: Vec<DeploymentRecord>, problems: Vec<Problem>) -> ProjectRecords {
    ProjectRecords { project: ProjectPath::new("/p".into()).unwrap(), records, problems }
}

#[test]
fn a_path_touches_the_copies_at_it_around_it_and_in_it() {
    let records = project(
        vec![
            record(".claude", "skill:pdf", "skills/pdf", 1),
            record(".claude", "skill:pdf-x", "skills/pdf-x", 2),
            record(".claude", "command:review", "commands/review.md", 3),
            record(".codex", "skill:pdf", "skills/pdf", 4),
            record(".claude", "skill:outside", "../outside", 5),
        ],
        Vec::new(),
    );
    for (profile_root, path, expected) in [
        (".claude", "skills/pdf", &[0][..]),
        (".claude", "skills/pdf/scripts/run.py", &[0]),
        (".claude", "skills/pdf/scripts", &[0]),
        (".claude", "skills/pdf-x/SKILL.md", &[1]),
        (".claude", "skills/pd", &[]),
        (".claude", "skills", &[0, 1]),
        (".claude", "", &[0, 1, 2]),
        (".claude", "commands/review.md", &[2]),
        (".claude", "commands/other.md", &[]),
        (".codex", "skills/pdf/SKILL.md", &[3]),
        (".agents", "", &[]),
    ] {
        let touched = touched_copies(&records, &root(profile_root), Utf8Path::new(path));
        assert_eq!(touched, expected, "{profile_root}/{path}");
    }
    let artifacts: Vec<_> = artifacts_of(&records, &[0, 3]).into_iter().collect();
    assert_eq!(artifacts, ["skill:pdf".parse().unwrap()]);
}

#[test]
fn trackers_touch_what_they_name_before_or_after() {
    let before =
        project(vec![record(".claude", "skill:pdf", "a", 1)], vec![problem(Some("skill:x"))]);
    let after = project(vec![record(".claude", "skill:csv", "b", 1)], vec![problem(None)]);
    let named = |artifacts: &[&str]| {
        Affected::Only(artifacts.iter().map(|artifact| artifact.parse().unwrap()).collect())
    };
    let none = project(Vec::new(), Vec::new());
    for (before, after, expected) in [
        (Some(&before), &after, named(&["skill:csv", "skill:pdf", "skill:x"])),
        (Some(&before), &before, named(&["skill:pdf", "skill:x"])),
        (Some(&none), &after, named(&["skill:csv"])),
        (Some(&before), &none, named(&["skill:pdf", "skill:x"])),
        (Some(&none), &none, named(&[])),
        (None, &after, Affected::All),
    ] {
        assert_eq!(affected_artifacts(before, after), expected);
    }
}

#[test]
fn a_state_survives_a_tracker_that_says_the_same_on_another_line() {
    let before = record(".claude", "skill:pdf", "skills/pdf", 1);
    let check = |state: &Assessment, after: DeploymentRecord, expected: bool| {
        assert_eq!(state_survives(&before, state, &after), expected, "{after:?}");
    };
    let same = || record(".claude", "skill:pdf", "skills/pdf", 9);
    check(&Assessment::AsDeployed, same(), true);
    check(&Assessment::Missing, same(), true);
    check(&Assessment::Unreadable(Box::new(problem(None))), same(), false);
    check(&Assessment::AsDeployed, record(".claude", "skill:csv", "skills/pdf", 1), false);
    check(&Assessment::AsDeployed, record(".codex", "skill:pdf", "skills/pdf", 1), false);
    check(&Assessment::AsDeployed, record(".claude", "skill:pdf", "skills/csv", 1), false);
    let other = Baseline::new(&ContentHash::from_bytes([1; 32]).to_string());
    check(&Assessment::AsDeployed, DeploymentRecord { baseline: other, ..same() }, false);
}

fn original(number: u8) -> Original {
    let hash = ContentHash::from_bytes([number; 32]);
    Original::Content(Arc::new(ContentTraits::new(hash, hash, hash, None)))
}

#[test]
fn a_change_of_collections_touches_what_is_not_known_to_be_the_same() {
    let unreadable = |reason: &str| {
        let problem = Problem { reason: reason.to_owned(), ..problem(None) };
        Original::Unreadable([problem].into())
    };
    let rows = [
        ("skill:same", Some(original(1)), Some(original(1)), false),
        ("skill:other", Some(original(1)), Some(original(2)), true),
        ("skill:absent", Some(Original::Absent), Some(Original::Absent), false),
        ("skill:came", Some(Original::Absent), Some(original(1)), true),
        ("skill:went", Some(original(1)), Some(Original::Absent), true),
        ("skill:closed", Some(original(1)), Some(unreadable("a")), true),
        ("skill:as-bad", Some(unreadable("a")), Some(unreadable("a")), false),
        ("skill:worse", Some(unreadable("a")), Some(unreadable("b")), true),
        // Being read when the change came: before it or after.
        ("skill:unknown", None, Some(original(1)), true),
        ("skill:not-read-again", Some(original(1)), None, true),
        ("skill:neither", None, None, true),
    ];
    let id = |artifact: &str| OriginalId {
        collection: "default".to_owned(),
        artifact: artifact.parse().unwrap(),
    };
    let before = rows.iter().map(|(name, before, _, _)| (id(name), before.clone())).collect();
    let after = rows.iter().filter_map(|(name, _, after, _)| Some((id(name), after.clone()?)));
    let expected = rows.iter().filter(|row| row.3).map(|row| id(row.0).artifact).collect();
    let affected = affected_by_originals(&before, &after.collect());
    assert_eq!(affected, Affected::Only(expected));
}
