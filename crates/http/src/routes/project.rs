//! One project, by its id.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use skillstat_domain::Collection;
use utoipa::ToSchema;

use super::collections::{self, InCollection};
use super::copies::{self, Extras, ProjectCopy};
use crate::freshness::{Freshness, json};
use crate::id;
use crate::known::Known;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// One project and what is deployed in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectDetail {
    id: String,
    path: String,
    name: String,
    deployment_count: usize,
    last_deployment: Option<String>,
    /// The copies in the order of the tracker, `.claude` first.
    deployments: Vec<ProjectArtifact>,
    stats: Counts,
}

/// One copy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectArtifact {
    artifact_name: String,
    artifact_type: String,
    from_collection: Option<String>,
    deployed_at: String,
    artifact_path: String,
    /// Always null.
    version: Option<String>,
    collection_sha: String,
    /// Whether the copy differs from what was deployed.
    local_modifications: bool,
    /// The collections its artifact is in.
    collections: Vec<InCollection>,
    #[serde(flatten)]
    extras: Extras,
}

/// How many copies there are of what.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(crate) struct Counts {
    by_type: BTreeMap<String, usize>,
    by_collection: BTreeMap<String, usize>,
    by_profile: BTreeMap<String, usize>,
    modified_count: usize,
}

/// Returns one project.
#[utoipa::path(
    get,
    path = "/api/v1/projects/{id}",
    operation_id = "get_project",
    params(("id" = String, Path, description = "base64 of the project's path, standard or url-safe")),
    responses(
        (status = 200, body = ProjectDetail, headers(
            ("X-Cache-Hit" = String, description = "`hit` or `miss`"),
            ("X-Cache-Last-Fetched" = String, description = "when it was read from the disk"),
        )),
        (status = 304, description = "as the client has it"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id of a project"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such project, or nothing is deployed in it"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    id: Result<Path<String>, PathRejection>,
    known: Known,
) -> Result<Response, Refusal> {
    let not_text = |_| Refusal::bad_request("Invalid project ID format: not base64 of UTF-8");
    let Path(id) = id.map_err(not_text)?;
    let project = id::project(&id)?;
    let overview = state.services.query.overview().await?;
    if overview.cached.value.projects.binary_search(&project).is_err() {
        return Err(Refusal::not_found(format!("Project not found at path: {project}")));
    }
    let copies = copies::of(&overview.cached.value, &project);
    if copies.is_empty() {
        let name = project.name();
        return Err(Refusal::not_found(format!("No deployments found for project: {name}")));
    }
    let all = state.services.query.collections().await?;
    let freshness = Freshness::new(&overview).and(&all);
    let mut response = freshness.send(&state, &known, || {
        let dates = copies.iter().map(|one| &one.copy.deployed_at);
        json(&ProjectDetail {
            id: id::encode(project.as_str()),
            path: project.to_string(),
            name: project.name().to_owned(),
            deployment_count: copies.len(),
            last_deployment: copies::latest(dates, state.local_offset).map(ToString::to_string),
            deployments: copies.iter().map(|one| deployed(one, &all.cached.value.value)).collect(),
            stats: counts(&copies),
        })
    })?;
    freshness.mark(&state, &mut response);
    Ok(response)
}

fn deployed(
    ProjectCopy { artifact, copy }: &ProjectCopy<'_>,
    all: &[Collection],
) -> ProjectArtifact {
    ProjectArtifact {
        artifact_name: artifact.name().to_owned(),
        artifact_type: artifact.kind().to_owned(),
        from_collection: copy.from_collection.as_deref().map(ToOwned::to_owned),
        deployed_at: copy.deployed_at.to_string(),
        artifact_path: copy.path.as_str().to_owned(),
        version: None,
        collection_sha: copy.baseline.as_str().to_owned(),
        local_modifications: copies::is_modified(copy),
        collections: collections::having(all, artifact),
        extras: (*copy).into(),
    }
}

fn counts(copies: &[ProjectCopy<'_>]) -> Counts {
    let mut counts = Counts::default();
    let add = |to: &mut BTreeMap<String, usize>, name: &str| {
        *to.entry(name.to_owned()).or_default() += 1;
    };
    for ProjectCopy { artifact, copy } in copies {
        add(&mut counts.by_type, artifact.kind());
        add(&mut counts.by_collection, copy.from_collection.as_deref().unwrap_or("unknown"));
        add(&mut counts.by_profile, copy.profile_id.as_deref().unwrap_or("unknown"));
        counts.modified_count += usize::from(copies::is_modified(copy));
    }
    counts
}
