//! All artifacts as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::Overview;

use crate::{Problem, Statistics};

/// Every artifact, over all projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// How many projects were found.
    pub projects: usize,
    /// The artifacts, sorted by id.
    pub artifacts: Vec<ArtifactStatistics>,
    /// All problems.
    pub problems: Vec<Problem>,
}

impl From<&Overview> for Status {
    fn from(overview: &Overview) -> Self {
        let artifacts = overview.artifacts.iter();
        Self {
            projects: overview.projects.len(),
            artifacts: artifacts
                .map(|(artifact, statistics)| ArtifactStatistics {
                    artifact: artifact.to_string(),
                    statistics: statistics.into(),
                })
                .collect(),
            problems: overview.problems.iter().map(Into::into).collect(),
        }
    }
}

/// The statistics of one of many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArtifactStatistics {
    /// Its id, `type:name`.
    pub artifact: String,
    /// Its statistics, in the same object.
    #[serde(flatten)]
    pub statistics: Statistics,
}
