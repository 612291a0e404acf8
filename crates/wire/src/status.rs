//! All artifacts as JSON.

use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, DeploymentStatistics, Overview};

use crate::{Problem, Statistics};

/// Every artifact, over all projects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
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
        Self {
            projects: overview.projects.len(),
            artifacts: overview.artifacts.iter().map(Into::into).collect(),
            problems: overview.problems.iter().map(Into::into).collect(),
        }
    }
}

/// What is serialised as the [`Status`] of an overview is, without ever being there as a whole: each artifact is
/// made when it is its turn.
#[derive(Debug)]
pub struct StatusRows<'a>(pub &'a Overview);

impl Serialize for StatusRows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(overview) = self;
        let artifacts = Rows(|| overview.artifacts.iter().map(ArtifactStatistics::from));
        let problems = Rows(|| overview.problems.iter().map(Problem::from));
        let mut status = serializer.serialize_struct("Status", 3)?;
        status.serialize_field("projects", &overview.projects.len())?;
        status.serialize_field("artifacts", &artifacts)?;
        status.serialize_field("problems", &problems)?;
        status.end()
    }
}

/// A list whose rows are made one by one.
struct Rows<F>(F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Rows<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0())
    }
}

/// The statistics of one of many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ArtifactStatistics {
    /// Its id, `type:name`.
    pub artifact: String,
    /// Its statistics, in the same object.
    #[serde(flatten)]
    pub statistics: Statistics,
}

impl From<(&ArtifactId, &DeploymentStatistics)> for ArtifactStatistics {
    fn from((artifact, statistics): (&ArtifactId, &DeploymentStatistics)) -> Self {
        Self { artifact: artifact.to_string(), statistics: statistics.into() }
    }
}
