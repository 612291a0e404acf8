//! Orders come to tasks.

mod hidden;
mod kept;

use std::sync::Mutex;

use super::*;
use crate::testing::{
    CollectionSketch, CopySketch, InMemoryProjects, MockDeployer, MockProjectStates, RecordSketch,
    Sketch, TrackerSketch,
};
use crate::{
    ContentHash, DeployedAt, DeploymentProfile, DeploymentReader, DeploymentRecord, DirectStates,
    InTurn, Profiles, RecordedArtifacts, Replace, StateName, Targets,
};

/// The hash of every copy.
const HASH: ContentHash = ContentHash::from_bytes([7; 32]);

fn record(name: &str, state: StateName) -> RecordSketch {
    let baseline = if state == StateName::Synced { HASH } else { ContentHash::from_bytes([8; 32]) };
    RecordSketch {
        kind: "skill".to_owned(),
        name: name.to_owned(),
        path: format!("skills/{name}"),
        deployed_at: "2026-01-02T03:04:05".to_owned(),
        baseline: Some(baseline.to_string()),
        copy: match state {
            StateName::Missing => CopySketch::Missing,
            _ => CopySketch::File(Vec::new()),
        },
    }
}

fn sketch() -> Sketch {
    let records = |states: &[(&str, StateName)]| {
        TrackerSketch::Records(states.iter().map(|(name, state)| record(name, *state)).collect())
    };
    let artifact = |name: &str| ("skill".to_owned(), name.to_owned(), format!("skills/{name}"));
    let mut sketch = Sketch::default()
        .tracker("a", ".claude", records(&[("pdf", StateName::Synced)]))
        .tracker("a", ".agents", records(&[("pdf", StateName::Modified)]))
        .tracker("b", ".claude", records(&[("other", StateName::Synced)]))
        .tracker("c", ".mine", records(&[("pdf", StateName::Synced)]))
        .tracker("d", ".claude", records(&[("pdf", StateName::Missing)]));
    for (name, artifacts) in [("default", vec!["pdf"]), ("work", vec!["pdf", "other"])] {
        let artifacts = artifacts.into_iter().map(artifact).collect();
        sketch
            .collections
            .insert(name.to_owned(), CollectionSketch { artifacts, ..CollectionSketch::default() });
    }
    sketch.active_collection = Some("work".to_owned());
    sketch
}

/// A service over a sketch whose deployer does everything it is told, and what it was told.
fn service(sketch: Sketch) -> (DeploymentService, Arc<Mutex<Vec<Task>>>) {
    let world = Arc::new(InMemoryProjects::new("/dev".into(), 3, sketch, |_| HASH));
    let told = Arc::new(Mutex::new(Vec::new()));
    let mut deployer = MockDeployer::new();
    let remembered = Arc::clone(&told);
    deployer.expect_carry_out().returning(move |tasks, _| {
        remembered.lock().unwrap().extend(tasks.to_vec());
        tasks.iter().map(|task| Ok(done(plan(task)))).collect()
    });
    deployer.expect_plan().returning(|task| Ok(plan(task)));
    let reader = Arc::clone(&world);
    deployer.expect_recorded().returning(move |project| match project.name() {
        "outside" => Err(DeployError::OutsideRoots { project: project.clone() }),
        _ => Ok(recorded(&reader.read(project))),
    });
    let service = DeploymentService::new(
        Arc::new(deployer),
        Arc::new(DirectStates::new(Arc::clone(&world) as _, Arc::clone(&world) as _)),
        Arc::clone(&world) as _,
        (world, "/dev/collections".into()),
        Arc::new(InTurn),
    );
    (service, told)
}

/// What a deployer reads of what a reader reads; a problem is one of each tracker.
fn recorded(read: &Scanned<Vec<DeploymentRecord>>) -> Vec<RecordedArtifacts> {
    let of_root = |records: &[DeploymentRecord]| RecordedArtifacts {
        profile_root: records[0].profile_root.clone(),
        artifacts: records.iter().map(|record| record.artifact.clone()).collect(),
        complete: read.problems.is_empty(),
    };
    read.value.chunk_by(|one, other| one.profile_root == other.profile_root).map(of_root).collect()
}

/// What is up to date is a project `b`.
fn plan(task: &Task) -> Plan {
    let (artifact, project, profile_root) = match task {
        Task::Deploy(task) => (&task.artifact, &task.project, task.profile.root().clone()),
        Task::Undeploy(task) => (&task.artifact, &task.project, task.profile_root.clone()),
        Task::Restore(_) => unreachable!("no test restores over this deployer"),
    };
    let up_to_date = project.name() == "b";
    Plan {
        artifact: artifact.clone(),
        project: project.clone(),
        profile_root,
        action: if up_to_date { Action::UpToDate } else { Action::Create },
        path: "x".into(),
        hash: None,
        warnings: Vec::new(),
    }
}

fn done(plan: Plan) -> Done {
    let deployed_at: Option<DeployedAt> = None;
    Done { plan, deployed_at, backup: None, written_again: 0 }
}

fn project(name: &str) -> ProjectPath {
    ProjectPath::new(&Utf8PathBuf::from("/dev").join(name)).unwrap()
}

fn deploy(artifacts: &[&str], targets: Targets) -> DeployOrder {
    DeployOrder {
        artifacts: artifacts.iter().map(|id| id.parse().unwrap()).collect(),
        collection: None,
        targets,
        dest_path: None,
        replace: Replace::Nothing,
        create_projects: false,
        dry_run: false,
    }
}

fn to(projects: &[&str], profiles: Profiles) -> Targets {
    Targets::Projects { projects: projects.iter().map(|name| project(name)).collect(), profiles }
}

/// Shows what an order came to, a line an item.
fn shown(reports: &[ItemReport]) -> Vec<String> {
    let outcome = |outcome: &Outcome| match outcome {
        Outcome::Done(_) => "done".to_owned(),
        Outcome::Planned(_) => "planned".to_owned(),
        Outcome::Skipped(Skipped::UpToDate) => "up to date".to_owned(),
        Outcome::Skipped(Skipped::NotSynced(state)) => state.to_string(),
        Outcome::Failed(error) => error.to_string(),
    };
    let line = |report: &ItemReport| {
        let root = report.profile_root.as_ref().map_or("?", ProfileRoot::as_str);
        let (artifact, project) = (&report.artifact, report.project.name());
        format!("{artifact} {project}/{root}: {}", outcome(&report.outcome))
    };
    reports.iter().map(line).collect()
}

#[test]
fn every_artifact_goes_to_every_project_and_each_is_reported() {
    let (service, told) = service(sketch());
    let order = DeployOrder {
        dest_path: Some(".claude/x".to_owned()),
        create_projects: true,
        ..deploy(&["skill:pdf", "skill:none", "skill:pdf"], to(&["b", "new", "b"], Profiles::Usual))
    };
    let expected = [
        "skill:pdf b/.claude: up to date",
        "skill:pdf new/.claude: done",
        "skill:none b/.claude: `skill:none` is in no collection",
        "skill:none new/.claude: `skill:none` is in no collection",
    ];
    assert_eq!(shown(&service.deploy(&order, &())), expected);
    let told = told.lock().unwrap();
    let [_, Task::Deploy(task)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&*task.source.collection, &*task.source.path), ("work", "skills/pdf"));
    assert_eq!(task.source.directory, "/dev/collections/work");
    assert_eq!((task.replace, task.create_project), (Replace::Nothing, true));
    assert_eq!(task.dest_path.as_deref(), Some(".claude/x"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let (service, told) = service(sketch());
    let order = deploy(&["skill:pdf"], to(&["b", "new"], Profiles::Usual));
    let reports = service.deploy(&DeployOrder { dry_run: true, ..order }, &());
    assert_eq!(
        shown(&reports),
        ["skill:pdf b/.claude: up to date", "skill:pdf new/.claude: planned"]
    );
    assert!(told.lock().unwrap().is_empty());
}

#[test]
fn profiles_say_the_profile_roots() {
    let (service, _) = service(sketch());
    let deployed =
        |profiles| shown(&service.deploy(&deploy(&["skill:pdf"], to(&["c"], profiles)), &()));
    assert_eq!(deployed(Profiles::Usual), ["skill:pdf c/.claude: done"]);
    assert_eq!(deployed(Profiles::All), ["skill:pdf c/.claude: done", "skill:pdf c/.mine: done"]);
    let codex: DeploymentProfile = "codex".parse().unwrap();
    assert_eq!(
        deployed(Profiles::These(vec![codex.clone(), codex])),
        ["skill:pdf c/.agents: done"]
    );
}

#[test]
fn a_new_version_goes_to_all_synced_copies_and_to_no_other() {
    let (service, told) = service(sketch());
    let order = DeployOrder {
        replace: Replace::Anything,
        dest_path: Some(".claude/x".to_owned()),
        ..deploy(&["skill:pdf"], Targets::AllSynced)
    };
    let expected = [
        "skill:pdf a/.claude: done",
        "skill:pdf a/.agents: modified",
        "skill:pdf c/.mine: done",
        "skill:pdf d/.claude: missing",
    ];
    assert_eq!(shown(&service.deploy(&order, &())), expected);
    for task in &*told.lock().unwrap() {
        let Task::Deploy(task) = task else { panic!("{task:?}") };
        assert_eq!((task.replace, &task.dest_path), (Replace::Unmodified, &None));
        assert_eq!(task.source.collection, "default", "where the copy is from, not the active one");
    }
}

#[test]
fn a_collection_that_is_named_is_the_one() {
    let (service, told) = service(sketch());
    let order = |artifact, collection: &str| DeployOrder {
        collection: Some(collection.to_owned()),
        ..deploy(&[artifact], to(&["new"], Profiles::Usual))
    };
    assert_eq!(
        shown(&service.deploy(&order("skill:pdf", "default"), &())),
        ["skill:pdf new/.claude: done"]
    );
    let told = told.lock().unwrap().clone();
    let [Task::Deploy(task)] = &*told else { panic!("one task") };
    assert_eq!(task.source.collection, "default");
    let reports = service.deploy(&order("skill:other", "default"), &());
    assert!(matches!(reports[0].outcome, Outcome::Failed(DeployError::ArtifactNotFound { .. })));
    let reports = service.deploy(&order("skill:pdf", "nope"), &());
    let Outcome::Failed(DeployError::CollectionNotFound { directory, .. }) = &reports[0].outcome
    else {
        panic!("{reports:?}")
    };
    assert_eq!(directory, "/dev/collections/nope");
}

#[test]
fn nobody_knows_what_a_bad_manifest_holds() {
    let mut sketch = sketch();
    sketch.collections.get_mut("work").unwrap().bad_entries = 1;
    let (service, _) = service(sketch);
    let reports = service.deploy(&deploy(&["skill:none"], to(&["new"], Profiles::Usual)), &());
    assert!(
        matches!(&reports[0].outcome, Outcome::Failed(DeployError::Source { .. })),
        "{reports:?}"
    );
    let found = service.deploy(&deploy(&["skill:pdf"], to(&["new"], Profiles::Usual)), &());
    assert!(matches!(found[0].outcome, Outcome::Done(_)), "what is read is found");
}

#[test]
fn an_undeploy_goes_where_the_artifact_is() {
    let (service, _) = service(sketch());
    let undeployed = |name: &str, profiles| {
        let order = UndeployOrder {
            artifacts: vec!["skill:pdf".parse().unwrap()],
            projects: vec![project(name)],
            profiles,
            force: false,
            keep_copies: false,
            dry_run: false,
        };
        shown(&service.undeploy(&order, &()))
    };
    assert_eq!(undeployed("a", Profiles::Usual), ["skill:pdf a/.claude: done"]);
    assert_eq!(
        undeployed("a", Profiles::All),
        ["skill:pdf a/.claude: done", "skill:pdf a/.agents: done"]
    );
    assert_eq!(undeployed("c", Profiles::Usual), ["skill:pdf c/.mine: done"]);
    // Whoever writes says what is wrong.
    assert_eq!(undeployed("nowhere", Profiles::All), ["skill:pdf nowhere/.claude: done"]);
    // Twice the same profile root.
    let codex = Profiles::These(["codex", ".agents"].map(|text| text.parse().unwrap()).to_vec());
    assert_eq!(undeployed("c", codex), ["skill:pdf c/.agents: done"]);
}

#[test]
fn what_may_be_on_record_is_asked_for_only_where_nothing_certain_is() {
    let (mut service, _) = service(sketch());
    let mut deployer = MockDeployer::new();
    deployer.expect_plan().returning(|task| Ok(plan(task)));
    deployer.expect_recorded().returning(|_| {
        let root = |name, artifacts: &[&str], complete| RecordedArtifacts {
            profile_root: ProfileRoot::new(name).unwrap(),
            artifacts: artifacts.iter().map(|id| id.parse().unwrap()).collect(),
            complete,
        };
        Ok(vec![
            root(".claude", &[], true),
            root(".bad", &["skill:other"], false),
            root(".mine", &["skill:pdf"], true),
        ])
    });
    service.deployer = Arc::new(deployer);
    let undeployed = |artifact: &str| {
        let order = UndeployOrder {
            artifacts: vec![artifact.parse().unwrap()],
            projects: vec![project("a")],
            profiles: Profiles::Usual,
            force: false,
            keep_copies: false,
            dry_run: true,
        };
        shown(&service.undeploy(&order, &()))
    };
    assert_eq!(undeployed("skill:pdf"), ["skill:pdf a/.mine: planned"]);
    assert_eq!(undeployed("skill:gone"), ["skill:gone a/.bad: planned"]);
    let order = deploy(&["skill:pdf"], to(&["a"], Profiles::All));
    let deployed = service.deploy(&DeployOrder { dry_run: true, ..order }, &());
    let everywhere = [".claude", ".bad", ".mine"];
    assert_eq!(shown(&deployed), everywhere.map(|root| format!("skill:pdf a/{root}: planned")));
}

#[test]
fn nothing_is_read_where_nobody_may_write() {
    let (mut service, told) = service(sketch());
    // It panics when it is asked.
    service.states = Arc::new(MockProjectStates::new());
    let _told = service.deploy(&deploy(&["skill:pdf"], to(&["outside"], Profiles::All)), &());
    for profiles in [Profiles::Usual, Profiles::All] {
        let order = UndeployOrder {
            artifacts: vec!["skill:pdf".parse().unwrap()],
            projects: vec![project("outside")],
            profiles,
            force: false,
            keep_copies: false,
            dry_run: false,
        };
        let _told = service.undeploy(&order, &());
    }
    assert_eq!(told.lock().unwrap().len(), 3, "whoever writes says what is wrong");
}
