//! All projects as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::{Overview, ProjectTotals};

use crate::Problem;

/// Every project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Projects {
    /// The projects, sorted by path.
    pub projects: Vec<Project>,
    /// All problems.
    pub problems: Vec<Problem>,
}

impl From<&Overview> for Projects {
    fn from(overview: &Overview) -> Self {
        Self {
            projects: overview.project_totals().iter().map(Into::into).collect(),
            problems: overview.problems.iter().map(Into::into).collect(),
        }
    }
}

/// One project and how many copies it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Project {
    /// Its absolute path, links resolved.
    pub path: String,
    /// The name of its directory.
    pub name: String,
    /// How many copies are on record.
    pub deployment_count: usize,
    /// How many of them are modified.
    pub modified_count: usize,
}

impl From<&ProjectTotals> for Project {
    fn from(totals: &ProjectTotals) -> Self {
        Self {
            path: totals.project.to_string(),
            name: totals.project.name().to_owned(),
            deployment_count: totals.deployments,
            modified_count: totals.modified,
        }
    }
}
