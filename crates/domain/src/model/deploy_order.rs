//! What frontends ask for: several artifacts, projects and profiles at once.

use crate::{ArtifactId, BackupId, DeploymentProfile, ProjectPath, Replace};

/// Deploys artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployOrder {
    /// The artifacts.
    pub artifacts: Vec<ArtifactId>,
    /// The collection to take them from; otherwise the active one, then the others by name.
    pub collection: Option<String>,
    /// Where to.
    pub targets: Targets,
    /// A directory relative to the project, if another place than the usual one is asked for.
    pub dest_path: Option<String>,
    /// What may be replaced.
    pub replace: Replace,
    /// Whether projects that are not there are made; else that is an error.
    pub create_projects: bool,
    /// Whether to tell only what would be done.
    pub dry_run: bool,
}

/// Where artifacts are deployed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// These projects.
    Projects {
        /// Their paths.
        projects: Vec<ProjectPath>,
        /// For which agents.
        profiles: Profiles,
    },
    /// Wherever a copy is that is what was deployed; others are skipped, each with its state. The copy
    /// stays at its place, and nothing is replaced that somebody edits meanwhile. Whatever cannot be read, so
    /// that there may be copies that nobody knows of, is reported as a failure.
    AllSynced,
}

/// Undeploys artifacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeployOrder {
    /// The artifacts.
    pub artifacts: Vec<ArtifactId>,
    /// The projects.
    pub projects: Vec<ProjectPath>,
    /// For which agents.
    pub profiles: Profiles,
    /// Whether copies that are not what was deployed are taken away too.
    pub force: bool,
    /// Whether copies stay, and only their records go.
    pub keep_copies: bool,
    /// Whether to tell only what would be done.
    pub dry_run: bool,
}

/// For which agents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profiles {
    /// The usual one: to deploy, `claude_code`; to undeploy, the first profile root that holds the
    /// artifact, `.claude` before the others.
    Usual,
    /// These.
    These(Vec<DeploymentProfile>),
    /// To deploy, the usual one and every other whose profile root has a record; to undeploy, every one
    /// that holds the artifact.
    All,
}

/// Brings backups back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreOrder {
    /// The backups.
    pub backups: Vec<BackupId>,
    /// Whether copies that are not what was deployed are replaced too.
    pub force: bool,
    /// Whether to tell only what would be done.
    pub dry_run: bool,
}
