//! `POST deploy/undeploy`: one artifact out of one project.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use skillstat_domain::{ArtifactId, DeployError, UndeployOrder};
use utoipa::ToSchema;

use super::failure::Failure;
use super::{carried, profiles};
use crate::body::Fields;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::routes::collections::is_type;
use crate::routes::named;
use crate::state::HttpState;

/// What to take away, and where.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it tells the document what `Fields` takes out of a body")]
pub(crate) struct UndeployRequest {
    artifact_name: String,
    artifact_type: String,
    /// The absolute path of the project.
    project_path: String,
    /// The profile; otherwise the first that has the artifact, `claude_code` before others.
    profile_id: Option<String>,
    /// The same by its other name.
    deployment_profile_id: Option<String>,
}

/// What was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UndeployAnswer {
    success: bool,
    message: String,
    artifact_name: String,
    artifact_type: String,
    project_path: String,
    /// The backup that holds what was taken away, or null.
    backup: Option<String>,
}

/// Takes an artifact's copy and record out of a project; takes the key. An edited copy goes too; it is
/// kept as a backup.
#[utoipa::path(
    post,
    path = "/api/v1/deploy/undeploy",
    operation_id = "undeploy",
    request_body = UndeployRequest,
    responses(
        (status = 200, body = UndeployAnswer),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "a type that nobody has, or a path or profile that cannot be one"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "it is not deployed there"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "something is in the way"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or a field that is missing or of the wrong sort"),
    )
)]
pub(crate) async fn post(
    State(state): State<Arc<HttpState>>,
    mut fields: Fields,
) -> Result<Json<UndeployAnswer>, Refusal> {
    let (name, kind) = (fields.required("artifact_name"), fields.required("artifact_type"));
    let profile = [fields.text("profile_id"), fields.text("deployment_profile_id")];
    // SkillMeat takes its own directory when there is none, so its texts do not ask for it.
    let path = fields.required_in_the_end("project_path");
    fields.end()?;

    let failure = Failure { name: &name, what: "Undeploy" };
    let nowhere = || {
        if is_type(&kind) {
            Refusal::not_found(format!("Artifact '{name}' is not deployed to this project"))
        } else {
            named::no_type(&kind)
        }
    };
    let artifact = ArtifactId::new(&kind, &name).map_err(|_| nowhere())?;
    let profiles = profiles::at_most_one(profile.iter().flatten().next().map(String::as_str))?;
    let order = order(artifact, named::project(&path)?, profiles);
    let carried = carried::undeploy(&state, order).await.map_err(|error| {
        error.refusal(&failure, |error| match error {
            DeployError::NotDeployed { .. } | DeployError::ProjectMissing { .. } => Some(nowhere()),
            // A type that a tracker has is a type, and this one nobody can have.
            DeployError::OutsideRoots { .. } if !is_type(&kind) => Some(nowhere()),
            _ => None,
        })
    })?;
    let plan = carried.first.plan;
    Ok(Json(UndeployAnswer {
        success: true,
        message: format!("Artifact '{name}' removed successfully"),
        artifact_name: name,
        artifact_type: kind,
        project_path: plan.project.to_string(),
        backup: carried.first.backup.map(|backup| backup.to_string()),
    }))
}

/// The order that SkillMeat's clients mean: copies go whatever has become of them.
pub(super) fn order(
    artifact: ArtifactId,
    project: skillstat_domain::ProjectPath,
    profiles: skillstat_domain::Profiles,
) -> UndeployOrder {
    UndeployOrder {
        artifacts: vec![artifact],
        projects: vec![project],
        profiles,
        force: true,
        keep_copies: false,
        dry_run: false,
    }
}
