//! Deploying with the library alone:
//!
//!     deploy DIRECTORY (deploy|update|overwrite|undeploy) ARTIFACT...
//!     deploy DIRECTORY restore BACKUP
//!     deploy DIRECTORY backups
//!
//! Below DIRECTORY are `projects/app`, to which is deployed, `collection`, from which, and `state`. One
//! line a task tells what became of it; the exit code is 1 if one failed.
//!
//! The parts between marks are shown in docs/library.md.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use std::{env, io};

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    ArtifactId, ArtifactSource, DeployTask, DeployedAt, Deployer, DeploymentProfile, ProfileRoot,
    ProjectPath, Replace, RestoreTask, Task, UndeployTask, WallClock,
};
use skillstat_fs_adapter::{
    BackupLimits, DeployOptions, DiscoveryOptions, SearchRoot, StagingDeployer,
};

/// The date in UTC, for a machine whose local time is that too.
#[derive(Debug)]
struct Utc;

impl WallClock for Utc {
    fn local(&self) -> DeployedAt {
        DeployedAt::local(now(), 0)
    }

    fn utc(&self) -> DeployedAt {
        DeployedAt::utc(now())
    }
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [directory, action, names @ ..] = &*arguments else { return usage() };
    let Some(directory) = Utf8PathBuf::from_path_buf(Path::new(directory).to_owned()).ok() else {
        return usage();
    };
    // ANCHOR: deployer
    let root = SearchRoot { path: directory.join("projects").into(), required: true };
    let mut options = DeployOptions::new(
        DiscoveryOptions::new(vec![root]),
        directory.join("state").into(),
        BackupLimits { count: 100, age: Duration::from_hours(24 * 30) },
        Arc::new(Utc),
    );
    options.lock_limit =
        number("LOCK_LIMIT_SECONDS").map_or(options.lock_limit, Duration::from_secs);
    // Nobody else writes while an example runs, or it says so.
    options.confirm_after =
        number("CONFIRM_AFTER_MILLISECONDS").map_or(Duration::ZERO, Duration::from_millis);
    let deployer = StagingDeployer::new(options).expect("there are no globs");
    // ANCHOR_END: deployer
    let mut out = io::stdout().lock();
    if action == "backups" {
        let told = deployer.backups().value.iter().try_for_each(|b| writeln!(out, "{}", b.id));
        return if told.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let Some(tasks) = tasks(&directory, action, names) else { return usage() };
    let mut code = ExitCode::SUCCESS;
    // ANCHOR: carry_out
    for (name, result) in names.iter().zip(deployer.carry_out(&tasks, &())) {
        let told = match result {
            Ok(done) => {
                writeln!(out, "{name}: {:?}, again {}", done.plan.action, done.written_again)
            }
            Err(error) => {
                code = ExitCode::FAILURE;
                writeln!(out, "{name}: {error}; {}", error.fix())
            }
        };
        if told.is_err() {
            return ExitCode::FAILURE;
        }
    }
    // ANCHOR_END: carry_out
    code
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

/// Makes tasks of what was asked for; nothing when that is no task.
fn tasks(directory: &Utf8Path, action: &str, names: &[String]) -> Option<Vec<Task>> {
    let project = ProjectPath::new(&directory.join("projects/app")).ok()?;
    let deploy = |name: &str, replace| -> Option<Task> {
        let artifact: ArtifactId = name.parse().ok()?;
        let path = match artifact.kind() {
            "skill" => format!("skills/{}", artifact.name()),
            kind => format!("{kind}s/{}.md", artifact.name()),
        };
        Some(Task::Deploy(DeployTask {
            name: artifact.name().to_owned(),
            artifact,
            source: ArtifactSource {
                collection: "example".to_owned(),
                directory: directory.join("collection"),
                path,
            },
            project: project.clone(),
            profile: DeploymentProfile::default(),
            dest_path: None,
            replace,
            create_project: false,
        }))
    };
    let undeploy = |name: &str| -> Option<Task> {
        Some(Task::Undeploy(UndeployTask {
            artifact: name.parse().ok()?,
            project: project.clone(),
            profile_root: ProfileRoot::new(ProfileRoot::DEFAULT).ok()?,
            force: true,
            keep_copy: false,
        }))
    };
    let restore = |name: &str| -> Option<Task> {
        Some(Task::Restore(RestoreTask { backup: name.parse().ok()?, force: true }))
    };
    let task = |name: &String| match action {
        "deploy" => deploy(name, Replace::Nothing),
        "update" => deploy(name, Replace::Unmodified),
        "overwrite" => deploy(name, Replace::Anything),
        "undeploy" => undeploy(name),
        "restore" => restore(name),
        _ => None,
    };
    names.iter().map(task).collect()
}

fn usage() -> ExitCode {
    let usage =
        "usage: deploy DIRECTORY (deploy|update|overwrite|undeploy|restore|backups) NAME...";
    let _nobody_listens = writeln!(io::stderr(), "{usage}");
    ExitCode::from(2)
}
