//! The contract of [`Deployer`].

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::testing::CopySketch;
use crate::{
    Action, ArtifactSource, DeployError, DeployTask, Deployer, DeploymentProfile, DeploymentRecord,
    Done, ProfileRoot, ProjectPath, ProjectStates, RecordedArtifacts, Replace, RestoreTask, Task,
    UndeployTask, explain,
};

/// A deployer over a world, and the world.
pub struct DeployStage {
    /// The search root, an absolute path with links resolved.
    pub root: Utf8PathBuf,
    /// The directory of a collection, outside of the search root.
    pub collection: Utf8PathBuf,
    /// Puts something at an absolute path, in the place of what is there.
    pub put: fn(&Utf8Path, &CopySketch),
    /// The deployer under test.
    pub deployer: Arc<dyn Deployer>,
    /// What became of copies and records.
    pub states: Arc<dyn ProjectStates>,
    /// What must outlive the test.
    pub guard: Box<dyn Any>,
}

impl std::fmt::Debug for DeployStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeployStage").field("root", &self.root).finish_non_exhaustive()
    }
}

/// Runs the suite; `set_up` makes a world with an empty project `shop` below the search root.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn deployer(set_up: &dyn Fn() -> DeployStage) {
    a_deploy_makes_copy_and_record(&set_up());
    a_plan_tells_what_would_be_done_and_does_nothing(&set_up());
    nothing_edited_is_replaced_or_taken_away_without_force(&set_up());
    what_was_taken_away_comes_back(&set_up());
    one_failure_does_not_keep_the_others(&set_up());
    nothing_outside_is_touched(&set_up());
    what_is_on_record_is_told(&set_up());
}

impl DeployStage {
    fn version(&self, content: &str) {
        self.put(&self.collection.join("skills/pdf"), content);
    }

    fn put(&self, path: &Utf8Path, content: &str) {
        let file = BTreeMap::from([("SKILL.md".to_owned(), content.as_bytes().to_vec())]);
        (self.put)(path, &CopySketch::Directory(file));
    }

    fn project(&self) -> ProjectPath {
        ProjectPath::new(&self.root.join("shop")).expect("the root is absolute")
    }

    fn copy(&self) -> Utf8PathBuf {
        self.root.join("shop/.claude/skills/pdf")
    }

    fn deploy(&self, replace: Replace) -> DeployTask {
        DeployTask {
            artifact: "skill:pdf".parse().expect("an id"),
            name: "pdf".to_owned(),
            source: ArtifactSource {
                collection: "work".to_owned(),
                directory: self.collection.clone(),
                path: "skills/pdf".to_owned(),
            },
            project: self.project(),
            profile: DeploymentProfile::default(),
            dest_path: None,
            replace,
            create_project: false,
        }
    }

    fn deploy_from(&self, path: &str) -> DeployTask {
        let good = self.deploy(Replace::Anything);
        let source = ArtifactSource { path: path.to_owned(), ..good.source };
        DeployTask { source, ..good }
    }

    fn undeploy(&self, force: bool) -> Task {
        Task::Undeploy(UndeployTask {
            artifact: "skill:pdf".parse().expect("an id"),
            project: self.project(),
            profile_root: ProfileRoot::new(".claude").expect("a profile root"),
            force,
            keep_copy: false,
        })
    }

    fn carry_out(&self, task: Task) -> Result<Done, DeployError> {
        self.deployer.carry_out(&[task], &()).pop().expect("one result a task")
    }

    #[track_caller]
    fn action(&self, task: Task, expected: &Action) -> Done {
        let done = self.carry_out(task).expect("nothing is in the way");
        assert_eq!(done.plan.action, *expected);
        done
    }

    /// Returns the state of every copy on record.
    fn states(&self) -> Vec<String> {
        let records = self.states.records(&self.project());
        let state = |(index, record): (usize, &DeploymentRecord)| {
            explain(self.states.state(&records, index), &record.baseline, None).name().to_string()
        };
        records.records.iter().enumerate().map(state).collect()
    }
}

fn a_deploy_makes_copy_and_record(stage: &DeployStage) {
    stage.version("one");
    let done = stage.action(Task::Deploy(stage.deploy(Replace::Nothing)), &Action::Create);
    assert_eq!(done.plan.path, "skills/pdf");
    assert_eq!((done.backup, done.written_again), (None, 0));
    assert!(done.deployed_at.is_some_and(|at| at.is_naive()));
    assert_eq!(stage.states(), ["synced"]);
    let again = stage.carry_out(Task::Deploy(stage.deploy(Replace::Nothing)));
    assert!(matches!(again, Err(DeployError::AlreadyDeployed { .. })), "{again:?}");
    stage.action(Task::Deploy(stage.deploy(Replace::Unmodified)), &Action::UpToDate);
    stage.version("two");
    let done = stage.action(Task::Deploy(stage.deploy(Replace::Unmodified)), &Action::Replace);
    assert!(done.backup.is_some(), "what is replaced is kept");
    stage.action(stage.undeploy(false), &Action::Remove);
    assert_eq!(stage.states(), [""; 0]);
    let again = stage.carry_out(stage.undeploy(false));
    assert!(matches!(again, Err(DeployError::NotDeployed { .. })), "{again:?}");
}

fn a_plan_tells_what_would_be_done_and_does_nothing(stage: &DeployStage) {
    stage.version("one");
    let task = Task::Deploy(stage.deploy(Replace::Nothing));
    let planned = stage.deployer.plan(&task).expect("nothing is in the way");
    assert_eq!(stage.states(), [""; 0]);
    let done = stage.carry_out(task).expect("as planned");
    assert_eq!(done.plan, planned);
    let planned = stage.deployer.plan(&stage.undeploy(false)).expect("it is there");
    assert_eq!((planned.action, stage.states()), (Action::Remove, vec!["synced".to_owned()]));
}

fn nothing_edited_is_replaced_or_taken_away_without_force(stage: &DeployStage) {
    stage.put(&stage.copy(), "somebody's own");
    stage.version("one");
    for replace in [Replace::Nothing, Replace::Unmodified] {
        let refused = stage.carry_out(Task::Deploy(stage.deploy(replace)));
        assert!(matches!(refused, Err(DeployError::NeedsForce { .. })), "{refused:?}");
    }
    stage.action(Task::Deploy(stage.deploy(Replace::Anything)), &Action::Replace);
    stage.put(&stage.copy(), "edited");
    assert_eq!(stage.states(), ["modified"]);
    stage.version("two");
    for task in [Task::Deploy(stage.deploy(Replace::Unmodified)), stage.undeploy(false)] {
        let refused = stage.carry_out(task);
        assert!(matches!(refused, Err(DeployError::NeedsForce { .. })), "{refused:?}");
    }
    assert_eq!(stage.states(), ["modified"]);
    stage.action(stage.undeploy(true), &Action::Remove);
}

fn what_was_taken_away_comes_back(stage: &DeployStage) {
    stage.version("one");
    stage.action(Task::Deploy(stage.deploy(Replace::Nothing)), &Action::Create);
    stage.put(&stage.copy(), "edited");
    stage.action(stage.undeploy(true), &Action::Remove);
    let kept = stage.deployer.backups().value;
    let [backup] = &*kept else { panic!("one backup: {kept:?}") };
    assert_eq!((backup.artifact.as_str(), backup.recorded), ("skill:pdf", true));
    assert_eq!((&backup.project, &*backup.paths), (&stage.project(), &["skills/pdf".into()][..]));
    let restore = RestoreTask { backup: backup.id.clone(), force: false };
    stage.action(Task::Restore(restore), &Action::Restore);
    assert_eq!(stage.states(), ["modified"], "copy and record are as they were");
    let nothing = RestoreTask { backup: "none".parse().expect("a name"), force: false };
    let refused = stage.carry_out(Task::Restore(nothing));
    assert!(matches!(refused, Err(DeployError::BackupNotFound { .. })), "{refused:?}");
}

fn one_failure_does_not_keep_the_others(stage: &DeployStage) {
    stage.version("one");
    let tasks = [
        stage.deploy_from("skills/gone"),
        stage.deploy(Replace::Nothing),
        stage.deploy(Replace::Nothing),
    ];
    let results = stage.deployer.carry_out(&tasks.map(Task::Deploy), &());
    assert!(matches!(results[0], Err(DeployError::Source { .. })), "{results:?}");
    assert!(results[1].is_ok(), "{results:?}");
    assert!(matches!(results[2], Err(DeployError::AlreadyDeployed { .. })), "{results:?}");
    assert_eq!(stage.deployer.vanished_records(), []);
}

fn nothing_outside_is_touched(stage: &DeployStage) {
    stage.version("one");
    let outside = ProjectPath::new(&stage.collection).expect("it is absolute");
    let refused = stage.deployer.recorded(&outside);
    assert!(matches!(refused, Err(DeployError::OutsideRoots { .. })), "{refused:?}");
    let task = DeployTask { project: outside, ..stage.deploy(Replace::Anything) };
    let refused = stage.carry_out(Task::Deploy(task));
    assert!(matches!(refused, Err(DeployError::OutsideRoots { .. })), "{refused:?}");
    let missing = ProjectPath::new(&stage.root.join("gone")).expect("it is absolute");
    let refused = stage.deployer.recorded(&missing);
    assert!(matches!(refused, Err(DeployError::ProjectMissing { .. })), "{refused:?}");
    let task = DeployTask { project: missing, ..stage.deploy(Replace::Anything) };
    let refused = stage.carry_out(Task::Deploy(task));
    assert!(matches!(refused, Err(DeployError::ProjectMissing { .. })), "{refused:?}");
    let dest_path = Some("../elsewhere".to_owned());
    let refused =
        stage.carry_out(Task::Deploy(DeployTask { dest_path, ..stage.deploy(Replace::Anything) }));
    assert!(matches!(refused, Err(DeployError::Destination(_))), "{refused:?}");
    let refused = stage.carry_out(Task::Deploy(stage.deploy_from("../shop")));
    assert!(matches!(refused, Err(DeployError::Source { .. })), "{refused:?}");
    assert_eq!(stage.states(), [""; 0]);
}

fn what_is_on_record_is_told(stage: &DeployStage) {
    stage.version("one");
    assert_eq!(stage.deployer.recorded(&stage.project()), Ok(Vec::new()));
    let codex: DeploymentProfile = "codex".parse().expect("a profile");
    let there = DeployTask { profile: codex, ..stage.deploy(Replace::Nothing) };
    for task in [there, stage.deploy(Replace::Nothing)] {
        stage.action(Task::Deploy(task), &Action::Create);
    }
    let holding = |root: &str| RecordedArtifacts {
        profile_root: ProfileRoot::new(root).expect("a profile root"),
        artifacts: vec!["skill:pdf".parse().expect("an id")],
        complete: true,
    };
    let recorded = stage.deployer.recorded(&stage.project());
    assert_eq!(recorded, Ok(vec![holding(".claude"), holding(".agents")]));
}
