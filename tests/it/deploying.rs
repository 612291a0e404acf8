//! What was written through the service is in the very next answer, with nobody watching: also what
//! failed half-way, and what was interrupted before.
//!
//! After each order the answer of the service is compared with that of a scan that knows nothing.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use skillstat_app::{App, Config, Flags, Live, Surroundings};
use skillstat_domain::{
    ArtifactId, DeployError, DeployOrder, Outcome, Profiles, ProjectPath, Replace, RestoreOrder,
    Skipped, StateName, Targets, UndeployOrder,
};
use tempfile::TempDir;
use tokio::runtime::Handle;

struct Served {
    base: PathBuf,
    live: Live,
    plain: App,
    _directory: TempDir,
}

impl Served {
    /// Starts a service that nobody tells of changes, over projects `a`, `b` and `c`, and a collection of
    /// one skill.
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let base = fs::canonicalize(directory.path()).expect("it is there");
        for project in ["a", "b", "c"] {
            fs::create_dir_all(base.join("root").join(project)).expect("writable");
        }
        let surroundings = Surroundings {
            home: Some(base.clone()),
            variables: vec![("SKILLSTAT_WATCH".into(), "off".into())],
            working_directory: Some("/".into()),
            ..Surroundings::default()
        };
        let flags = Flags { roots: vec![base.join("root")], ..Flags::default() };
        let config = Config::load(flags, &surroundings).expect("the configuration is good");
        let plain = App::new(&config).expect("the configuration is good");
        let live = Live::start(&config, &Handle::current()).expect("it starts");
        let served = Self { base, live, plain, _directory: directory };
        served.write(
            ".skillmeat/collections/default/collection.toml",
            "[collection]\nname = \"default\"\nversion = \"1.0.0\"\n[[artifacts]]\nname = \"pdf\"\n\
             type = \"skill\"\npath = \"skills/pdf\"\norigin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n",
        );
        served.version("one");
        served
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.base.join(path);
        fs::create_dir_all(path.parent().expect("below the base")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    /// Puts a version of the skill into the collection.
    fn version(&self, content: &str) {
        self.write(".skillmeat/collections/default/skills/pdf/SKILL.md", content);
    }

    fn projects(&self, names: &[&str]) -> Vec<ProjectPath> {
        let path = |name: &&str| {
            let path = self.base.join("root").join(name);
            ProjectPath::new(path.to_str().expect("UTF-8").into()).expect("it is absolute")
        };
        names.iter().map(path).collect()
    }

    async fn deploy(&self, targets: Targets, replace: Replace) -> Vec<Outcome> {
        let order = DeployOrder {
            artifacts: vec![pdf()],
            collection: None,
            targets,
            dest_path: None,
            replace,
            create_projects: false,
            dry_run: false,
        };
        let reports = self.live.commands.deploy(order, Arc::new(())).await.expect("it answers");
        reports.into_iter().map(|report| report.outcome).collect()
    }

    fn to(&self, projects: &[&str]) -> Targets {
        Targets::Projects { projects: self.projects(projects), profiles: Profiles::Usual }
    }

    async fn undeploy(&self, projects: &[&str], force: bool) -> Vec<Outcome> {
        let order = UndeployOrder {
            artifacts: vec![pdf()],
            projects: self.projects(projects),
            profiles: Profiles::All,
            force,
            keep_copies: false,
            dry_run: false,
        };
        let reports = self.live.commands.undeploy(order, Arc::new(())).await.expect("it answers");
        reports.into_iter().map(|report| report.outcome).collect()
    }

    /// Asks in how many projects the skill is, and in how many it is modified.
    #[track_caller]
    fn check(&self, expected: (usize, usize)) -> impl Future<Output = ()> + '_ {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.live.query.statistics(&pdf()).await.expect("it answers");
            let live = answer.cached.value;
            let service = self.plain.statistics();
            let plain = service.statistics(&service.inventory(&()), &pdf(), &());
            assert_eq!(*live, plain, "{caller}");
            assert_eq!((live.total(), live.modified()), expected, "{caller}");
        }
    }
}

fn pdf() -> ArtifactId {
    "skill:pdf".parse().expect("an id")
}

fn all_done(outcomes: &[Outcome]) -> bool {
    outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_)))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_write_is_in_the_next_answer() {
    let served = Served::new();
    served.check((0, 0)).await;
    assert!(all_done(&served.deploy(served.to(&["a", "b", "c"]), Replace::Nothing).await));
    served.check((3, 0)).await;
    // Nobody tells of an edit, but what is written afterwards in that project tells all of it.
    served.write("root/a/.claude/skills/pdf/SKILL.md", "edited");
    served.version("two");
    let rolled_out = served.deploy(Targets::AllSynced, Replace::Unmodified).await;
    assert_eq!(rolled_out[0], Outcome::Skipped(Skipped::NotSynced(StateName::Modified)));
    assert!(all_done(&rolled_out[1..]));
    assert!(all_done(&served.deploy(served.to(&["a"]), Replace::Anything).await));
    served.check((3, 0)).await;
    assert!(all_done(&served.undeploy(&["b", "c"], false).await));
    served.check((1, 0)).await;
    let backups = served.live.commands.backups().await.expect("it answers").value;
    let edited = backups.iter().find(|backup| backup.project == served.projects(&["a"])[0]);
    let order = RestoreOrder {
        backups: vec![edited.expect("what was edited is kept").id.clone()],
        force: false,
        dry_run: false,
    };
    let restored = served.live.commands.restore(order, Arc::new(())).await.expect("it answers");
    assert!(matches!(restored[0].outcome, Outcome::Done(_)), "{restored:?}");
    served.check((1, 1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_one_project_leaves_the_others_right() {
    let served = Served::new();
    assert!(all_done(&served.deploy(served.to(&["a", "b"]), Replace::Nothing).await));
    served.check((2, 0)).await;
    served.version("two");
    // In the way of the lock of the copy: it fails when everything is staged already.
    fs::remove_file(served.base.join("root/b/.claude/skills/.pdf.skillmeat-lock")).expect("there");
    fs::create_dir(served.base.join("root/b/.claude/skills/.pdf.skillmeat-lock")).expect("free");
    let outcomes = served.deploy(served.to(&["a", "b", "c"]), Replace::Unmodified).await;
    assert!(matches!(outcomes[1], Outcome::Failed(DeployError::Failed { .. })), "{outcomes:?}");
    assert!(all_done(&[outcomes[0].clone(), outcomes[2].clone()]), "{outcomes:?}");
    served.check((3, 0)).await;
    let copy = served.base.join("root/b/.claude/skills/pdf/SKILL.md");
    assert_eq!(fs::read_to_string(copy).expect("there"), "one");
    served.write("root/b/.claude/.skillmeat-deployed.toml", "not TOML");
    let outcomes = served.undeploy(&["b"], true).await;
    assert!(matches!(outcomes[0], Outcome::Failed(DeployError::Tracker { .. })), "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_wait_has_their_order_carried_out() {
    let served = Served::new();
    served.check((0, 0)).await;
    let order = served.deploy(served.to(&["a", "b", "c"]), Replace::Nothing);
    // Polled once, then dropped.
    tokio::select! {
        biased;
        _ = order => {}
        () = std::future::ready(()) => {}
    }
    while served.live.commands.vanished_records().await.is_err()
        || !served.base.join("root/c/.claude/.skillmeat-deployed.toml").is_file()
    {
        tokio::task::yield_now().await;
    }
    // The last project has its record; what is asked after another order was answered is right.
    assert_eq!(
        served.deploy(served.to(&["c"]), Replace::Unmodified).await,
        [Outcome::Skipped(Skipped::UpToDate)]
    );
    served.check((3, 0)).await;
}
