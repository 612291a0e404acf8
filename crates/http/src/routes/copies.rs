//! The copies of one project, out of what is known of all artifacts.

use serde::Serialize;
use skillstat_domain::{ArtifactId, CopyReport, DeployedAt, DriftKind, Overview, ProjectPath};
use utoipa::ToSchema;

/// One artifact's copy in a project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProjectCopy<'a> {
    /// Which artifact.
    pub(crate) artifact: &'a ArtifactId,
    /// Its copy.
    pub(crate) copy: &'a CopyReport,
}

/// Returns the copies of a project in the order of its trackers.
pub(crate) fn of<'a>(overview: &'a Overview, project: &ProjectPath) -> Vec<ProjectCopy<'a>> {
    let mut copies: Vec<_> = overview
        .artifacts
        .iter()
        .filter_map(|(artifact, statistics)| {
            let place = |of: &skillstat_domain::ProjectDeployment| of.project().cmp(project);
            let place = statistics.projects.binary_search_by(place).ok()?;
            Some((artifact, &statistics.projects[place]))
        })
        .flat_map(|(artifact, in_project)| {
            in_project.copies().map(move |copy| ProjectCopy { artifact, copy })
        })
        .collect();
    copies.sort_by_key(|one| (&one.copy.profile_root, one.copy.line));
    copies
}

/// Returns the latest date, a naive one taken as local time.
pub(crate) fn latest<'a>(
    dates: impl Iterator<Item = &'a DeployedAt>,
    local_offset: i32,
) -> Option<&'a DeployedAt> {
    dates.max_by_key(|date| date.unix_microseconds(local_offset))
}

/// What a copy says in lists; flattened into their items.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Extras {
    /// The deployment profile on record.
    deployment_profile_id: Option<String>,
    /// The profile root it lies in.
    profile_root_dir: String,
    /// `synced`, `outdated`, `missing`, `unreadable`, `modified` or `conflict`.
    state: &'static str,
    /// In what way the content differs from what was deployed, if it does, or null.
    kind: Option<&'static str>,
    /// Why it is unreadable, or null.
    reason: Option<String>,
}

impl From<&CopyReport> for Extras {
    fn from(copy: &CopyReport) -> Self {
        Self {
            deployment_profile_id: copy.profile_id.as_deref().map(ToOwned::to_owned),
            profile_root_dir: copy.profile_root.to_string(),
            state: copy.state.name().as_str(),
            kind: copy.state.kind().map(DriftKind::as_str),
            reason: copy.reason().map(ToOwned::to_owned),
        }
    }
}

/// Tells whether a copy is modified, conflicts included.
pub(crate) fn is_modified(copy: &CopyReport) -> bool {
    copy.state.name().is_modified()
}
