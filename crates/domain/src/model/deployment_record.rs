//! What a tracker says.

use std::sync::Arc;

use crate::{ArtifactId, Baseline, DeployedAt, Problem, ProfileRoot, ProjectPath, RecordedPath};

/// One `[[deployed]]` table of a tracker, read and converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentRecord {
    /// Which artifact was deployed.
    pub artifact: ArtifactId,
    /// The profile root whose tracker holds the record. The directory the tracker lies in decides,
    /// whatever the record says.
    pub profile_root: ProfileRoot,
    /// Where the copy is said to be, below the profile root.
    pub path: RecordedPath,
    /// What was deployed.
    pub baseline: Baseline,
    /// When it was deployed.
    pub deployed_at: DeployedAt,
    /// The collection it was deployed from, where the record names one.
    pub from_collection: Option<Arc<str>>,
    /// The deployment profile it was deployed for, where the record names one. SkillMeat records one
    /// copy once for each profile that uses it.
    pub profile_id: Option<Arc<str>>,
    /// The path of the tracker, shared by its records.
    pub tracker: Arc<str>,
    /// The line of the tracker on which the record starts, counted from 1.
    pub line: u32,
}

/// All that the trackers of one project say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRecords {
    /// Which project.
    pub project: ProjectPath,
    /// Its records: `.claude` first, then profile roots by name; in a tracker by line. No two of
    /// one profile root share an artifact.
    pub records: Vec<DeploymentRecord>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}
