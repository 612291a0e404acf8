//! The statistics of one artifact as JSON.

use serde::Serialize;
use skillstat_domain::{
    ContentHash, CopyReport, DeployedAt, DeploymentStatistics, DriftKind,
    ProjectDeployment as Deployment,
};

use crate::rows::{Rows, Shown, Text};

/// Where an artifact is deployed. The first three fields are those of SkillMeat's server.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Statistics<'a> {
    /// How many projects hold a copy.
    total_deployments: usize,
    /// In how many of them a copy is modified.
    modified_deployments: usize,
    /// The projects, sorted by path.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ProjectDeployment<'static>>))]
    projects: Rows<'a, [Deployment]>,
    /// The problems of this artifact.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::Problem>))]
    problems: Rows<'a, [skillstat_domain::Problem]>,
}

/// One artifact in one project. The first four fields are those of SkillMeat's server.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectDeployment<'a> {
    /// The name of the project's directory.
    project_name: &'a str,
    /// Its absolute path, links resolved.
    project_path: &'a str,
    /// Whether any copy is modified, conflicts included.
    is_modified: bool,
    /// When the first copy was deployed; without an offset when none is on record.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    deployed_at: Text<&'a DeployedAt>,
    /// The worst state of the copies.
    state: &'static str,
    /// The copies: `.claude` first, then profile roots by name.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Copy<'static>>))]
    copies: Rows<'a, Deployment>,
}

/// One copy.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Copy<'a> {
    /// The profile root it lies in.
    profile_root: &'a str,
    /// Its path as recorded, below the profile root.
    path: &'a str,
    /// `synced`, `outdated`, `missing`, `unreadable`, `modified` or `conflict`.
    state: &'static str,
    /// In what way the content differs from what was deployed, if it does: `unrecorded-update`,
    /// `ignored-files-only`, `line-endings-only`, `additions-only`, `removals-only`, `content` or
    /// `unexplained`; else null.
    kind: Option<&'static str>,
    /// Why it is unreadable, or null.
    reason: Option<&'a str>,
    /// When it was deployed.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    deployed_at: Text<&'a DeployedAt>,
    /// The hash on record, as recorded.
    baseline: &'a str,
    /// The hash of the content as it is, or null when it is missing or unreadable.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    current: Option<Text<ContentHash>>,
}

impl<'a> From<&'a DeploymentStatistics> for Statistics<'a> {
    fn from(statistics: &'a DeploymentStatistics) -> Self {
        Self {
            total_deployments: statistics.total(),
            modified_deployments: statistics.modified(),
            projects: Rows(&statistics.projects),
            problems: Rows(&statistics.problems),
        }
    }
}

impl<'a> From<&'a Deployment> for ProjectDeployment<'a> {
    fn from(deployment: &'a Deployment) -> Self {
        Self {
            project_name: deployment.project().name(),
            project_path: deployment.project().as_str(),
            is_modified: deployment.is_modified(),
            deployed_at: Text(deployment.deployed_at()),
            state: deployment.state().as_str(),
            copies: Rows(deployment),
        }
    }
}

impl<'a> From<&'a CopyReport> for Copy<'a> {
    fn from(copy: &'a CopyReport) -> Self {
        Self {
            profile_root: copy.profile_root.as_str(),
            path: copy.path.as_str(),
            state: copy.state.name().as_str(),
            kind: copy.state.kind().map(DriftKind::as_str),
            reason: copy.reason(),
            deployed_at: Text(&copy.deployed_at),
            baseline: copy.baseline.as_str(),
            current: copy.current().map(Text),
        }
    }
}

impl Shown for [Deployment] {
    type Row<'a> = ProjectDeployment<'a>;

    fn rows(&self) -> impl Iterator<Item = ProjectDeployment<'_>> {
        self.iter().map(Into::into)
    }
}

impl Shown for Deployment {
    type Row<'a> = Copy<'a>;

    fn rows(&self) -> impl Iterator<Item = Copy<'_>> {
        self.copies().map(Into::into)
    }
}
