//! Why something was not deployed.

use std::time::Duration;

use camino::Utf8PathBuf;

use crate::{ArtifactId, BackupId, DestinationError, ProjectPath};

/// Why a task was not carried out. Copy and record are as they were before, unless a variant says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeployError {
    /// No collection has the artifact.
    #[error("`{artifact}` is in no collection")]
    ArtifactNotFound {
        /// The artifact.
        artifact: ArtifactId,
    },
    /// There is no collection of that name.
    #[error("there is no collection `{collection}`")]
    CollectionNotFound {
        /// Its name as asked for.
        collection: String,
        /// Where it would be, absolute.
        directory: Utf8PathBuf,
    },
    /// No copy can go where it was asked to go.
    #[error(transparent)]
    Destination(#[from] DestinationError),
    /// The project is not there.
    #[error("the project `{project}` does not exist")]
    ProjectMissing {
        /// Its path.
        project: ProjectPath,
    },
    /// The project does not lie below a search root.
    #[error("`{project}` does not lie below a search root")]
    OutsideRoots {
        /// Its path.
        project: ProjectPath,
    },
    /// What is deployed there would be found by nobody, so it would count nowhere and stay for ever.
    #[error("`{path}` {why}")]
    NeverFound {
        /// The project, or the profile root in it.
        path: String,
        /// Why it is not found.
        why: NeverFound,
    },
    /// The profile root is a link that leads out of the project: it is read, but never written.
    #[error("the profile root `{path}` leads out of its project")]
    ProfileRootLeaves {
        /// Its path.
        path: String,
    },
    /// There is a record or a file already, and nothing was to be replaced.
    #[error("`{artifact}` is deployed already")]
    AlreadyDeployed {
        /// The artifact.
        artifact: ArtifactId,
    },
    /// Content would be replaced or taken away that cannot be had from the collection.
    #[error("`{path}` {why}")]
    NeedsForce {
        /// The copy.
        path: String,
        /// What is special about it.
        why: NeedsForce,
    },
    /// What is there is not the artifact's own, and not even force replaces it.
    #[error("`{path}` {reason}")]
    InTheWay {
        /// The place.
        path: String,
        /// What is special about it, as a phrase.
        reason: String,
    },
    /// There is no record of the artifact.
    #[error("`{artifact}` is not deployed in `{project}`")]
    NotDeployed {
        /// The artifact.
        artifact: ArtifactId,
        /// The project.
        project: ProjectPath,
    },
    /// The tracker cannot be written without losing what stands in it, or cannot be read, so that nobody
    /// knows what that is.
    #[error("`{path}`{} {reason}", line.map(|line| format!(", line {line},")).unwrap_or_default())]
    Tracker {
        /// The tracker.
        path: String,
        /// The line at fault, counted from 1, where there is one.
        line: Option<u32>,
        /// What is wrong, as a phrase.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
    },
    /// Another program held the lock for too long.
    #[error(
        "waited {} s for the lock `{lock}`, which {} holds",
        waited.as_secs_f32(),
        holder.as_deref().unwrap_or("another program")
    )]
    Busy {
        /// The lock file.
        lock: String,
        /// How long it was waited for.
        waited: Duration,
        /// Who holds it, as far as the system tells.
        holder: Option<String>,
    },
    /// The artifact cannot be copied from its collection.
    #[error("the source `{path}` {reason}")]
    Source {
        /// The file or directory at fault.
        path: String,
        /// What is wrong, as a phrase.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
    },
    /// The copy changed while it was being replaced.
    #[error("`{path}` changed meanwhile")]
    Changed {
        /// The copy.
        path: String,
    },
    /// Another program took the record away as often as it was written. The copy is there.
    #[error("the record in `{tracker}` was taken away {times} times by another program")]
    RecordErased {
        /// The tracker.
        tracker: String,
        /// How often.
        times: u32,
        /// Where what was there before is kept; nothing when there was nothing.
        backup: Option<BackupId>,
    },
    /// Copy and record were written, but nobody could look whether the record has stayed.
    #[error("it is written, but whether that has stayed is not known: {reason}")]
    Unconfirmed {
        /// Why not.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
        /// Where what was there before is kept; nothing when there was nothing.
        backup: Option<BackupId>,
    },
    /// There is no such backup any more.
    #[error("there is no backup `{backup}`")]
    BackupNotFound {
        /// Its name.
        backup: BackupId,
    },
    /// Something was interrupted before, and what it left cannot be put in order.
    #[error("`{path}` {reason}")]
    Interrupted {
        /// What is left of it.
        path: String,
        /// Why it cannot be put in order, as a phrase.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
    },
    /// The system refused, or something inside failed.
    #[error("`{path}` {reason}")]
    Failed {
        /// The file or directory at fault.
        path: String,
        /// What is wrong, as a phrase.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
    },
}

/// Why projects are not looked for at a place below a search root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeverFound {
    /// It is too far below.
    #[error("lies {depth} below a search root, and projects are looked for {max_depth} deep")]
    TooDeep {
        /// How many directories below the search root it is.
        depth: usize,
        /// How many it may be.
        max_depth: usize,
    },
    /// A glob leaves it out, or a directory above it.
    #[error("is excluded by `{glob}`")]
    Excluded {
        /// The glob, as configured.
        glob: String,
    },
}

/// What is special about content that only force replaces.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NeedsForce {
    /// It was edited since it was deployed.
    #[error("was edited since it was deployed")]
    LocallyModified,
    /// There is no record of it.
    #[error("is there already, and no record says that it was deployed")]
    Untracked,
    /// Whether it was edited cannot be told.
    #[error("may have been edited: {reason}")]
    Unverified {
        /// Why not, as a phrase.
        reason: String,
    },
}

impl DeployError {
    /// Returns what to do, as a phrase without a full stop.
    pub fn fix(&self) -> String {
        let fix = self.fix_alone();
        match self {
            Self::RecordErased { backup: Some(backup), .. }
            | Self::Unconfirmed { backup: Some(backup), .. } => {
                format!("{fix} (what was there before is backup `{backup}`)")
            }
            _ => fix.to_owned(),
        }
    }

    fn fix_alone(&self) -> &str {
        match self {
            Self::Tracker { fix, .. }
            | Self::Source { fix, .. }
            | Self::Interrupted { fix, .. }
            | Self::Unconfirmed { fix, .. }
            | Self::Failed { fix, .. } => fix,
            Self::ArtifactNotFound { .. } => "look for its name in `skillstat status --all`",
            Self::CollectionNotFound { .. } => {
                "name a directory below `collections` that has a manifest"
            }
            Self::Destination(DestinationError::NotDeployable { .. }) => {
                "deploy artifacts of type skill, command, agent, hook, mcp or orchestration"
            }
            Self::Destination(_) => {
                "name a directory below the profile root, such as `.claude/skills/dev`"
            }
            Self::ProjectMissing { .. } => "make the directory, or correct its path",
            Self::OutsideRoots { .. } => "add a search root above it with `--root`",
            Self::NeverFound { why: NeverFound::TooDeep { .. }, .. } => "raise `max_depth`",
            Self::NeverFound { why: NeverFound::Excluded { .. }, .. } => {
                "take the glob out of `exclude`, or deploy elsewhere"
            }
            Self::ProfileRootLeaves { .. } => "replace the link by a directory",
            Self::AlreadyDeployed { .. } => "ask for it to be replaced",
            Self::NeedsForce { .. } => {
                "replace it with `--force`; what is replaced can be had back with `skillstat restore`"
            }
            Self::InTheWay { .. } => {
                "name another place with `dest_path`, or undeploy what is there"
            }
            Self::NotDeployed { .. } => "look where it is with `skillstat show`",
            Self::Busy { .. } => "try again when it has finished, or end it",
            Self::Changed { .. } => "try again when whatever writes there has finished",
            Self::RecordErased { .. } => "deploy again when the other program has finished",
            Self::BackupNotFound { .. } => "look at the list of `skillstat restore`",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_something_was_taken_away_the_fix_names_its_backup() {
        let unconfirmed = |backup: Option<&str>| {
            let backup = backup.map(|id| id.parse().unwrap());
            let fix = "look again".to_owned();
            DeployError::Unconfirmed { reason: "it is closed".to_owned(), fix, backup }.fix()
        };
        assert_eq!(unconfirmed(None), "look again");
        let with_backup = "look again (what was there before is backup `4f`)";
        assert_eq!(unconfirmed(Some("4f")), with_backup);
    }
}
