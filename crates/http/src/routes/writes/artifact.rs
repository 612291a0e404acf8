//! `POST artifacts/{id}/deploy` and `…/undeploy`: what SkillMeat's Sync Status tab asks for.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use skillstat_domain::{ArtifactId, DeployError, DeployOrder, Replace, Targets};
use utoipa::ToSchema;

use super::carried::{self, Carried};
use super::failure::Failure;
use super::profiles::{self, Named};
use super::undeploy;
use crate::body::Fields;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::routes::artifact::NO_ID;
use crate::routes::collections::is_type;
use crate::routes::named;
use crate::state::HttpState;

/// Where to deploy an artifact.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it tells the document what `Fields` takes out of a body")]
pub(crate) struct ArtifactDeployRequest {
    /// The absolute path of the project, below a search root.
    project_path: String,
    /// Whether what is there is replaced. It is kept as a backup.
    #[schema(default = false, required = false)]
    overwrite: bool,
    /// Only `overwrite`: what is there is replaced as a whole or not at all.
    #[schema(pattern = "^overwrite$")]
    strategy: Option<String>,
    /// The profile; otherwise `claude_code`. At most one of this and the next three may be given.
    deployment_profile_id: Option<String>,
    /// Several profiles.
    #[schema(min_items = 1)]
    deployment_profile_ids: Option<Vec<String>>,
    /// Every profile that the project has.
    #[schema(default = false, required = false)]
    all_profiles: bool,
    /// As if no profile were named.
    #[schema(default = false, required = false)]
    use_project_defaults: bool,
}

/// Where to undeploy an artifact.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it tells the document what `Fields` takes out of a body")]
pub(crate) struct ArtifactUndeployRequest {
    /// The absolute path of the project.
    project_path: String,
    /// The profile; otherwise the first that has the artifact, `claude_code` before others.
    deployment_profile_id: Option<String>,
}

/// What was done to an artifact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArtifactWriteAnswer {
    success: bool,
    message: String,
    artifact_name: String,
    artifact_type: String,
    /// The absolute path of the copy, or null when it is gone.
    deployed_path: Option<String>,
    /// Always null: what fails is a problem, with its status.
    error_message: Option<String>,
    /// The profiles it was done for.
    deployed_profiles: Vec<String>,
    /// The backup that holds what was there before, or null.
    backup: Option<String>,
}

/// Deploys an artifact; takes the key. What is there stays until the new copy is complete.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts/{id}/deploy",
    operation_id = "deploy_artifact",
    params(
        ("id" = String, Path, pattern = r"^[^:]+:[\s\S]+$", description = "`type:name`"),
        ("collection" = Option<String>, Query, description = "take it from this collection"),
    ),
    request_body = ArtifactDeployRequest,
    responses(
        (status = 200, body = ArtifactWriteAnswer),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id, or a path or profile that cannot be deployed to"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such artifact or collection"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "something is there and was not to be replaced, or is in the way"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or a field that is missing or of the wrong sort"),
    )
)]
pub(crate) async fn deploy(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<String>, PathRejection>,
    params: Params,
    mut fields: Fields,
) -> Result<Json<ArtifactWriteAnswer>, Refusal> {
    let project_path = fields.required("project_path");
    let overwrite = fields.flag("overwrite");
    let strategy = fields.text("strategy");
    let profiles = Named::take(&mut fields);
    fields.end()?;

    let (text, artifact) = artifact(path, is_type)?;
    if let Some(strategy) = strategy.filter(|strategy| strategy != "overwrite") {
        return Err(Refusal::bad_request(format!(
            "strategy '{strategy}' is not offered here: a copy is replaced as a whole; what it replaces is \
             kept as a backup"
        )));
    }
    let (project, profiles) = (named::project(&project_path)?, profiles.known()?);
    let collection = params.text("collection").map(ToOwned::to_owned);
    let asked = collection.clone();
    let order = DeployOrder {
        artifacts: vec![artifact.clone()],
        collection: named::collection(&state, collection).await?,
        targets: Targets::Projects { projects: vec![project], profiles },
        dest_path: None,
        replace: if overwrite { Replace::Anything } else { Replace::Nothing },
        create_projects: false,
        dry_run: false,
    };
    let failure = Failure { name: artifact.name(), what: "Deployment" };
    let carried = carried::deploy(&state, order).await.map_err(|error| {
        error.refusal(&failure, |error| match error {
            DeployError::ArtifactNotFound { .. } => {
                let place = asked.as_ref().map_or_else(
                    || "any collection".to_owned(),
                    |asked| format!("collection '{asked}'"),
                );
                Some(Refusal::not_found(format!("Artifact '{text}' not found in {place}")))
            }
            DeployError::CollectionNotFound { collection, .. } => {
                Some(Refusal::not_found(format!("Collection '{collection}' not found")))
            }
            DeployError::ProjectMissing { .. } => Some(named::no_project(&project_path)),
            _ => None,
        })
    })?;
    let plan = &carried.first.plan;
    let deployed_path = plan.project.as_path().join(plan.profile_root.as_str()).join(&plan.path);
    Ok(Json(written(carried, "deployed", Some(deployed_path.to_string()))))
}

/// Takes an artifact's copy and record out of a project; takes the key. An edited copy goes too; it is
/// kept as a backup.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts/{id}/undeploy",
    operation_id = "undeploy_artifact",
    params(("id" = String, Path, pattern = r"^[^:]+:[\s\S]+$", description = "`type:name`")),
    request_body = ArtifactUndeployRequest,
    responses(
        (status = 200, body = ArtifactWriteAnswer),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id, no such project, or a path or profile that cannot be one"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "it is not deployed there"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "something is in the way"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or a field that is missing or of the wrong sort"),
    )
)]
pub(crate) async fn undeploy(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<String>, PathRejection>,
    mut fields: Fields,
) -> Result<Json<ArtifactWriteAnswer>, Refusal> {
    let project_path = fields.required("project_path");
    let profile = fields.text("deployment_profile_id");
    fields.end()?;

    // A type that a tracker has is a type.
    let (_, artifact) = artifact(path, |_| true)?;
    let profiles = profiles::at_most_one(profile.as_deref())?;
    let order = undeploy::order(artifact.clone(), named::project(&project_path)?, profiles);
    let failure = Failure { name: artifact.name(), what: "Undeploy" };
    let carried = carried::undeploy(&state, order).await.map_err(|error| {
        error.refusal(&failure, |error| match error {
            DeployError::NotDeployed { .. } if !is_type(artifact.kind()) => {
                Some(Refusal::bad_request(NO_ID))
            }
            DeployError::ProjectMissing { .. } => Some(named::no_project(&project_path)),
            _ => None,
        })
    })?;
    Ok(Json(written(carried, "undeployed", None)))
}

/// Takes an id of one of some types apart; returns it as it was sent, too.
fn artifact(
    path: Result<Path<String>, PathRejection>,
    of_type: impl Fn(&str) -> bool,
) -> Result<(String, ArtifactId), Refusal> {
    let no_id = || Refusal::bad_request(NO_ID);
    let Path(text) = path.map_err(|_| no_id())?;
    let artifact: ArtifactId = text.parse().map_err(|_| no_id())?;
    if of_type(artifact.kind()) { Ok((text, artifact)) } else { Err(no_id()) }
}

fn written(carried: Carried, how: &str, deployed_path: Option<String>) -> ArtifactWriteAnswer {
    let artifact = carried.first.plan.artifact;
    ArtifactWriteAnswer {
        success: true,
        message: format!("Artifact '{}' {how} successfully", artifact.name()),
        artifact_name: artifact.name().to_owned(),
        artifact_type: artifact.kind().to_owned(),
        deployed_path,
        error_message: None,
        deployed_profiles: carried.profiles,
        backup: carried.first.backup.map(|backup| backup.to_string()),
    }
}
