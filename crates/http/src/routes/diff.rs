//! What differs between a copy and the collection: what SkillMeat's Sync Status tab shows.

use std::sync::Arc;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use camino::Utf8Path;
use skillstat_domain::{DiffError, DiffRequest, ProfileRoot, ProjectPath, WantedTexts};

use super::{artifact, collections, named};
use crate::aside::aside;
use crate::freshness::json;
use crate::guard::Rights;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// Compares a copy with what the collection holds now, file by file; takes the key, for it tells what is
/// in files.
///
/// Both are read for every question, and nothing of it is kept.
#[utoipa::path(
    get,
    path = "/api/v1/artifacts/{id}/diff",
    operation_id = "diff_artifact",
    params(
        ("id" = String, Path, pattern = r"^[^:]+:[\s\S]+$", description = "`type:name`"),
        ("project_path" = String, Query, description = "the absolute path of the project"),
        ("profile_root" = Option<String>, Query, description = "in which profile root, such as `.codex`; otherwise the first that has it"),
        ("collection" = Option<String>, Query, description = "compare with this collection if it has the artifact, instead of the one on record"),
        ("summary_only" = Option<bool>, Query, description = "without the lines that differ"),
        ("include_unified_diff" = Option<bool>, Query, description = "with the lines that differ; yes if not given"),
        ("file_paths" = Option<String>, Query, description = "the lines that differ only of these files, separated by commas"),
    ),
    responses(
        (status = 200, body = skillstat_wire::Diff, headers(
            ("Cache-Control" = String, description = "`no-store`"),
        )),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id, no such project, or no profile root"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "it is not deployed there, or nobody has what to compare it with"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "one of the two cannot be read truthfully"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no path, or a parameter of the wrong sort"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    Extension(rights): Extension<Rights>,
    path: Result<Path<String>, PathRejection>,
    params: Params,
) -> Result<Response, Refusal> {
    rights.contents()?;
    let project_path = params.required("project_path")?;
    let texts = texts(&params)?;
    let Path(text) = path.map_err(|_| Refusal::bad_request(artifact::NO_ID))?;
    let artifact = artifact::parse(&text)?;
    let project = ProjectPath::new(Utf8Path::new(project_path))
        .map_err(|_| named::no_project(project_path))?;
    let wanted = DiffRequest {
        profile_root: profile_root(&params)?,
        collection: named::collection(&state, params.text("collection").map(str::to_owned)).await?,
        artifact,
        project,
        texts,
    };
    let diff = state.services.diffs.diff(&wanted).await.map_err(|error| {
        let missing =
            |place: &str| Refusal::not_found(format!("Artifact '{text}' not found in {place}"));
        match error {
            DiffError::NoProject => named::no_project(project_path),
            DiffError::NotDeployed if !collections::is_type(wanted.artifact.kind()) => {
                Refusal::bad_request(artifact::NO_ID)
            }
            DiffError::NotDeployed => missing(&format!("project {project_path}")),
            DiffError::NoOriginal => missing("any collection"),
            DiffError::Nothing => missing("either collection or project"),
            DiffError::Unreadable(problem) => {
                let reason =
                    format!("{} {}; to mend it: {}", problem.path, problem.reason, problem.fix);
                Refusal::new(StatusCode::CONFLICT, reason)
            }
            DiffError::Busy => Refusal::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
                .with_header(RETRY_AFTER, "1"),
            DiffError::Failed { reason } => {
                tracing::error!(reason, "a comparison failed");
                Refusal::internal()
            }
        }
    })?;
    let body = aside(move || json(&skillstat_wire::Diff::from(&diff))).await?;
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
    Ok((headers, body).into_response())
}

/// Returns of which files the lines are wanted.
fn texts(params: &Params) -> Result<WantedTexts, Refusal> {
    if params.flag("summary_only")? || !params.flag_or("include_unified_diff", true)? {
        return Ok(WantedTexts::None);
    }
    Ok(match params.text("file_paths").filter(|paths| !paths.is_empty()) {
        Some(paths) => WantedTexts::Only(paths.split(',').map(ToOwned::to_owned).collect()),
        None => WantedTexts::All,
    })
}

fn profile_root(params: &Params) -> Result<Option<ProfileRoot>, Refusal> {
    let Some(text) = params.text("profile_root") else { return Ok(None) };
    let no_root = |error| Refusal::bad_request(format!("Invalid profile_root: {error}"));
    ProfileRoot::new(text).map(Some).map_err(no_root)
}
