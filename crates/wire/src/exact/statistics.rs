//! The deployments of one artifact.

use serde::{Deserialize, Serialize};
use skillstat_domain::{CopyReport, DeploymentStatistics, ProjectDeployment, ProjectPath};

use super::copy::{ExactCopy, project_path};
use super::malformed::{Malformed, in_order};
use super::problem::{ExactProblem, problems_in_order};

/// Where an artifact is deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactStatistics {
    /// The projects, sorted by path.
    pub deployments: Vec<ExactDeployment>,
    /// The problems of this artifact, sorted.
    pub problems: Vec<ExactProblem>,
}

/// One artifact in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactDeployment {
    /// The path of the project.
    pub project: String,
    /// The copies, at least one: `.claude` first, then profile roots by name.
    pub copies: Vec<ExactCopy>,
}

impl From<&DeploymentStatistics> for ExactStatistics {
    fn from(statistics: &DeploymentStatistics) -> Self {
        Self {
            deployments: statistics.projects.iter().map(Into::into).collect(),
            problems: statistics.problems.iter().map(Into::into).collect(),
        }
    }
}

impl From<&ProjectDeployment> for ExactDeployment {
    fn from(deployment: &ProjectDeployment) -> Self {
        Self {
            project: deployment.project().to_string(),
            copies: deployment.copies().map(Into::into).collect(),
        }
    }
}

impl TryFrom<ExactStatistics> for DeploymentStatistics {
    type Error = Malformed;

    fn try_from(statistics: ExactStatistics) -> Result<Self, Malformed> {
        read(statistics, &project_path)
    }
}

/// Reads statistics; whoever calls knows what path a project may have.
pub(super) fn read(
    statistics: ExactStatistics,
    project: &dyn Fn(&str) -> Result<ProjectPath, Malformed>,
) -> Result<DeploymentStatistics, Malformed> {
    let deployments = statistics.deployments.into_iter();
    let projects: Vec<ProjectDeployment> =
        deployments.map(|deployment| read_one(deployment, project)).collect::<Result<_, _>>()?;
    let paths = projects.iter().map(ProjectDeployment::project);
    in_order("project", paths, ProjectPath::to_string)?;
    Ok(DeploymentStatistics { projects, problems: problems_in_order(statistics.problems)? })
}

fn read_one(
    deployment: ExactDeployment,
    project: &dyn Fn(&str) -> Result<ProjectPath, Malformed>,
) -> Result<ProjectDeployment, Malformed> {
    let ExactDeployment { project: path, copies } = deployment;
    let copies: Vec<CopyReport> =
        copies.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    in_order("profile root", copies.iter().map(|copy| &copy.profile_root), ToString::to_string)?;
    let deployment = ProjectDeployment::new(project(&path)?, copies);
    deployment.ok_or_else(|| Malformed::new("project", path, &"without a copy"))
}
