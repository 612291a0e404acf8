//! One thing to be done to one copy.

use camino::Utf8PathBuf;

use crate::{ArtifactId, BackupId, DeploymentProfile, ProfileRoot, ProjectPath};

/// What a [`Deployer`](crate::Deployer) is asked to do: one artifact in one profile root of one
/// project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Put a copy there and record it.
    Deploy(DeployTask),
    /// Take the copy and its record away.
    Undeploy(UndeployTask),
    /// Bring back what was taken away.
    Restore(RestoreTask),
}

/// Puts a copy of an artifact into a profile root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeployTask {
    /// The artifact.
    pub artifact: ArtifactId,
    /// Its name as the manifest has it, which the record repeats.
    pub name: String,
    /// Where it is copied from.
    pub source: ArtifactSource,
    /// The project.
    pub project: ProjectPath,
    /// The profile, which says the profile root.
    pub profile: DeploymentProfile,
    /// A directory relative to the project, if another place than the usual one is asked for.
    pub dest_path: Option<String>,
    /// What may be replaced.
    pub replace: Replace,
    /// Whether a project that is not there is made; else that is an error.
    pub create_project: bool,
}

/// Where an artifact is copied from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactSource {
    /// The name of the collection, which the record repeats.
    pub collection: String,
    /// The absolute path of the collection's directory.
    pub directory: Utf8PathBuf,
    /// The path below it, as the manifest has it: untrusted.
    pub path: String,
}

/// Takes the copy of an artifact out of a profile root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeployTask {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The project.
    pub project: ProjectPath,
    /// The profile root.
    pub profile_root: ProfileRoot,
    /// Whether a copy that is not what was deployed is taken away too.
    pub force: bool,
    /// Whether the copy stays, and only its record goes.
    pub keep_copy: bool,
}

/// Brings a backup back, record and all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreTask {
    /// The backup.
    pub backup: BackupId,
    /// Whether a copy that is not what was deployed is replaced too.
    pub force: bool,
}

/// What a deploy may replace. Whatever it replaces is kept as a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Replace {
    /// Nothing: neither a record nor a file.
    Nothing,
    /// A copy that is what was deployed, and one that is gone; nothing anybody has edited.
    Unmodified,
    /// Whatever is there.
    Anything,
}
