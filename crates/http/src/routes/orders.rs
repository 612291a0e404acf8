//! `POST orders`: what the page has written, planned first and then done. One route for all, so that what
//! is done is what was planned.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use camino::Utf8Path;
use skillstat_domain::{
    ArtifactId, DeployOrder, DeploymentProfile, ProfileRoot, Profiles, ProjectPath, Replace,
    RestoreOrder, Targets, UndeployOrder,
};
use skillstat_wire::Written;
use utoipa::ToSchema;

use crate::body::Fields;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// What is to be done.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it tells the document what `Fields` takes out of a body")]
pub(crate) struct OrderRequest {
    /// `deploy`, `undeploy` or `restore`.
    #[schema(pattern = "^(deploy|undeploy|restore)$")]
    order: String,
    /// The artifact as it is printed, `type:name`; to deploy and undeploy.
    artifact: Option<String>,
    /// The absolute path of the project, below a search root; to deploy and undeploy.
    project_path: Option<String>,
    /// The profile root, such as `.codex`; otherwise `.claude` to deploy, and to undeploy the first that
    /// has the artifact.
    profile_root: Option<String>,
    /// The backup; to restore.
    backup: Option<String>,
    /// Whether copies that were edited are replaced and taken away, too.
    #[schema(default = false, required = false)]
    force: bool,
    /// Whether to tell only what would be done.
    #[schema(default = false, required = false)]
    dry_run: bool,
}

/// Deploys, undeploys or brings back, or tells what that would do; takes the key. What fails is in the
/// answer, with the reason and what to do; whatever is replaced or taken away is kept as a backup.
#[utoipa::path(
    post,
    path = "/api/v1/orders",
    operation_id = "carry_out",
    request_body = OrderRequest,
    responses(
        (status = 200, body = Written),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no such order, or a name in it that cannot be one"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or a field that is missing or of the wrong sort"),
    )
)]
pub(crate) async fn post(
    State(state): State<Arc<HttpState>>,
    mut fields: Fields,
) -> Result<Json<Written>, Refusal> {
    let order = fields.required("order");
    let names =
        ["artifact", "project_path", "profile_root", "backup"].map(|name| fields.text(name));
    let (force, dry_run) = (fields.flag("force"), fields.flag("dry_run"));
    fields.end()?;

    let commands = &state.services.commands;
    let [artifact, project, root, backup] = names.each_ref().map(Option::as_deref);
    let items = match order.as_str() {
        "deploy" => {
            let (projects, profiles) = (vec![project_path(project)?], profiles(root)?);
            let order = DeployOrder {
                artifacts: vec![artifact_id(artifact)?],
                collection: None,
                targets: Targets::Projects { projects, profiles },
                dest_path: None,
                replace: if force { Replace::Anything } else { Replace::Unmodified },
                create_projects: false,
                dry_run,
            };
            commands.deploy(order, Arc::new(())).await?.iter().map(Into::into).collect()
        }
        "undeploy" => {
            let order = UndeployOrder {
                artifacts: vec![artifact_id(artifact)?],
                projects: vec![project_path(project)?],
                profiles: profiles(root)?,
                force,
                keep_copies: false,
                dry_run,
            };
            commands.undeploy(order, Arc::new(())).await?.iter().map(Into::into).collect()
        }
        "restore" => {
            let backup = named("backup", backup)?;
            let backup = backup.parse().map_err(|_| wrong("backup", "is no name of a backup"))?;
            let order = RestoreOrder { backups: vec![backup], force, dry_run };
            commands.restore(order, Arc::new(())).await?.iter().map(Into::into).collect()
        }
        _ => return Err(wrong("order", "is deploy, undeploy or restore")),
    };
    Ok(Json(Written::new(dry_run, items)))
}

fn artifact_id(text: Option<&str>) -> Result<ArtifactId, Refusal> {
    ArtifactId::from_printed(named("artifact", text)?).map_err(|error| wrong("artifact", error))
}

fn project_path(text: Option<&str>) -> Result<ProjectPath, Refusal> {
    let path = Utf8Path::new(named("project_path", text)?);
    ProjectPath::new(path).map_err(|error| wrong("project_path", error))
}

fn profiles(root: Option<&str>) -> Result<Profiles, Refusal> {
    let Some(root) = root else { return Ok(Profiles::Usual) };
    let root = ProfileRoot::new(root).map_err(|error| wrong("profile_root", error))?;
    Ok(Profiles::These(vec![DeploymentProfile::of_root(root)]))
}

fn named<'a>(name: &str, text: Option<&'a str>) -> Result<&'a str, Refusal> {
    text.ok_or_else(|| wrong(name, "is missing, and this order needs it"))
}

fn wrong(name: &str, why: impl std::fmt::Display) -> Refusal {
    Refusal::bad_request(format!("{name}: {why}"))
}
