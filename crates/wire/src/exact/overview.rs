//! All artifacts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, DeploymentStatistics, Overview, ProjectPath};

use super::copy::project_path;
use super::malformed::{Malformed, in_order};
use super::problem::{ExactProblem, artifact_id, problems_in_order};
use super::statistics::{self, ExactStatistics};

/// Every artifact with a record, over all projects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactOverview {
    /// The paths of the projects, sorted; some may hold no record.
    pub projects: Vec<String>,
    /// The artifacts, sorted by id.
    pub artifacts: Vec<ExactArtifactStatistics>,
    /// All problems, sorted, each once.
    pub problems: Vec<ExactProblem>,
}

/// The statistics of one of many artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactArtifactStatistics {
    /// Its id as it is printed.
    pub artifact: String,
    /// Its statistics.
    pub statistics: ExactStatistics,
}

impl From<&Overview> for ExactOverview {
    fn from(overview: &Overview) -> Self {
        let artifacts = overview.artifacts.iter();
        Self {
            projects: overview.projects.iter().map(ToString::to_string).collect(),
            artifacts: artifacts
                .map(|(artifact, statistics)| ExactArtifactStatistics {
                    artifact: artifact.to_string(),
                    statistics: statistics.into(),
                })
                .collect(),
            problems: overview.problems.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<ExactOverview> for Overview {
    type Error = Malformed;

    fn try_from(overview: ExactOverview) -> Result<Self, Malformed> {
        let projects = overview.projects.iter().map(|path| project_path(path));
        let projects: Vec<ProjectPath> = projects.collect::<Result<_, _>>()?;
        in_order("project", &projects, ProjectPath::to_string)?;
        let one_of_them = |path: &str| {
            let place = projects.binary_search_by(|project| project.as_str().cmp(path));
            let place =
                place.map_err(|_| Malformed::new("project", path, &"is not in the list"))?;
            Ok(projects[place].clone())
        };
        let mut artifacts: BTreeMap<ArtifactId, DeploymentStatistics> = BTreeMap::new();
        for ExactArtifactStatistics { artifact, statistics } in overview.artifacts {
            let artifact = artifact_id(artifact)?;
            let statistics = statistics::read(statistics, &one_of_them)?;
            if artifacts.last_key_value().is_some_and(|(last, _)| *last >= artifact) {
                return Err(Malformed::new("artifact", artifact.as_str(), &"not in order"));
            }
            artifacts.insert(artifact, statistics);
        }
        Ok(Self { projects, artifacts, problems: problems_in_order(overview.problems)? })
    }
}
