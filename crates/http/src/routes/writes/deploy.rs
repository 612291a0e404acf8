//! `POST deploy`: one artifact into one project.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use skillstat_domain::{DeployOrder, DeploymentProfile, Done, Replace, Targets};
use utoipa::ToSchema;

use super::carried::{self, Carried};
use super::failure::Failure;
use super::profiles::Named;
use crate::body::Fields;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::routes::named;
use crate::state::HttpState;

/// What to deploy, and where.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it tells the document what `Fields` takes out of a body")]
pub(crate) struct DeployRequest {
    /// Must be there, and is not looked at: name and type say which artifact.
    artifact_id: String,
    artifact_name: String,
    artifact_type: String,
    /// The absolute path of the project, below a search root; it is made if it is not there.
    project_path: String,
    /// The collection to take it from; otherwise the active one, then the others.
    collection_name: Option<String>,
    /// Whether what is there is replaced. It is kept as a backup.
    #[schema(default = false, required = false)]
    overwrite: bool,
    /// A directory below the profile root, relative to the project, instead of the usual one.
    dest_path: Option<String>,
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

/// What was deployed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeployAnswer {
    success: bool,
    message: String,
    /// `type:name`.
    deployment_id: String,
    /// Always null.
    stream_url: Option<String>,
    artifact_name: String,
    artifact_type: String,
    project_path: String,
    /// Where it is, below the profile root.
    deployed_path: String,
    /// The date on the record.
    deployed_at: Option<String>,
    /// The profile; of several the first.
    deployment_profile_id: String,
    /// All profiles it was deployed for.
    deployed_profiles: Vec<String>,
    platform: &'static str,
    profile_root_dir: String,
    /// The backup that holds what was replaced, or null.
    backup: Option<String>,
}

/// Deploys an artifact; takes the key. What is there stays until the new copy is complete.
#[utoipa::path(
    post,
    path = "/api/v1/deploy",
    operation_id = "deploy",
    request_body = DeployRequest,
    responses(
        (status = 200, body = DeployAnswer),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "a type, path or profile that cannot be deployed to"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such artifact or collection"),
        (status = 409, body = ProblemBody, content_type = PROBLEM, description = "something is there and was not to be replaced, or is in the way"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or a field that is missing or of the wrong sort"),
    )
)]
pub(crate) async fn post(
    State(state): State<Arc<HttpState>>,
    mut fields: Fields,
) -> Result<Json<DeployAnswer>, Refusal> {
    fields.required("artifact_id");
    let (name, kind) = (fields.required("artifact_name"), fields.required("artifact_type"));
    let collection = fields.text("collection_name");
    let overwrite = fields.flag("overwrite");
    let dest_path = fields.text("dest_path");
    let profiles = Named::take(&mut fields);
    // SkillMeat takes its own directory when there is none, so its texts do not ask for it.
    let path = fields.required_in_the_end("project_path");
    fields.end()?;

    let failure = Failure { name: &name, what: "Deployment" };
    let artifact = named::artifact(&kind, &name)?;
    let (project, profiles) = (named::project(&path)?, profiles.known()?);
    let Some(artifact) = artifact else {
        return Err(Refusal::not_found(format!("Artifact '{name}' not found in collection")));
    };
    let order = DeployOrder {
        artifacts: vec![artifact],
        collection: named::collection(&state, collection).await?,
        targets: Targets::Projects { projects: vec![project], profiles },
        dest_path,
        replace: if overwrite { Replace::Anything } else { Replace::Nothing },
        create_projects: true,
        dry_run: false,
    };
    let carried = carried::deploy(&state, order).await;
    let carried = carried.map_err(|error| error.refusal(&failure, |_| None))?;
    Ok(Json(carried.into()))
}

impl From<Carried> for DeployAnswer {
    fn from(Carried { first: Done { plan, deployed_at, backup, .. }, profiles }: Carried) -> Self {
        let profile = DeploymentProfile::of_root(plan.profile_root.clone());
        let name = plan.artifact.name().to_owned();
        Self {
            success: true,
            message: format!("Artifact '{name}' deployed successfully"),
            deployment_id: plan.artifact.to_string(),
            stream_url: None,
            artifact_name: name,
            artifact_type: plan.artifact.kind().to_owned(),
            project_path: plan.project.to_string(),
            deployed_path: plan.path.to_string(),
            deployed_at: deployed_at.map(|date| date.to_string()),
            deployment_profile_id: profile.id().to_owned(),
            deployed_profiles: profiles,
            platform: profile.platform(),
            profile_root_dir: plan.profile_root.to_string(),
            backup: backup.map(|backup| backup.to_string()),
        }
    }
}
