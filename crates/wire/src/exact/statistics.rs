//! The deployments of one artifact.

use serde::{Deserialize, Serialize};
use skillstat_domain::{CopyReport, DeploymentStatistics, ProjectDeployment, ProjectPath};

use super::copy::{ExactCopy, project_path};
use super::malformed::{Malformed, in_order};
use super::problem::{ExactProblem, problems_in_order};

/// Where an artifact is deployed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExactStatistics {
    /// The projects, sorted by path.
    pub deployments: Vec<ExactDeployment>,
    /// The problems of this artifact, sorted.
    pub problems: Vec<ExactProblem>,
}

/// One artifact in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
        let projects = statistics.deployments.into_iter().map(TryInto::try_into);
        let projects: Vec<ProjectDeployment> = projects.collect::<Result<_, _>>()?;
        let paths = projects.iter().map(ProjectDeployment::project);
        in_order("project", paths, ProjectPath::to_string)?;
        Ok(Self { projects, problems: problems_in_order(statistics.problems)? })
    }
}

impl TryFrom<ExactDeployment> for ProjectDeployment {
    type Error = Malformed;

    fn try_from(deployment: ExactDeployment) -> Result<Self, Malformed> {
        let project = project_path(deployment.project)?;
        let copies: Vec<CopyReport> =
            deployment.copies.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
        let profile_roots = copies.iter().map(|copy| &copy.profile_root);
        in_order("profile root", profile_roots, ToString::to_string)?;
        let shown = project.to_string();
        Self::new(project, copies)
            .ok_or_else(|| Malformed::new("project", shown, &"without a copy"))
    }
}
