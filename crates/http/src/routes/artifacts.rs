//! The artifacts of the collections, page by page.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use skillstat_domain::{Collection, CollectionArtifact, DeploymentStatistics};
use utoipa::ToSchema;

use super::shape::Artifact;
use super::{collections, shape};
use crate::freshness::{Freshness, json};
use crate::id;
use crate::known::Known;
use crate::paging::{PageInfo, page, place};
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// The most artifacts on a page.
const MOST: usize = 500;

/// One page of artifacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Artifacts<'a> {
    /// The artifacts, sorted by type and name.
    items: Vec<Artifact<'a>>,
    /// Where the page is.
    page_info: PageInfo,
}

/// Returns the artifacts of the collections, sorted by type and name; each once.
#[utoipa::path(
    get,
    path = "/api/v1/artifacts",
    operation_id = "list_artifacts",
    params(
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 500, description = "20 if not given"),
        ("after" = Option<String>, Query, description = "the `end_cursor` of the page before"),
        ("artifact_type" = Option<String>, Query, description = "one or more types, joined by commas"),
        ("collection" = Option<String>, Query, description = "look only in this collection"),
        ("tags" = Option<String>, Query, description = "tags joined by commas; one of them is enough"),
        ("tools" = Option<String>, Query, description = "tools joined by commas, in any case; one of them is enough"),
        ("search" = Option<String>, Query, description = "a part of name or description, in any case"),
        ("import_id" = Option<String>, Query, description = "the import it came with"),
        ("include_deployments" = Option<bool>, Query, description = "where each is deployed"),
    ),
    responses(
        (status = 200, body = Artifacts<'static>),
        (status = 304, description = "as the client has it"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "an unknown type or cursor"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such collection"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "a parameter of the wrong sort"),
    )
)]
pub(crate) async fn list(
    State(state): State<Arc<HttpState>>,
    params: Params,
    known: Known,
) -> Result<Response, Refusal> {
    let limit = params.limit(20, MOST)?;
    let deployments = params.flag("include_deployments")?;
    let query = &state.services.query;
    let all = query.collections().await?;
    let mut freshness = Freshness::new(&all);
    let all = &all.cached.value.value;
    let artifacts = wanted(all, &params)?;
    let after = match params.text("after") {
        None | Some("") => None,
        Some(cursor) => {
            let id = id::decode(cursor).unwrap_or_default();
            Some(place(&artifacts, "artifact", |artifact| shape::id(artifact) == id)?)
        }
    };
    let cursor = |artifact: &&CollectionArtifact| id::encode(&shape::id(artifact));
    let (items, page_info) = page(&artifacts, after, limit, cursor);
    let overview = if deployments { Some(query.overview().await?) } else { None };
    if let Some(overview) = &overview {
        freshness = freshness.and(overview);
    }
    let having = |found| collections::having(all, found);
    let items: Vec<_> = items
        .iter()
        .map(|found| (found.id.clone(), Artifact::new(found, having(&found.id))))
        .collect();
    let body = move || {
        let nowhere = DeploymentStatistics::default();
        let items = items.into_iter().map(|(id, item)| {
            let overview = overview.as_ref().map(|overview| &overview.cached.value);
            let found = overview.map(|all| all.artifacts.get(&id).unwrap_or(&nowhere));
            Artifact { deployment_stats: found.map(Into::into), ..item }
        });
        json(&Artifacts { items: items.collect(), page_info })
    };
    freshness.send_large(&state, &known, body).await
}

/// Chooses the artifacts that are asked for and puts them in order.
fn wanted<'a>(
    all: &'a [Collection],
    params: &Params,
) -> Result<Vec<&'a CollectionArtifact>, Refusal> {
    let mut first_of = BTreeMap::new();
    for collection in collections::chosen(all, params.text("collection"))? {
        for artifact in &collection.artifacts {
            first_of.entry((artifact.id.kind(), artifact.id.name())).or_insert(artifact);
        }
    }
    let kinds = parts(params, "artifact_type");
    let there = |kind: &str| first_of.keys().any(|(found, _)| *found == kind);
    if let Some(kind) = kinds.iter().find(|kind| !collections::is_type(kind) && !there(kind)) {
        return Err(Refusal::bad_request(format!("Invalid artifact type: {kind}")));
    }
    let (tags, tools) = (parts(params, "tags"), parts(params, "tools"));
    let search = params.text("search").unwrap_or_default().to_lowercase();
    let import = params.text("import_id").filter(|id| !id.is_empty());
    let is_found = |text: &str| text.to_lowercase().contains(&search);
    let has = |artifact: &CollectionArtifact| {
        let details = &artifact.details;
        let description = details.metadata.description.as_deref().unwrap_or_default();
        let is_tool =
            |own: &String| tools.iter().any(|tool| tool.to_lowercase() == own.to_lowercase());
        (kinds.is_empty() || kinds.contains(&artifact.id.kind()))
            && (tags.is_empty() || details.tags.iter().any(|tag| tags.contains(&tag.as_str())))
            && (tools.is_empty() || details.metadata.tools.iter().any(is_tool))
            && (search.is_empty() || is_found(&artifact.name) || is_found(description))
            && import.is_none_or(|import| details.import_id.as_deref() == Some(import))
    };
    Ok(first_of.into_values().filter(|artifact| has(artifact)).collect())
}

/// Takes a list apart that is joined by commas.
fn parts<'a>(params: &'a Params, name: &str) -> Vec<&'a str> {
    let parts = params.text(name).into_iter().flat_map(|text| text.split(','));
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}
