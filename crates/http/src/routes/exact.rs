//! Answers with nothing left out, for programs of ours: what is read is the value that was written.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use skillstat_domain::{ArtifactId, Coverage, WatchState};
use skillstat_wire::{
    AGE_HEADER, EXACT_VERSION, EXACT_VERSION_HEADER, ExactCollections, ExactOverview,
    ExactStatistics, FINGERPRINT_HEADER, LIVE,
};

use super::artifact::NO_ID;
use crate::freshness::{Freshness, WATCH, json, watched};
use crate::known::Known;
use crate::params::Params;
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::HttpState;

const VERSION: HeaderName = HeaderName::from_static(EXACT_VERSION_HEADER);
const FINGERPRINT: HeaderName = HeaderName::from_static(FINGERPRINT_HEADER);
const AGE_MS: HeaderName = HeaderName::from_static(AGE_HEADER);

/// Returns every artifact with a record.
#[utoipa::path(
    get,
    path = "/api/v1/exact/overview",
    operation_id = "get_exact_overview",
    responses(
        (status = 200, body = ExactOverview),
        (status = 304, description = "as the client has it"),
        (status = 412, body = ProblemBody, content_type = PROBLEM, description = "about something else, or not live, and only that was wanted"),
    )
)]
pub(crate) async fn overview(
    State(state): State<Arc<HttpState>>,
    headers: HeaderMap,
    known: Known,
) -> Result<Response, Refusal> {
    wanted(&state, &headers, &known.coverage)?;
    let answer = state.services.query.overview().await?;
    let freshness = Freshness::new(&answer);
    let version = answer.cached.version;
    let response = if let Some(body) = state.bodies.overview(version) {
        freshness.send(&state, &known, || Ok(body))?
    } else {
        let (bodies, everything) = (Arc::clone(&state.bodies), answer.cached.value);
        let body = move || {
            let body = json(&ExactOverview::from(&*everything))?;
            bodies.keep_overview(version, body.clone());
            Ok(body)
        };
        freshness.send_large(&state, &known, body).await?
    };
    Ok(with_age(&state, &freshness, response))
}

/// Returns the statistics of one artifact; nothing is an answer, too.
#[utoipa::path(
    get,
    path = "/api/v1/exact/statistics",
    operation_id = "get_exact_statistics",
    params(("artifact" = String, Query, pattern = r"^[^:]+:[\s\S]+$", description = "its id as it is printed")),
    responses(
        (status = 200, body = ExactStatistics),
        (status = 304, description = "as the client has it"),
        (status = 412, body = ProblemBody, content_type = PROBLEM, description = "about something else, or not live, and only that was wanted"),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no artifact was named"),
    )
)]
pub(crate) async fn statistics(
    State(state): State<Arc<HttpState>>,
    params: Params,
    headers: HeaderMap,
    known: Known,
) -> Result<Response, Refusal> {
    let artifact = ArtifactId::from_printed(params.required("artifact")?)
        .map_err(|_| Refusal::bad_request(NO_ID))?;
    wanted(&state, &headers, &known.coverage)?;
    let answer = state.services.query.statistics(&artifact).await?;
    let freshness = Freshness::new(&answer);
    let body = || json(&ExactStatistics::from(&*answer.cached.value));
    let response = freshness.send(&state, &known, body)?;
    Ok(with_age(&state, &freshness, response))
}

/// Returns the collections.
#[utoipa::path(
    get,
    path = "/api/v1/exact/collections",
    operation_id = "get_exact_collections",
    responses(
        (status = 200, body = ExactCollections),
        (status = 304, description = "as the client has it"),
        (status = 412, body = ProblemBody, content_type = PROBLEM, description = "about something else, or not live, and only that was wanted"),
    )
)]
pub(crate) async fn collections(
    State(state): State<Arc<HttpState>>,
    headers: HeaderMap,
    known: Known,
) -> Result<Response, Refusal> {
    wanted(&state, &headers, &known.coverage)?;
    let answer = state.services.query.collections().await?;
    let freshness = Freshness::new(&answer);
    let body = || json(&ExactCollections::from(&*answer.cached.value));
    let response = freshness.send(&state, &known, body)?;
    Ok(with_age(&state, &freshness, response))
}

/// Refuses before anything is computed when the client says that it would not take the answer: one about
/// something else, or one that may lack a change.
fn wanted(state: &HttpState, request: &HeaderMap, before: &Coverage) -> Result<(), Refusal> {
    let other =
        request.get(FINGERPRINT).is_some_and(|only| Some(only) != state.fingerprint.as_ref());
    let live = request.get(WATCH).is_some_and(|only| only == LIVE);
    let why = if other {
        "something else is looked at here"
    } else if live && before.state() != WatchState::Live {
        "not every change is seen"
    } else {
        return Ok(());
    };
    let mut headers = told(state);
    headers.push((WATCH, watched(before)));
    Err(Refusal::new(StatusCode::PRECONDITION_FAILED, why).with_headers(headers))
}

/// Says how old an answer is, more exactly than a browser needs to know.
fn with_age(state: &HttpState, freshness: &Freshness, mut response: Response) -> Response {
    let age = freshness.age(state).as_millis();
    let headers = response.headers_mut();
    headers.extend(told(state));
    headers.insert(AGE_MS, HeaderValue::from(u64::try_from(age).unwrap_or(u64::MAX)));
    response
}

/// Says what is looked at, and in which shape it is told.
fn told(state: &HttpState) -> Vec<(HeaderName, HeaderValue)> {
    let fingerprint = state.fingerprint.clone().map(|fingerprint| (FINGERPRINT, fingerprint));
    let version = (VERSION, HeaderValue::from_static(EXACT_VERSION));
    [version].into_iter().chain(fingerprint).collect()
}
