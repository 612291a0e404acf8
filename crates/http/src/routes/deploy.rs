//! What is deployed in one project, by its path.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use camino::Utf8Path;
use serde::Serialize;
use skillstat_domain::{ProjectPath, StateName};
use utoipa::ToSchema;

use super::copies::{self, Extras, ProjectCopy};
use crate::freshness::{Freshness, json};
use crate::known::Known;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// What is deployed in a project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InProject {
    /// The path as it was asked for.
    project_path: String,
    /// The copies in the order of the tracker, `.claude` first.
    deployments: Vec<RecordedCopy>,
    /// How many there are.
    total: usize,
}

/// One copy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecordedCopy {
    artifact_name: String,
    artifact_type: String,
    from_collection: Option<String>,
    deployed_at: String,
    artifact_path: String,
    project_path: String,
    collection_sha: String,
    /// Whether the copy differs from what was deployed.
    local_modifications: bool,
    /// `synced`, `modified` or, when the copy cannot be verified, `unknown`; a missing or outdated copy
    /// is `synced`, as it is for SkillMeat: `state` says the truth.
    sync_status: &'static str,
    /// Always null.
    merge_base_snapshot: Option<String>,
    #[serde(flatten)]
    extras: Extras,
}

/// Returns what is deployed in a project; nothing when there is no such project.
#[utoipa::path(
    get,
    path = "/api/v1/deploy",
    operation_id = "list_deployments",
    params(("project_path" = String, Query, description = "the absolute path of the project")),
    responses(
        (status = 200, body = InProject),
        (status = 304, description = "as the client has it"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no path"),
    )
)]
pub(crate) async fn list(
    State(state): State<Arc<HttpState>>,
    params: Params,
    known: Known,
) -> Result<Response, Refusal> {
    let path = params.required("project_path")?;
    let overview = state.services.query.overview().await?;
    Freshness::new(&overview).send(&state, &known, || {
        let copies = match ProjectPath::new(Utf8Path::new(path)) {
            Ok(project) => copies::of(&overview.cached.value, &project),
            Err(_) => Vec::new(),
        };
        json(&InProject {
            project_path: path.to_owned(),
            total: copies.len(),
            deployments: copies.iter().map(|copy| deployment(copy, path)).collect(),
        })
    })
}

fn deployment(ProjectCopy { artifact, copy }: &ProjectCopy<'_>, project: &str) -> RecordedCopy {
    RecordedCopy {
        artifact_name: artifact.name().to_owned(),
        artifact_type: artifact.kind().to_owned(),
        from_collection: copy.from_collection.as_deref().map(ToOwned::to_owned),
        deployed_at: copy.deployed_at.to_string(),
        artifact_path: copy.path.as_str().to_owned(),
        project_path: project.to_owned(),
        collection_sha: copy.baseline.as_str().to_owned(),
        local_modifications: copies::is_modified(copy),
        sync_status: match copy.state.name() {
            StateName::Synced | StateName::Outdated | StateName::Missing => "synced",
            StateName::Modified | StateName::Conflict => "modified",
            StateName::Unreadable => "unknown",
        },
        merge_base_snapshot: None,
        extras: (*copy).into(),
    }
}
