//! The statistics of one artifact as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::{CopyReport, DeploymentStatistics};

use crate::Problem;

/// Where an artifact is deployed. The first three fields are those of SkillMeat's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Statistics {
    /// How many projects hold a copy.
    pub total_deployments: usize,
    /// In how many of them a copy is modified.
    pub modified_deployments: usize,
    /// The projects, sorted by path.
    pub projects: Vec<ProjectDeployment>,
    /// The problems of this artifact.
    pub problems: Vec<Problem>,
}

/// One artifact in one project. The first four fields are those of SkillMeat's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ProjectDeployment {
    /// The name of the project's directory.
    pub project_name: String,
    /// Its absolute path, links resolved.
    pub project_path: String,
    /// Whether any copy is modified, conflicts included.
    pub is_modified: bool,
    /// When the first copy was deployed; without an offset when none is on record.
    pub deployed_at: String,
    /// The worst state of the copies.
    pub state: String,
    /// The copies: `.claude` first, then profile roots by name.
    pub copies: Vec<Copy>,
}

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Copy {
    /// The profile root it lies in.
    pub profile_root: String,
    /// Its path as recorded, below the profile root.
    pub path: String,
    /// `synced`, `outdated`, `missing`, `unreadable`, `modified` or `conflict`.
    pub state: String,
    /// In what way the content differs from what was deployed, if it does: `unrecorded-update`,
    /// `ignored-files-only`, `line-endings-only`, `additions-only`, `removals-only`, `content` or
    /// `unexplained`; else null.
    pub kind: Option<String>,
    /// Why it is unreadable, or null.
    pub reason: Option<String>,
    /// When it was deployed.
    pub deployed_at: String,
    /// The hash on record, as recorded.
    pub baseline: String,
    /// The hash of the content as it is, or null when it is missing or unreadable.
    pub current: Option<String>,
}

impl From<&DeploymentStatistics> for Statistics {
    fn from(statistics: &DeploymentStatistics) -> Self {
        Self {
            total_deployments: statistics.total(),
            modified_deployments: statistics.modified(),
            projects: statistics.projects.iter().map(Into::into).collect(),
            problems: statistics.problems.iter().map(Into::into).collect(),
        }
    }
}

impl From<&skillstat_domain::ProjectDeployment> for ProjectDeployment {
    fn from(deployment: &skillstat_domain::ProjectDeployment) -> Self {
        Self {
            project_name: deployment.project().name().to_owned(),
            project_path: deployment.project().to_string(),
            is_modified: deployment.is_modified(),
            deployed_at: deployment.deployed_at().to_string(),
            state: deployment.state().to_string(),
            copies: deployment.copies().map(Into::into).collect(),
        }
    }
}

impl From<&CopyReport> for Copy {
    fn from(copy: &CopyReport) -> Self {
        Self {
            profile_root: copy.profile_root.to_string(),
            path: copy.path.as_str().to_owned(),
            state: copy.state.name().to_string(),
            kind: copy.state.kind().map(|kind| kind.to_string()),
            reason: copy.reason().map(ToOwned::to_owned),
            deployed_at: copy.deployed_at.to_string(),
            baseline: copy.baseline.as_str().to_owned(),
            current: copy.current().map(|hash| hash.to_string()),
        }
    }
}
