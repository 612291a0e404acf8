//! All artifacts as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, DeploymentStatistics};

use crate::{Problem, Statistics};

/// Every artifact, over all projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// How many projects were found.
    pub projects: usize,
    /// The artifacts, sorted by id.
    pub artifacts: Vec<ArtifactStatistics>,
    /// All problems.
    pub problems: Vec<Problem>,
}

/// The statistics of one of many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArtifactStatistics {
    /// Its id, `type:name`.
    pub artifact: String,
    /// Its statistics, in the same object.
    #[serde(flatten)]
    pub statistics: Statistics,
}

impl ArtifactStatistics {
    /// Joins an id and its statistics.
    pub fn new(artifact: &ArtifactId, statistics: &DeploymentStatistics) -> Self {
        Self { artifact: artifact.to_string(), statistics: statistics.into() }
    }
}
