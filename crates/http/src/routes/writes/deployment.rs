//! `DELETE projects/{id}/deployments/{name}`: one artifact out of a project, or only its record.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use skillstat_domain::{Action, ArtifactId, DeployError, Profiles, UndeployOrder};
use utoipa::ToSchema;

use super::failure::Failure;
use super::{carried, undeploy};
use crate::id;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::routes::collections::is_type;
use crate::routes::named;
use crate::state::HttpState;

/// What was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RemovalAnswer {
    success: bool,
    message: String,
    artifact_name: String,
    artifact_type: String,
    project_path: String,
    /// Whether there was a copy, and it is gone.
    files_removed: bool,
    /// The backup that holds what was taken away, or null.
    backup: Option<String>,
}

/// Takes an artifact out of a project; takes the key. Its copy goes too unless it is to stay, and is
/// kept as a backup.
#[utoipa::path(
    delete,
    path = "/api/v1/projects/{id}/deployments/{name}",
    operation_id = "remove_deployment",
    params(
        ("id" = String, Path, description = "base64 of the project's path, standard or url-safe"),
        ("name" = String, Path, description = "the artifact's name"),
        ("artifact_type" = String, Query, description = "its type"),
        ("remove_files" = Option<bool>, Query, description = "whether its copy goes too: yes, unless this says no"),
    ),
    responses(
        (status = 200, body = RemovalAnswer),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id of a project, or a type that nobody has"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such project, or it is not deployed there"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "something is in the way"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "a parameter is missing or of the wrong sort"),
    )
)]
pub(crate) async fn delete(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<(String, String)>, PathRejection>,
    params: Params,
) -> Result<Json<RemovalAnswer>, Refusal> {
    let not_text = |_| Refusal::bad_request("Invalid project ID format: not base64 of UTF-8");
    let Path((id, name)) = path.map_err(not_text)?;
    let kind = params.required("artifact_type")?;
    let remove_files = params.flag_or("remove_files", true)?;
    let project = id::project(&id)?;
    let nowhere = || {
        if is_type(kind) {
            Refusal::not_found(format!("Deployment '{name}' ({kind}) not found in project"))
        } else {
            named::no_type(kind)
        }
    };
    let artifact = ArtifactId::new(kind, &name).map_err(|_| nowhere())?;
    let order = UndeployOrder {
        keep_copies: !remove_files,
        ..undeploy::order(artifact, project.clone(), Profiles::Usual)
    };
    let failure = Failure { name: &name, what: "Undeploy" };
    let carried = carried::undeploy(&state, order).await.map_err(|error| {
        error.refusal(&failure, |error| match error {
            DeployError::ProjectMissing { .. } | DeployError::OutsideRoots { .. } => {
                Some(Refusal::not_found(format!("Project not found at path: {project}")))
            }
            DeployError::NotDeployed { .. } => Some(nowhere()),
            _ => None,
        })
    })?;
    let (plan, backup) = (carried.first.plan, carried.first.backup);
    Ok(Json(RemovalAnswer {
        success: true,
        message: format!("Artifact '{name}' removed from project successfully"),
        artifact_type: kind.to_owned(),
        project_path: plan.project.to_string(),
        files_removed: plan.action == Action::Remove,
        backup: backup.map(|backup| backup.to_string()),
        artifact_name: name,
    }))
}
