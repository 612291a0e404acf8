//! What can be brought back, as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::Scanned;

use crate::Problem;

/// Everything that can be brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backups {
    /// The backups, the latest first.
    pub backups: Vec<Backup>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Something that was replaced or taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Backup {
    /// By which it is asked for.
    pub id: String,
    /// When it was taken away, in UTC.
    pub at: String,
    /// The artifact it was a copy of, `type:name`.
    pub artifact: String,
    /// The project it was in.
    pub project_path: String,
    /// The profile root it was in.
    pub profile_root: String,
    /// Where it was, below the profile root.
    pub paths: Vec<String>,
    /// Whether there was a record of it.
    pub recorded: bool,
    /// How many bytes it takes.
    pub size_bytes: u64,
}

impl From<&Scanned<Vec<skillstat_domain::Backup>>> for Backups {
    fn from(scanned: &Scanned<Vec<skillstat_domain::Backup>>) -> Self {
        Self {
            backups: scanned.value.iter().map(Into::into).collect(),
            problems: scanned.problems.iter().map(Into::into).collect(),
        }
    }
}

impl From<&skillstat_domain::Backup> for Backup {
    fn from(backup: &skillstat_domain::Backup) -> Self {
        Self {
            id: backup.id.to_string(),
            at: backup.at.to_string(),
            artifact: backup.artifact.to_string(),
            project_path: backup.project.to_string(),
            profile_root: backup.profile_root.to_string(),
            paths: backup.paths.iter().map(ToString::to_string).collect(),
            recorded: backup.recorded,
            size_bytes: backup.size_bytes,
        }
    }
}
