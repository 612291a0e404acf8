//! What to do about what failed, as the command line to type where there is one.

use skillstat_app::Surroundings;
use skillstat_domain::{BackupId, DeployError, DeploymentProfile, ItemReport, NeverFound};

use crate::commands::again::{Again, quoted};
use crate::render::places::typed;

/// Says what to do about what failed.
#[derive(Debug)]
pub(crate) struct Mend<'a> {
    again: &'a Again,
    surroundings: &'a Surroundings,
    /// `deploy`, `undeploy` or `restore`.
    command: &'static str,
    /// What every line says besides artifact and project.
    more: Vec<&'a str>,
}

impl<'a> Mend<'a> {
    /// Begins with a command and the flags that are to be said again.
    pub(crate) fn new(
        again: &'a Again,
        surroundings: &'a Surroundings,
        command: &'static str,
        more: Vec<&'a str>,
    ) -> Self {
        Self { again, surroundings, command, more }
    }

    /// Says what to do about an artifact in a project.
    pub(crate) fn item(&self, error: &DeployError, report: &ItemReport) -> String {
        let artifact = report.artifact.as_str();
        let project = typed(report.project.as_str(), self.surroundings);
        let root = report.profile_root.clone();
        let profile = root.map_or_else(DeploymentProfile::default, DeploymentProfile::of_root);
        let mut words = vec![self.command, artifact, "--project", &project];
        if profile != DeploymentProfile::default() {
            words.extend(["--profile", profile.id()]);
        }
        words.extend(&self.more);
        self.line(error, words, Some(artifact))
    }

    /// Says what to do about a backup.
    pub(crate) fn backup(&self, error: &DeployError, backup: &BackupId) -> String {
        let mut words = vec![self.command, backup.as_str()];
        words.extend(&self.more);
        self.line(error, words, None)
    }

    fn line(&self, error: &DeployError, mut words: Vec<&str>, artifact: Option<&str>) -> String {
        let again = self.again;
        match error {
            DeployError::NeedsForce { .. } => {
                words.push("--force");
                let (line, restore) = (again.line(&words), again.line(&["restore"]));
                format!("{line}; what is there now is kept, and {restore} brings it back")
            }
            DeployError::Busy { .. }
            | DeployError::Changed { .. }
            | DeployError::RecordErased { .. } => {
                format!("{}: {}", error.fix(), again.line(&words))
            }
            DeployError::OutsideRoots { project } => again.with_root(project.as_str()).line(&words),
            DeployError::NeverFound { why: NeverFound::TooDeep { depth, .. }, .. } => {
                again.with_depth(*depth).line(&words)
            }
            DeployError::ProjectMissing { project } => {
                format!("`mkdir -p {}`", quoted(&typed(project.as_str(), self.surroundings)))
            }
            DeployError::ArtifactNotFound { .. } => {
                format!("look for its name in {}", again.line(&["status", "--all"]))
            }
            DeployError::CollectionNotFound { .. } => {
                format!("look for its name in {}", again.line(&["doctor"]))
            }
            DeployError::NotDeployed { .. } => {
                let words = artifact.map_or(vec!["status"], |artifact| vec!["show", artifact]);
                format!("look where it is with {}", again.line(&words))
            }
            DeployError::BackupNotFound { .. } => {
                format!("look for its name in {}", again.line(&["restore"]))
            }
            DeployError::InTheWay { .. } if self.command == "deploy" => {
                "name another place with `--dest`, or undeploy what is there".to_owned()
            }
            DeployError::InTheWay { .. } => "undeploy what is there".to_owned(),
            DeployError::Destination(_)
            | DeployError::NeverFound { why: NeverFound::Excluded { .. }, .. }
            | DeployError::ProfileRootLeaves { .. }
            | DeployError::AlreadyDeployed { .. }
            | DeployError::Tracker { .. }
            | DeployError::Source { .. }
            | DeployError::Interrupted { .. }
            | DeployError::Unconfirmed { .. }
            | DeployError::Failed { .. } => error.fix(),
        }
    }
}
