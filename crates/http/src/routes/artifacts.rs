//! The artifacts of the collections, page by page.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use skillstat_domain::{Collection, CollectionArtifact};
use utoipa::ToSchema;

use super::shape::Artifact;
use super::{collections, shape};
use crate::freshness::{Freshness, json};
use crate::id;
use crate::paging::{PageInfo, page, place};
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// The most artifacts on a page.
const MOST: usize = 500;

/// One page of artifacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Artifacts {
    /// The artifacts, sorted by type and name.
    items: Vec<Artifact>,
    /// Where the page is.
    page_info: PageInfo,
}

/// Returns the artifacts of the collections, sorted by type and name; each once.
#[utoipa::path(
    get,
    path = "/artifacts",
    operation_id = "list_artifacts",
    params(
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 500, description = "20 if not given"),
        ("after" = Option<String>, Query, description = "the `end_cursor` of the page before"),
        ("artifact_type" = Option<String>, Query, description = "one or more types, joined by commas"),
        ("collection" = Option<String>, Query, description = "look only in this collection"),
        ("tags" = Option<String>, Query, description = "tags joined by commas; one of them is enough"),
    ),
    responses(
        (status = 200, body = Artifacts),
        (status = 304, description = "as the client has it"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "an unknown type or cursor"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such collection"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "a parameter of the wrong sort"),
    )
)]
pub(crate) async fn list(
    State(state): State<HttpState>,
    params: Params,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let limit = params.limit(20, MOST)?;
    let all = state.services.query.collections().await?;
    let freshness = Freshness::new(&state, &all);
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
    freshness.send(&state, &headers, || {
        let show =
            |found: &&CollectionArtifact| Artifact::new(found, collections::having(all, &found.id));
        json(&Artifacts { items: items.iter().map(show).collect(), page_info })
    })
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
    let tags = parts(params, "tags");
    let has = |artifact: &CollectionArtifact| {
        let own = &artifact.details.tags;
        (kinds.is_empty() || kinds.contains(&artifact.id.kind()))
            && (tags.is_empty() || own.iter().any(|tag| tags.contains(&tag.as_str())))
    };
    Ok(first_of.into_values().filter(|artifact| has(artifact)).collect())
}

/// Takes a list apart that is joined by commas.
fn parts<'a>(params: &'a Params, name: &str) -> Vec<&'a str> {
    let parts = params.text(name).into_iter().flat_map(|text| text.split(','));
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
}
