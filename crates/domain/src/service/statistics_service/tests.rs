//! The use case over mocked ports: order, counts, and what is asked of whom.

use camino::Utf8Path;

use super::*;
use crate::testing::{
    MockOriginals, MockProjectDiscovery, MockProjectStates, RecordingObserver, contract,
};
use crate::{
    Baseline, ContentHash, ContentTraits, DeploymentRecord, Difference, InTurn, Problem,
    ProblemKind, ProfileRoot, ProjectPath, RecordedPath, Scanned, StateName,
};

fn path(name: &str) -> ProjectPath {
    ProjectPath::new(&Utf8Path::new("/dev").join(name)).unwrap()
}

fn record(artifact: &str, profile_root: &str, deployed_at: &str) -> DeploymentRecord {
    DeploymentRecord {
        artifact: artifact.parse().unwrap(),
        profile_root: ProfileRoot::new(profile_root).unwrap(),
        path: RecordedPath::new("skills/x"),
        baseline: Baseline::new(&"0".repeat(64)),
        deployed_at: deployed_at.parse().unwrap(),
        from_collection: None,
        profile_id: None,
        tracker: "/t".into(),
        line: 1,
    }
}

fn problem(path: &str, artifact: Option<&str>) -> Problem {
    Problem {
        path: path.to_owned(),
        line: None,
        kind: ProblemKind::UnreadableCopy,
        reason: "why".to_owned(),
        fix: "how".to_owned(),
        artifact: artifact.map(|artifact| artifact.parse().unwrap()),
    }
}

/// Two projects; `skill:pdf` in both, in the first one in two profile roots, the later one edited.
fn service(state: fn(&DeploymentRecord) -> Assessment, batches: usize) -> StatisticsService {
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_discover().once().returning(|| Scanned {
        value: vec![path("a"), path("b")],
        problems: vec![problem("/dev/closed", None)],
    });
    let mut states = MockProjectStates::new();
    states.expect_records().times(2).returning(|project| {
        let records = match project.name() {
            "a" => vec![
                record("skill:pdf", ".agents", "2026-01-03"),
                record("skill:pdf", ".claude", "2026-01-02"),
                record("agent:plan", ".claude", "2026-01-04"),
            ],
            _ => vec![record("skill:pdf", ".codex", "2026-01-05")],
        };
        Arc::new(ProjectRecords { project: project.clone(), records, problems: Vec::new() })
    });
    // Those in one profile root are asked about together.
    states.expect_known_state().return_const(None);
    states.expect_states().times(batches).returning(move |records, wanted| {
        let root = |&at: &usize| &records.records[at].profile_root;
        assert!(wanted.iter().all(|at| root(at) == root(&wanted[0])));
        wanted.iter().map(|&at| state(&records.records[at])).collect()
    });
    // Records that name no collection ask for no original.
    let originals = Arc::new(MockOriginals::new());
    StatisticsService::new(Arc::new(discovery), Arc::new(states), originals, Arc::new(InTurn))
}

fn traits(number: u8) -> Arc<ContentTraits> {
    let hash = ContentHash::from_bytes([number; 32]);
    Arc::new(ContentTraits::new(hash, hash, hash, None))
}

fn differs(number: u8) -> Assessment {
    let traits = ContentTraits::clone(&traits(number));
    let (current, baseline) = (traits.hash(), ContentHash::from_bytes([0; 32]));
    Assessment::Differs(Arc::new(Difference::new(traits, current, baseline)))
}

fn edited_outside_claude(record: &DeploymentRecord) -> Assessment {
    match record.profile_root.as_str() {
        ".agents" => differs(7),
        _ => Assessment::AsDeployed,
    }
}

#[test]
fn one_entry_per_project_with_the_copies_in_order() {
    let service = service(edited_outside_claude, 3);
    let overview = service.overview(&service.inventory(&()), &|_, _| true, &());
    let ids: Vec<_> = overview.artifacts.keys().map(ToString::to_string).collect();
    assert_eq!(ids, ["agent:plan", "skill:pdf"]);

    let pdf = &overview.artifacts[&"skill:pdf".parse().unwrap()];
    assert_eq!((pdf.total(), pdf.modified(), pdf.worst()), (2, 1, Some(StateName::Modified)));
    let first = &pdf.projects[0];
    let roots: Vec<_> = first.copies().map(|copy| copy.profile_root.as_str()).collect();
    assert_eq!(roots, [".claude", ".agents"]);
    assert_eq!(
        first.deployed_at().to_string(),
        "2026-01-02T00:00:00",
        "the date of the first copy"
    );
    assert!(first.is_modified() && !pdf.projects[1].is_modified());

    let totals: Vec<_> =
        overview.project_totals().iter().map(|total| (total.deployments, total.modified)).collect();
    assert_eq!(totals, [(3, 1), (1, 0)]);
}

#[test]
fn one_artifact_looks_at_its_own_copies_only() {
    let service = service(edited_outside_claude, 1);
    let plan: ArtifactId = "agent:plan".parse().unwrap();
    assert_eq!(service.statistics(&service.inventory(&()), &plan, &()).total(), 1);
}

#[test]
fn an_artifact_without_deployment_gives_zeros() {
    let service = service(edited_outside_claude, 0);
    let none: ArtifactId = "skill:none".parse().unwrap();
    let statistics = service.statistics(&service.inventory(&()), &none, &());
    assert_eq!(statistics, DeploymentStatistics::default());
}

#[test]
fn missing_and_unreadable_count_as_deployed_and_not_modified() {
    let service = service(
        |record| match record.profile_root.as_str() {
            ".claude" => Assessment::Missing,
            _ => Assessment::Unreadable(Box::new(problem("/dev/x", Some("skill:pdf")))),
        },
        3,
    );
    let overview = service.overview(&service.inventory(&()), &|_, _| true, &());
    let pdf = &overview.artifacts[&"skill:pdf".parse().unwrap()];
    assert_eq!((pdf.total(), pdf.modified(), pdf.worst()), (2, 0, Some(StateName::Unreadable)));
    // The same problem twice is one; that of no artifact is in the overview only.
    assert_eq!(pdf.problems, [problem("/dev/x", Some("skill:pdf"))]);
    assert_eq!(
        overview.problems,
        [problem("/dev/closed", None), problem("/dev/x", Some("skill:pdf"))]
    );
}

#[test]
fn an_observer_hears_every_step() {
    let service = service(edited_outside_claude, 3);
    let observer = RecordingObserver::default();
    service.overview(&service.inventory(&observer), &|_, _| true, &observer);
    let expected =
        [(ScanPhase::Discovering, 0, 0), (ScanPhase::Reading, 2, 2), (ScanPhase::Hashing, 4, 4)];
    assert_eq!(observer.phases(), expected);
}

#[test]
fn in_turn_keeps_the_contract_of_workers() {
    contract::workers(&InTurn);
}

#[test]
fn an_artifact_whose_only_record_is_bad_still_has_its_problem() {
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_discover().returning(|| Scanned::whole(vec![path("a")]));
    let mut states = MockProjectStates::new();
    states.expect_records().returning(|project| {
        let problems =
            vec![problem("/dev/a", Some("skill:pdf")), problem("/dev/a", Some("skill:x"))];
        Arc::new(ProjectRecords { project: project.clone(), records: Vec::new(), problems })
    });
    let originals = Arc::new(MockOriginals::new());
    let service =
        StatisticsService::new(Arc::new(discovery), Arc::new(states), originals, Arc::new(InTurn));
    let pdf = "skill:pdf".parse().unwrap();
    let statistics = service.statistics(&service.inventory(&()), &pdf, &());
    assert_eq!((statistics.total(), statistics.problems.len()), (0, 1));
}

/// One project with these copies of `work`, each an artifact of its own; and these originals.
fn judged(copies: &[(&str, Assessment)], originals: &[(&str, Original)]) -> Overview {
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_discover().returning(|| Scanned::whole(vec![path("a"), path("b")]));
    let records: Vec<_> = copies
        .iter()
        .map(|(artifact, _)| DeploymentRecord {
            from_collection: Some("work".into()),
            ..record(artifact, ".claude", "2026-01-02")
        })
        .collect();
    let mut states = MockProjectStates::new();
    states.expect_records().returning(move |project| {
        let records = records.clone();
        Arc::new(ProjectRecords { project: project.clone(), records, problems: Vec::new() })
    });
    let assessments: Vec<_> = copies.iter().map(|(_, assessment)| assessment.clone()).collect();
    states.expect_known_state().return_const(None);
    states
        .expect_states()
        .returning(move |_, wanted| wanted.iter().map(|&at| assessments[at].clone()).collect());
    let originals: BTreeMap<_, _> = originals
        .iter()
        .map(|(artifact, original)| {
            let artifact = artifact.parse().unwrap();
            (OriginalId { collection: "work".to_owned(), artifact }, original.clone())
        })
        .collect();
    let mut asked = MockOriginals::new();
    asked.expect_originals().once().return_once(move |wanted| {
        assert_eq!(*wanted, originals.keys().cloned().collect(), "each once, and no other");
        originals
    });
    let service = StatisticsService::new(
        Arc::new(discovery),
        Arc::new(states),
        Arc::new(asked),
        Arc::new(InTurn),
    );
    service.overview(&service.inventory(&()), &|_, _| true, &())
}

#[test]
fn copies_are_judged_by_originals_that_are_asked_for_once() {
    let overview = judged(
        &[
            ("skill:newer", Assessment::AsDeployed),
            ("skill:same", Assessment::AsDeployed),
            ("skill:both", differs(7)),
            ("skill:gone", Assessment::Missing),
            ("skill:doubt", differs(7)),
        ],
        &[
            ("skill:newer", Original::Content(traits(9))),
            ("skill:same", Original::Content(traits(0))),
            ("skill:both", Original::Content(traits(9))),
            ("skill:doubt", Original::Unreadable([problem("/home/me/doubt", None)].into())),
        ],
    );
    let found: Vec<_> = overview
        .artifacts
        .iter()
        .map(|(artifact, found)| (artifact.name(), found.modified(), found.worst().unwrap()))
        .collect();
    let expected = [
        ("both", 2, StateName::Conflict),
        ("doubt", 2, StateName::Modified),
        ("gone", 0, StateName::Missing),
        ("newer", 0, StateName::Outdated),
        ("same", 0, StateName::Synced),
    ];
    assert_eq!(found, expected);
    let totals: Vec<_> =
        overview.project_totals().iter().map(|total| (total.modified, total.worst)).collect();
    assert_eq!(totals, [(2, Some(StateName::Conflict)); 2]);
    // An original that cannot be read is told with its artifact and with all, once.
    assert_eq!(overview.problems, [problem("/home/me/doubt", None)]);
    for (artifact, statistics) in &overview.artifacts {
        let expected = usize::from(artifact.name() == "doubt");
        assert_eq!(statistics.problems.len(), expected, "{artifact}");
    }
}
