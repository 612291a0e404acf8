//! What a copy tells of its content, and all copies of their states.

use camino::Utf8Path;

use super::*;
use crate::{DriftKind, ProblemKind};

const BASELINE: ContentHash = ContentHash::from_bytes([1; 32]);
const EDITED: ContentHash = ContentHash::from_bytes([2; 32]);

fn copy(artifact: &str, state: CopyState) -> CopyReport {
    let record = DeploymentRecord {
        artifact: artifact.parse().unwrap(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        path: RecordedPath::new("skills/x"),
        baseline: Baseline::new(&BASELINE.to_string()),
        deployed_at: "2026-01-02".parse().unwrap(),
        from_collection: None,
        profile_id: None,
        tracker: "/t".into(),
        line: 1,
    };
    CopyReport::new(&record, state)
}

#[test]
fn what_has_content_has_a_hash_and_what_is_unreadable_a_reason() {
    let kind = DriftKind::Content;
    let problem = Problem {
        path: "/x".to_owned(),
        line: None,
        kind: ProblemKind::UnreadableCopy,
        reason: "is a FIFO".to_owned(),
        fix: "remove it".to_owned(),
        artifact: None,
    };
    for (state, current, reason) in [
        (CopyState::Synced, Some(BASELINE), None),
        (CopyState::Outdated, Some(BASELINE), None),
        (CopyState::Modified { current: EDITED, kind }, Some(EDITED), None),
        (CopyState::Conflict { current: EDITED, kind }, Some(EDITED), None),
        (CopyState::Missing, None, None),
        (CopyState::Unreadable(Box::new(problem)), None, Some("is a FIFO")),
    ] {
        let copy = copy("skill:pdf", state);
        assert_eq!((copy.current(), copy.reason()), (current, reason), "{:?}", copy.state);
    }
}

#[test]
fn an_overview_has_the_state_of_every_copy_by_artifact() {
    let project = ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap();
    let statistics = |artifact: &str, state| {
        let copies = vec![copy(artifact, state)];
        let projects = ProjectDeployment::new(project.clone(), copies).into_iter().collect();
        let statistics = DeploymentStatistics { projects, problems: Vec::new() };
        (artifact.parse().unwrap(), statistics)
    };
    let artifacts =
        [statistics("skill:b", CopyState::Missing), statistics("skill:a", CopyState::Synced)];
    let overview = Overview { artifacts: artifacts.into(), ..Overview::default() };
    let states: Vec<_> = overview.states().collect();
    assert_eq!(states, [StateName::Synced, StateName::Missing]);
}
