//! A small machine on disk, and running the command on it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use skillstat_app::Surroundings;
use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Action, ArtifactId, DeployError, DeployOrder, DeploymentCommands, Done, ItemReport, Outcome,
    Plan, ProfileRoot, ProjectPath, UndeployOrder,
};
use tempfile::TempDir;

use crate::{Console, Exit, Size, Stream, run_over};

/// Below `root`: the projects `shop` and `blog`, which hold `skill:pdf`, and `old/blog`, which holds
/// `command:pdf`; and `new`, which is a directory. The collections have `skill:pdf`, `command:review`
/// and `agent:review`; and, in `work`, `skill:chart`.
pub(super) struct Machine {
    directory: TempDir,
}

/// What the command said, with the directory's path taken out.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) exit: Exit,
    pub(super) out: String,
    pub(super) err: String,
}

impl Answer {
    /// Returns all of it.
    pub(super) fn text(&self) -> String {
        format!("{}--- stderr\n{}--- exit {}\n", self.out, self.err, self.exit.code())
    }

    #[track_caller]
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl Machine {
    pub(super) fn new() -> Self {
        let machine = Self { directory: tempfile::tempdir().unwrap() };
        for (project, artifact) in
            [("shop", "skill:pdf"), ("blog", "skill:pdf"), ("old/blog", "command:pdf")]
        {
            let (kind, name) = artifact.split_once(':').unwrap();
            let record = format!(
                "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"{kind}\"\n\
                 deployed_at = \"2026-01-02\"\nartifact_path = \"{kind}s/{name}\"\ncontent_hash = \"{}\"\n",
                "0".repeat(64)
            );
            machine.write(&format!("root/{project}/.claude/.skillmeat-deployed.toml"), &record);
        }
        fs::create_dir(machine.root().join("new")).unwrap();
        machine.collection("default", &["skill:pdf", "command:review", "agent:review"]);
        machine.collection("work", &["skill:chart"]);
        machine
    }

    pub(super) fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join("root")
    }

    /// Returns a path below the root as a project's.
    pub(super) fn project(&self, path: &str) -> ProjectPath {
        ProjectPath::new(self.root().join(path).to_str().unwrap().into()).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn collection(&self, name: &str, artifacts: &[&str]) {
        let mut text = "[collection]\nname = \"x\"\nversion = \"1.0.0\"\n".to_owned();
        for artifact in artifacts {
            let (kind, name) = artifact.split_once(':').unwrap();
            write!(
                text,
                "[[artifacts]]\nname = \"{name}\"\ntype = \"{kind}\"\npath = \"{kind}s/{name}\"\n\
                 origin = \"local\"\nadded = \"2026-01-02\"\n"
            )
            .unwrap();
        }
        self.write(&format!("home/.skillmeat/collections/{name}/collection.toml"), &text);
    }

    /// Runs a command line in the root.
    pub(super) fn run(&self, commands: MockDeploymentCommands, arguments: &[&str]) -> Answer {
        self.run_at(&self.root(), None, commands, arguments)
    }

    /// Runs a command line somewhere, and on a terminal if that has a size.
    pub(super) fn run_at(
        &self,
        directory: &Path,
        size: Option<Size>,
        commands: MockDeploymentCommands,
        arguments: &[&str],
    ) -> Answer {
        let surroundings = Surroundings {
            home: Some(self.directory.path().join("home")),
            working_directory: Some(directory.to_owned()),
            variables: vec![("SKILLSTAT_ROOTS".into(), self.root().into())],
            ..Surroundings::default()
        };
        let commands: Arc<dyn DeploymentCommands> = Arc::new(commands);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let color = size.is_some();
        let mut console = Console::new(
            Stream { writer: &mut out, color, size },
            Stream { writer: &mut err, color, size: None },
        );
        let exit = run_over(
            &move |_, _, _| Ok(Arc::clone(&commands)),
            std::iter::once("skillstat").chain(arguments.iter().copied()).map(Into::into).collect(),
            &surroundings,
            &mut console,
        );
        let root = self.root();
        let text =
            |bytes| String::from_utf8(bytes).unwrap().replace(root.to_str().unwrap(), "[root]");
        Answer { exit, out: text(out), err: text(err) }
    }

    /// Runs `deploy`, answers every item in the same way, and returns the order.
    pub(super) fn deploy(&self, arguments: &[&str]) -> Result<DeployOrder, Answer> {
        let (tell, told) = mpsc::channel();
        let mut commands = MockDeploymentCommands::new();
        commands.expect_deploy().returning(move |order, _| {
            tell.send(order).unwrap();
            Ok(Vec::new())
        });
        let answer = self.run(commands, &[&["deploy"], arguments].concat());
        told.try_recv().map_err(|_| answer)
    }

    /// Runs `undeploy` and returns the order.
    pub(super) fn undeploy(&self, arguments: &[&str]) -> Result<UndeployOrder, Answer> {
        let (tell, told) = mpsc::channel();
        let mut commands = MockDeploymentCommands::new();
        commands.expect_undeploy().returning(move |order, _| {
            tell.send(order).unwrap();
            Ok(Vec::new())
        });
        let answer = self.run(commands, &[&["undeploy"], arguments].concat());
        told.try_recv().map_err(|_| answer)
    }

    /// Reports on an artifact in a project.
    pub(super) fn report(&self, artifact: &str, project: &str, outcome: Outcome) -> ItemReport {
        ItemReport {
            artifact: id(artifact),
            project: self.project(project),
            profile_root: Some(claude()),
            outcome,
        }
    }

    /// What would be done to an artifact in a project.
    pub(super) fn plan(&self, artifact: &str, project: &str, action: Action) -> Plan {
        let artifact = id(artifact);
        Plan {
            path: format!("{}s/{}", artifact.kind(), artifact.name()).into(),
            artifact,
            project: self.project(project),
            profile_root: claude(),
            action,
            hash: None,
            warnings: Vec::new(),
        }
    }

    /// What was done to an artifact in a project.
    pub(super) fn done(&self, artifact: &str, project: &str, action: Action) -> ItemReport {
        let plan = self.plan(artifact, project, action);
        self.report(artifact, project, Outcome::Done(done(plan)))
    }

    /// What was not done.
    pub(super) fn failed(&self, artifact: &str, project: &str, error: DeployError) -> ItemReport {
        self.report(artifact, project, Outcome::Failed(error))
    }
}

pub(super) fn id(text: &str) -> ArtifactId {
    text.parse().unwrap()
}

pub(super) fn claude() -> ProfileRoot {
    ProfileRoot::new(".claude").unwrap()
}

/// A plan that was carried out.
pub(super) fn done(plan: Plan) -> Done {
    Done { plan, deployed_at: "2026-01-02T03:04:05".parse().ok(), backup: None, written_again: 0 }
}

/// Commands that answer `deploy` like this.
pub(super) fn deploying(reports: Vec<ItemReport>) -> MockDeploymentCommands {
    let mut commands = MockDeploymentCommands::new();
    commands.expect_deploy().times(1).returning(move |_, _| Ok(reports.clone()));
    commands
}
