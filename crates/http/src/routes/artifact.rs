//! One artifact and where it is deployed: what SkillMeat's Sync Status tab asks for.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use skillstat_domain::{ArtifactId, ArtifactIdError, DeployedAt, DeploymentStatistics};

use super::collections;
use super::shape::{Artifact, Metadata};
use crate::bodies::Kept;
use crate::freshness::{Freshness, json};
use crate::known::Known;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;
use crate::warm::{again, question};

/// Where it is.
pub(crate) const PATH: &str = "/api/v1/artifacts/{id}";

/// The answer to what is no id.
pub(crate) const NO_ID: &str = "Invalid artifact ID format. Expected 'type:name'";

/// Returns one artifact.
#[utoipa::path(
    get,
    path = PATH,
    operation_id = "get_artifact",
    params(
        ("id" = String, Path, pattern = r"^[^:]+:[\s\S]+$", description = "`type:name`"),
        ("collection" = Option<String>, Query, description = "look only in this collection"),
        ("include_deployments" = Option<bool>, Query, description = "where it is deployed"),
    ),
    responses(
        (status = 200, body = Artifact<'static>),
        (status = 304, description = "as the client has it"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id, or of a type that nobody has"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such artifact or collection"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "a parameter of the wrong sort"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<String>, PathRejection>,
    params: Params,
    known: Known,
    uri: Uri,
) -> Result<Response, Refusal> {
    let looked = match state.bodies.get(question(&uri)) {
        Some(kept) => match again(&state, kept, &known).await {
            Ok(response) => return Ok(response),
            Err(looked) => looked,
        },
        None => None,
    };
    let Path(text) = path.map_err(|_| Refusal::bad_request(NO_ID))?;
    let deployments = params.flag("include_deployments")?;
    let asked = params.text("collection");
    let id = parse(&text)?;

    let query = &state.services.query;
    // What was found out for the answer that was kept is not asked for once more.
    let (all, statistics) = match looked {
        Some((all, statistics)) => (all, Some(statistics)),
        None => (query.collections().await?, None),
    };
    let collections = &all.cached.value.value;
    let found = collections::find(&collections::chosen(collections, asked)?, &id);
    let shown = |found| Artifact::new(found, collections::having(collections, &id));
    let freshness = Freshness::new(&all);
    if !deployments && let Some(found) = found {
        return freshness.send(&state, &known, || json(&shown(found)));
    }
    if found.is_none() && asked.is_some() {
        return Err(missing(&text));
    }

    let statistics = match statistics {
        Some(statistics) => statistics,
        None => query.statistics(&id).await?,
    };
    let deployed = &*statistics.cached.value;
    if found.is_none() && deployed.projects.is_empty() {
        return Err(nowhere(&state, &id, &text).await?);
    }
    let freshness = freshness.and(&statistics);
    freshness.send(&state, &known, || {
        let otherwise = || deployed_only(&id, deployed, state.local_offset);
        let mut artifact = found.map_or_else(otherwise, shown);
        if !deployments {
            return json(&artifact);
        }
        artifact.deployment_stats = Some(deployed.into());
        let body = json(&artifact)?;
        let versions = [all.cached.version, statistics.cached.version];
        let etag = freshness.etag(&state);
        let kept = Kept { artifact: id.clone(), versions, etag, body: body.clone() };
        state.bodies.keep(question(&uri), kept);
        Ok(body)
    })
}

/// Takes an id apart.
pub(super) fn parse(text: &str) -> Result<ArtifactId, Refusal> {
    text.parse::<ArtifactId>().map_err(|error| match error {
        ArtifactIdError::EmptyName if text.split(':').next().is_some_and(collections::is_type) => {
            missing(text)
        }
        _ => Refusal::bad_request(NO_ID),
    })
}

fn missing(text: &str) -> Refusal {
    if text.contains('/') {
        // SkillMeat's router takes the slash, encoded or not, for the end of the id.
        return Refusal::no_route();
    }
    Refusal::not_found(format!("Artifact '{text}' not found"))
}

/// Says what is wrong with an artifact that is nowhere: a type that nobody has is no type.
async fn nowhere(state: &HttpState, id: &ArtifactId, text: &str) -> Result<Refusal, Refusal> {
    if collections::is_type(id.kind()) {
        return Ok(missing(text));
    }
    let overview = state.services.query.overview().await?;
    let known = overview.cached.value.artifacts.keys().any(|found| found.kind() == id.kind());
    Ok(if known { missing(text) } else { Refusal::bad_request(NO_ID) })
}

/// Shows an artifact that is in no collection by what its records say.
fn deployed_only(
    id: &ArtifactId,
    statistics: &DeploymentStatistics,
    local: i32,
) -> Artifact<'static> {
    let copies = statistics.projects.iter().flat_map(skillstat_domain::ProjectDeployment::copies);
    let mut dates: Vec<&DeployedAt> = copies.map(|copy| &copy.deployed_at).collect();
    dates.sort_by_key(|date| date.unix_microseconds(local));
    let shown = |date: Option<&&DeployedAt>| date.map(ToString::to_string).unwrap_or_default();
    Artifact {
        id: id.to_string(),
        name: id.name().to_owned(),
        r#type: id.kind().to_owned(),
        source: "unknown".to_owned(),
        origin: "unknown".to_owned(),
        origin_source: None,
        version: "unknown".to_owned(),
        aliases: Vec::new(),
        tags: Vec::new(),
        metadata: Metadata::default(),
        upstream: None,
        deployment_stats: None,
        collections: Vec::new(),
        added: shown(dates.first()),
        updated: shown(dates.last()),
        import_id: None,
    }
}
