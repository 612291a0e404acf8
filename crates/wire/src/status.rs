//! The statistics of all artifacts as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use skillstat_domain::{ArtifactId, DeploymentStatistics, Overview};

use crate::Statistics;
use crate::rows::{Rows, Shown, Text};

/// Every artifact, over all projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Status<'a> {
    /// How many projects were found.
    pub projects: usize,
    /// The artifacts, sorted by id.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ArtifactStatistics<'static>>))]
    pub artifacts: Rows<'a, BTreeMap<ArtifactId, DeploymentStatistics>>,
    /// All problems.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Problem>))]
    pub problems: Rows<'a, [skillstat_domain::Problem]>,
}

impl<'a> From<&'a Overview> for Status<'a> {
    fn from(overview: &'a Overview) -> Self {
        Self {
            projects: overview.projects.len(),
            artifacts: Rows(&overview.artifacts),
            problems: Rows(&overview.problems),
        }
    }
}

/// The statistics of one of many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ArtifactStatistics<'a> {
    /// Its id, `type:name`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub artifact: Text<&'a ArtifactId>,
    /// Its statistics, in the same object.
    #[serde(flatten)]
    pub statistics: Statistics<'a>,
}

impl Shown for BTreeMap<ArtifactId, DeploymentStatistics> {
    type Row<'a> = ArtifactStatistics<'a>;

    fn rows(&self) -> impl Iterator<Item = ArtifactStatistics<'_>> {
        self.iter().map(|(artifact, statistics)| ArtifactStatistics {
            artifact: Text(artifact),
            statistics: statistics.into(),
        })
    }
}
