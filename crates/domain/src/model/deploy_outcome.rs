//! What a task would do, and what it has done.

use camino::Utf8PathBuf;

use crate::{
    ArtifactId, BackupId, ContentHash, DeployError, DeployedAt, Problem, ProfileRoot, ProjectPath,
    StateName,
};

/// What a task would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The project.
    pub project: ProjectPath,
    /// The profile root.
    pub profile_root: ProfileRoot,
    /// What is done.
    pub action: Action,
    /// Where, below the profile root; the text of the record when that is no place in it.
    pub path: Utf8PathBuf,
    /// The content hash of the copy afterwards; nothing when there is none.
    pub hash: Option<ContentHash>,
    /// What else should be known, such as records that could not be read and were left alone.
    pub warnings: Vec<Problem>,
}

/// What is done to a copy and its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// A copy comes where there is none.
    Create,
    /// A copy takes the place of what is there, which is kept as a backup.
    Replace,
    /// A copy comes to a new place, and the one at the old place goes, kept as a backup.
    Move {
        /// The old place, below the profile root.
        from: Utf8PathBuf,
    },
    /// The copy is there already, and only its record is written.
    Record,
    /// Copy and record go; the copy is kept as a backup.
    Remove,
    /// Only the record goes: there is no copy, or it stays.
    RemoveRecord,
    /// A backup is put back, and what is there now is kept as a backup.
    Restore,
    /// Nothing: everything is as asked for.
    UpToDate,
}

/// What a task has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What was planned, and is done now.
    pub plan: Plan,
    /// The time on the new record; nothing when there is none.
    pub deployed_at: Option<DeployedAt>,
    /// Where what was there before is kept; nothing when there was nothing.
    pub backup: Option<BackupId>,
    /// How often another program took the new record away, or brought the old one back, so that it was
    /// written again.
    pub written_again: u32,
}

/// What became of each thing an order asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemReport {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The project; or a directory in which nobody could look for projects that the order may have meant.
    pub project: ProjectPath,
    /// The profile root, where it was known.
    pub profile_root: Option<ProfileRoot>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of each backup that was to be brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// The backup.
    pub backup: BackupId,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of one thing an order asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done(Done),
    /// It was only asked what would be done.
    Planned(Plan),
    /// There was no need to do anything, or it was not asked for.
    Skipped(Skipped),
    /// It is as it was before, and this is why.
    Failed(DeployError),
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skipped {
    /// Copy and record are as they would be afterwards.
    UpToDate,
    /// The copy is not synced, and only synced ones were asked for.
    NotSynced(StateName),
}
