//! All projects, page by page.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use skillstat_domain::{CopyReport, Overview, ProjectPath};
use utoipa::ToSchema;

use super::copies;
use crate::aside::aside;
use crate::freshness::{Freshness, json};
use crate::guard::Rights;
use crate::id;
use crate::known::Known;
use crate::paging::{PageInfo, page, place};
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

/// The most projects on a page.
const MOST: usize = 100;

/// One page of projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectPage {
    /// The projects, the one deployed to last first, those without a deployment last.
    items: Vec<ProjectItem>,
    /// Where the page is.
    page_info: PageInfo,
}

/// One project.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectItem {
    id: String,
    path: String,
    name: String,
    deployment_count: usize,
    last_deployment: Option<String>,
    /// Always null: the headers tell how old the answer is.
    cache_info: Option<String>,
}

/// Returns the projects.
#[utoipa::path(
    get,
    path = "/api/v1/projects",
    operation_id = "list_projects",
    params(
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 100, description = "20 if not given"),
        ("after" = Option<String>, Query, description = "the `end_cursor` of the page before"),
        ("refresh" = Option<bool>, Query, description = "read everything anew, for who may write"),
    ),
    responses(
        (status = 200, body = ProjectPage, headers(
            ("X-Cache-Hit" = String, description = "`hit` or `miss`"),
            ("X-Cache-Last-Fetched" = String, description = "when it was read from the disk"),
        )),
        (status = 304, description = "as the client has it"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "an unknown cursor"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "a parameter of the wrong sort"),
    )
)]
pub(crate) async fn list(
    State(state): State<Arc<HttpState>>,
    Extension(rights): Extension<Rights>,
    params: Params,
    known: Known,
) -> Result<Response, Refusal> {
    let limit = params.limit(20, MOST)?;
    // A scan costs the machine something; a page that only gets an image must not start one.
    if params.flag("refresh")? && rights.write {
        state.services.cache.invalidate_all();
    }
    let overview = state.services.query.overview().await?;
    let freshness = Freshness::new(&overview);
    let etag = freshness.etag(&state);
    let (everything, local_offset) = (Arc::clone(&overview.cached.value), state.local_offset);
    let unchanged = known.has(&etag);
    let body = aside(move || {
        let after = params.text("after").filter(|cursor| !cursor.is_empty());
        let page = shown(&everything, after, limit, local_offset)?;
        if unchanged { Ok(Bytes::new()) } else { json(&page) }
    });
    let body = body.await?;
    let mut response = freshness.send_tagged(&state, &known, etag, || Ok(body))?;
    freshness.mark(&state, &mut response);
    Ok(response)
}

/// Returns the page of at most `limit` projects that begins after the one that a cursor names.
fn shown(
    overview: &Overview,
    after: Option<&str>,
    limit: usize,
    local_offset: i32,
) -> Result<ProjectPage, Refusal> {
    let projects = in_order(overview, local_offset);
    let after = match after {
        None => None,
        Some(cursor) => {
            let wanted = id::decode(cursor).unwrap_or_default();
            Some(place(&projects, "project", |(project, _)| project.as_str() == wanted)?)
        }
    };
    let (items, page_info) =
        page(&projects, after, limit, |(project, _)| id::encode(project.as_str()));
    let items = items.iter().map(|(project, copies)| item(project, copies, local_offset));
    Ok(ProjectPage { items: items.collect(), page_info })
}

type Copies<'a> = Vec<&'a CopyReport>;

/// Returns the projects with their copies, the latest deployed to first.
fn in_order(overview: &Overview, local_offset: i32) -> Vec<(&ProjectPath, Copies<'_>)> {
    let mut copies: BTreeMap<&ProjectPath, Copies<'_>> =
        overview.projects.iter().map(|project| (project, Vec::new())).collect();
    for deployment in overview.artifacts.values().flat_map(|artifact| &artifact.projects) {
        copies.entry(deployment.project()).or_default().extend(deployment.copies());
    }
    let mut projects: Vec<_> = copies.into_iter().collect();
    // Stable: projects of the same time stay in the order of their paths.
    projects.sort_by_cached_key(|(_, copies)| {
        let latest = copies::latest(copies.iter().map(|copy| &copy.deployed_at), local_offset);
        Reverse(latest.map(|date| date.unix_microseconds(local_offset)))
    });
    projects
}

fn item(project: &ProjectPath, copies: &Copies<'_>, local_offset: i32) -> ProjectItem {
    let latest = copies::latest(copies.iter().map(|copy| &copy.deployed_at), local_offset);
    ProjectItem {
        id: id::encode(project.as_str()),
        path: project.to_string(),
        name: project.name().to_owned(),
        deployment_count: copies.len(),
        last_deployment: latest.map(ToString::to_string),
        cache_info: None,
    }
}
