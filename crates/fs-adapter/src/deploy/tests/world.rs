//! A project, a collection and a deployer that neither waits nor looks at the real clock.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use camino::Utf8PathBuf;
use skillstat_domain::{
    ArtifactId, ArtifactSource, ContentHash, DeployTask, DeployedAt, DeploymentProfile,
    DeploymentReader, DirectStates, ProjectStates, Replace, UndeployTask, WallClock, explain,
};

use super::super::*;
use crate::test_support::TempTree;
use crate::{DiscoveryOptions, Pause, SearchRoot, Sha256Hasher, TomlDeploymentReader};

/// A job to be done while somebody waits.
pub(in crate::deploy) type Meanwhile = Box<dyn FnMut(Duration) + Send>;

/// Remembers how long was waited, and does something meanwhile.
#[derive(Default)]
pub(in crate::deploy) struct Waits(pub(in crate::deploy) Mutex<(Vec<Duration>, Option<Meanwhile>)>);

impl std::fmt::Debug for Waits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waits")
    }
}

impl Pause for Waits {
    fn pause(&self, time: Duration) {
        let mut waits = self.0.lock().unwrap();
        waits.0.push(time);
        if let Some(meanwhile) = &mut waits.1 {
            meanwhile(time);
        }
    }
}

/// Shows a date that tests set; each look is one microsecond later.
#[derive(Debug)]
pub(in crate::deploy) struct Dates(pub(in crate::deploy) Mutex<(String, u32)>);

impl WallClock for Dates {
    fn local(&self) -> DeployedAt {
        self.utc().to_string().trim_end_matches('Z').parse().unwrap()
    }

    fn utc(&self) -> DeployedAt {
        let mut now = self.0.lock().unwrap();
        now.1 = if now.1 == 0 { 1 } else { now.1 };
        format!("{}.{:06}Z", now.0, now.1).parse().unwrap()
    }
}

pub(in crate::deploy) struct World {
    pub(in crate::deploy) tree: TempTree,
    pub(in crate::deploy) deployer: StagingDeployer,
    pub(in crate::deploy) waits: Arc<Waits>,
    pub(in crate::deploy) dates: Arc<Dates>,
}

impl World {
    pub(in crate::deploy) fn new() -> Self {
        Self::with(usize::MAX, &[])
    }

    /// Makes one where projects are looked for so deep, and where nothing excludes them.
    pub(in crate::deploy) fn with(max_depth: usize, exclude: &[&str]) -> Self {
        let tree = TempTree::new();
        tree.directory("root/shop").directory("home").file("outside/canary", "x");
        let waits = Arc::new(Waits::default());
        let dates = Arc::new(Dates(Mutex::new(("2026-11-25T10:00:00".to_owned(), 1))));
        let options = DeployOptions {
            discovery: DiscoveryOptions {
                roots: vec![SearchRoot { path: tree.path("root"), required: true }],
                max_depth,
                exclude: exclude.iter().map(|&glob| glob.to_owned()).collect(),
            },
            state_directory: tree.path("state/skillstat"),
            backups: BackupLimits { count: 3, age: Duration::from_hours(24) },
            lock_limit: Duration::from_millis(100),
            confirm_after: Duration::from_millis(300),
            clock: Arc::clone(&dates) as _,
            pause: Arc::clone(&waits) as _,
        };
        Self { tree, deployer: StagingDeployer::new(options).unwrap(), waits, dates }
    }

    /// Puts a skill into the collection, in the place of one that is there.
    pub(in crate::deploy) fn skill(&self, name: &str, files: &[(&str, &str)]) -> &Self {
        let directory = format!("home/skills/{name}");
        let _was_there = fs::remove_dir_all(self.tree.path(&directory));
        for (file, content) in files {
            self.tree.file(format!("{directory}/{file}"), content);
        }
        self
    }

    pub(in crate::deploy) fn command(&self, name: &str, content: &str) -> &Self {
        self.tree.file(format!("home/commands/{name}.md"), content);
        self
    }

    pub(in crate::deploy) fn task(&self, artifact: &str, replace: Replace) -> DeployTask {
        let artifact: ArtifactId = artifact.parse().unwrap();
        let path = match artifact.kind() {
            "skill" => format!("skills/{}", artifact.name()),
            kind => format!("{kind}s/{}.md", artifact.name()),
        };
        let directory = Utf8PathBuf::from_path_buf(self.tree.path("home")).unwrap();
        DeployTask {
            name: artifact.name().to_owned(),
            artifact,
            source: ArtifactSource { collection: "work".to_owned(), directory, path },
            project: self.tree.project("root/shop"),
            profile: DeploymentProfile::default(),
            dest_path: None,
            replace,
            create_project: false,
        }
    }

    pub(in crate::deploy) fn undeploy_task(&self, artifact: &str, force: bool) -> UndeployTask {
        UndeployTask {
            artifact: artifact.parse().unwrap(),
            project: self.tree.project("root/shop"),
            profile_root: ProfileRoot::new(".claude").unwrap(),
            force,
            keep_copy: false,
        }
    }

    pub(in crate::deploy) fn carry_out(&self, task: Task) -> Result<Done, DeployError> {
        self.deployer.carry_out(&[task], &()).pop().unwrap()
    }

    pub(in crate::deploy) fn deploy(
        &self,
        artifact: &str,
        replace: Replace,
    ) -> Result<Done, DeployError> {
        self.carry_out(Task::Deploy(self.task(artifact, replace)))
    }

    pub(in crate::deploy) fn undeploy(
        &self,
        artifact: &str,
        force: bool,
    ) -> Result<Done, DeployError> {
        self.carry_out(Task::Undeploy(self.undeploy_task(artifact, force)))
    }

    /// Returns a path in the profile root.
    pub(in crate::deploy) fn path(&self, path: &str) -> PathBuf {
        self.project(".claude").join(path)
    }

    /// Returns a path in the project.
    pub(in crate::deploy) fn project(&self, path: &str) -> PathBuf {
        self.tree.path("root/shop").join(path)
    }

    pub(in crate::deploy) fn file(&self, path: &str, content: &str) -> &Self {
        self.tree.file(format!("root/shop/.claude/{path}"), content);
        self
    }

    pub(in crate::deploy) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(in crate::deploy) fn is_there(&self, path: &str) -> bool {
        fs::symlink_metadata(self.path(path)).is_ok()
    }

    pub(in crate::deploy) fn at(&self, date: &str) {
        self.dates.0.lock().unwrap().0 = date.to_owned();
    }

    /// Returns every record of the project with the state of its copy, as a reader sees them.
    pub(in crate::deploy) fn states(&self) -> Vec<String> {
        let reader: Arc<dyn DeploymentReader> = Arc::new(TomlDeploymentReader);
        let states = DirectStates::new(reader, Arc::new(Sha256Hasher));
        let records = states.records(&self.tree.project("root/shop"));
        let shown = |index: usize| {
            let record = &records.records[index];
            let state = explain(states.state(&records, index), &record.baseline, None);
            format!("{} {}", record.artifact, state.name())
        };
        (0..records.records.len()).map(shown).collect()
    }

    pub(in crate::deploy) fn hash_of_copy(&self, path: &str) -> Option<ContentHash> {
        Sha256Hasher.hash_path(&self.path(path)).ok()
    }

    /// Returns everything below the tree: path, permissions, and content or target.
    pub(in crate::deploy) fn everything(&self) -> Vec<String> {
        listing(&self.tree.path(""))
    }

    pub(in crate::deploy) fn everything_in_project(&self) -> Vec<String> {
        listing(&self.tree.path("root/shop"))
    }

    /// Fails when a write has left something of its own in the project.
    #[track_caller]
    pub(in crate::deploy) fn nothing_is_left_over(&self) {
        let left: Vec<_> = self
            .everything_in_project()
            .into_iter()
            .filter(|line| line.contains("skillstat"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(fs::read_to_string(self.tree.path("outside/canary")).unwrap(), "x");
    }
}

/// Lists everything below a directory, but for lock files.
pub(in crate::deploy) fn listing(directory: &std::path::Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let shown = path.to_string_lossy().into_owned();
        if shown.ends_with(".skillmeat-lock") || shown.ends_with("/.lock") {
            continue;
        }
        let metadata = fs::symlink_metadata(&path).unwrap();
        let mode = metadata.permissions().mode();
        if metadata.is_dir() {
            lines.push(format!("{shown} {mode:o}"));
            lines.extend(listing(&path));
        } else if metadata.is_file() {
            lines.push(format!("{shown} {mode:o} {:?}", fs::read(&path).unwrap()));
        } else {
            lines.push(format!(
                "{shown} {mode:o} {} {:?}",
                metadata.size(),
                fs::read_link(&path).ok()
            ));
        }
    }
    lines.sort();
    lines
}

/// Names the variant of an error.
#[track_caller]
pub(in crate::deploy) fn kinds<T: std::fmt::Debug>(result: &Result<T, DeployError>) -> String {
    let error = result.as_ref().expect_err("it is refused");
    assert!(!error.to_string().is_empty() && !error.fix().is_empty());
    let shown = format!("{error:?}");
    shown.split([' ', '(']).next().unwrap_or_default().to_owned()
}
