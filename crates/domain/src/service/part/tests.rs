//! A part of everything is what looking at that part alone finds.

use std::sync::Arc;

use super::*;
use crate::testing::{MockOriginals, MockProjectDiscovery, MockProjectStates};
use crate::{
    Assessment, Baseline, DeploymentRecord, InTurn, ProfileRoot, ProjectRecords, RecordedPath,
    Scanned, StatisticsService,
};

fn project(path: &str) -> ProjectPath {
    ProjectPath::new(Utf8Path::new(path)).unwrap()
}

fn problem(kind: ProblemKind, path: &str, artifact: Option<&str>) -> Problem {
    Problem {
        path: path.to_owned(),
        line: None,
        kind,
        reason: "why".to_owned(),
        fix: "how".to_owned(),
        artifact: artifact.map(|artifact| artifact.parse().unwrap()),
    }
}

fn record(artifact: &str, tracker: &str) -> DeploymentRecord {
    DeploymentRecord {
        artifact: artifact.parse().unwrap(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        path: RecordedPath::new("x"),
        baseline: Baseline::new(""),
        deployed_at: "2026-01-02".parse().unwrap(),
        from_collection: None,
        profile_id: None,
        tracker: tracker.into(),
        line: 1,
    }
}

/// A project in a copy of another, and one that is a profile root of another; each with a bad
/// tracker and two copies that cannot be verified.
const PROJECTS: [&str; 4] = ["/dev/a", "/dev/a/.claude", "/dev/a/.claude/x/b", "/dev/a-b"];

fn records(project: &ProjectPath) -> ProjectRecords {
    let tracker = format!("{project}/.claude/.skillmeat-deployed.toml");
    let records = vec![record("skill:pdf", &tracker), record("agent:plan", &tracker)];
    let problems = vec![
        problem(ProblemKind::MalformedRecord, &tracker, Some("skill:pdf")),
        problem(ProblemKind::MalformedTracker, &tracker, None),
        problem(ProblemKind::UnreadableDirectory, project.as_str(), None),
    ];
    ProjectRecords { project: project.clone(), records, problems }
}

fn service() -> StatisticsService {
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_discover().returning(|| Scanned {
        value: PROJECTS.iter().map(|path| project(path)).collect(),
        problems: vec![
            problem(ProblemKind::UnreadableDirectory, "/dev/a/.claude/x/b/closed", None),
            problem(ProblemKind::MissingRoot, "/elsewhere", None),
        ],
    });
    let mut states = MockProjectStates::new();
    states.expect_records().returning(|project| Arc::new(records(project)));
    states.expect_known_state().return_const(None);
    states.expect_states().returning(|records, wanted| {
        let unreadable = |&at: &usize| {
            let record = &records.records[at];
            let path = format!("{}/.claude/x/{}", records.project, record.artifact.name());
            let unreadable =
                problem(ProblemKind::UnreadableCopy, &path, Some(record.artifact.as_str()));
            Assessment::Unreadable(Box::new(unreadable))
        };
        wanted.iter().map(unreadable).collect()
    });
    // Copies without a content have no original.
    let originals = Arc::new(MockOriginals::new());
    StatisticsService::new(Arc::new(discovery), Arc::new(states), originals, Arc::new(InTurn))
}

#[test]
fn it_is_what_looking_at_the_part_alone_finds() {
    let service = service();
    let all = service.inventory(&());
    let everything = service.overview(&all, &|_, _| true, &());
    for wanted in [None, Some("/dev/a"), Some("/dev/a/.claude"), Some("/dev/a-b")] {
        let wanted = wanted.map(project);
        for kind in ["skill", "agent", ""] {
            let of_kind = |artifact: &ArtifactId| kind.is_empty() || artifact.kind() == kind;
            let mut inventory = all.clone();
            if let Some(project) = &wanted {
                inventory.retain_project(project);
            }
            let direct = service.overview(&inventory, &|_, artifact| of_kind(artifact), &());
            let part = everything.part(wanted.as_ref(), &of_kind);
            assert_eq!(part, direct, "{wanted:?} {kind}");
        }
    }
}

#[test]
fn a_project_has_the_problems_of_its_trackers_and_of_what_lies_below_it() {
    let service = service();
    let everything = service.overview(&service.inventory(&()), &|_, _| true, &());
    let part = everything.part(Some(&project("/dev/a")), &|artifact| artifact.kind() == "skill");
    let problems: Vec<_> =
        part.problems.iter().map(|problem| (&*problem.path, problem.kind.as_str())).collect();
    let tracker = "/dev/a/.claude/.skillmeat-deployed.toml";
    let expected = [
        ("/dev/a", "unreadable_directory"),
        ("/dev/a/.claude", "unreadable_directory"),
        (tracker, "malformed_tracker"),
        (tracker, "malformed_record"),
        ("/dev/a/.claude/x/b", "unreadable_directory"),
        ("/dev/a/.claude/x/b/closed", "unreadable_directory"),
        ("/dev/a/.claude/x/pdf", "unreadable_copy"),
    ];
    assert_eq!(problems, expected);
    assert_eq!(part.artifacts[&"skill:pdf".parse().unwrap()].problems.len(), 2);
}

#[test]
fn an_interrupted_write_is_one_of_the_project_that_has_the_profile_root() {
    let concerned = |path: &str| {
        let problem = problem(ProblemKind::Interrupted, path, None);
        ["/dev/a", "/dev/a/sub"].map(|of| concerns(&problem, &project(of)))
    };
    assert_eq!(concerned("/dev/a/.claude/.skillstat-intent"), [true, false]);
    assert_eq!(concerned("/dev/a/.claude/skills/pdf"), [true, false]);
    assert_eq!(concerned("/dev/a/sub/.mine/.skillstat-intent"), [false, true]);
    assert_eq!(concerned("/dev/a/sub/.mine/skills/pdf"), [false, true]);
    assert_eq!(concerned("/dev/a-b/.claude/.skillstat-intent"), [false, false]);
}

#[test]
fn one_artifact_is_the_same_out_of_everything() {
    let service = service();
    let inventory = service.inventory(&());
    let everything = service.overview(&inventory, &|_, _| true, &());
    for artifact in ["skill:pdf", "agent:plan", "skill:none"] {
        let artifact = artifact.parse().unwrap();
        let direct = service.statistics(&inventory, &artifact, &());
        assert_eq!(everything.statistics(&artifact), direct, "{artifact}");
    }
    let artifacts: Vec<_> = inventory.artifacts().into_iter().map(ArtifactId::as_str).collect();
    assert_eq!(artifacts, ["agent:plan", "skill:pdf"]);
    let of_no_copy: Vec<_> = everything.problems_of_no_copy().cloned().collect();
    let mut expected: Vec<_> = inventory.problems().cloned().collect();
    expected.sort();
    assert_eq!(of_no_copy, expected);
}
