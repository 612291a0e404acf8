//! What the cache holds, and making it forget.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use serde::Serialize;
use serde_json::Value;
use skillstat_domain::{ArtifactId, CacheCounters};
use skillstat_wire::Problem;
use utoipa::ToSchema;

use super::artifact::NO_ID;
use crate::body::{no_object, no_text, parse, read};
use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::state::{HttpState, Services};

/// What the cache holds, and how often it was asked for what.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Counters {
    /// Whether the list of projects is held.
    projects_cached: bool,
    /// How many artifacts' statistics are held.
    stats_entries: usize,
    /// How long an entry is good for, in seconds.
    ttl: f64,
    hits: u64,
    misses: u64,
    joined: u64,
    expired: u64,
    invalidated: u64,
}

impl From<CacheCounters> for Counters {
    fn from(counters: CacheCounters) -> Self {
        Self {
            projects_cached: counters.projects_cached,
            stats_entries: counters.stats_entries,
            ttl: counters.ttl.as_secs_f64(),
            hits: counters.hits,
            misses: counters.misses,
            joined: counters.joined,
            expired: counters.expired,
            invalidated: counters.invalidated,
        }
    }
}

/// Returns the counters of the cache.
#[utoipa::path(
    get,
    path = "/api/v1/cache",
    operation_id = "get_counters",
    responses(
        (status = 200, body = Counters),
    )
)]
pub(crate) async fn counters(State(state): State<Arc<HttpState>>) -> Json<Counters> {
    Json(state.services.cache.counters().into())
}

/// What to forget.
#[derive(Debug, Default, ToSchema)]
pub(crate) struct Invalidate {
    /// The id of one artifact; everything when it is not given.
    #[schema(pattern = r"^[^:]+:[\s\S]+$")]
    artifact: Option<String>,
}

/// What was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Invalidated {
    /// The id of one artifact, or `all`.
    invalidated: String,
    /// The shared volumes whose other machines could not be told to forget, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_told: Vec<Problem>,
}

/// Makes the cache forget everything or one artifact; takes the key.
#[utoipa::path(
    post,
    path = "/api/v1/cache/invalidate",
    request_body = Option<Invalidate>,
    responses(
        (status = 200, body = Invalidated),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id"),
        (status = 422, body = ProblemBody, content_type = PROBLEM, description = "no object, or of the wrong sort"),
    )
)]
pub(crate) async fn invalidate(
    State(state): State<Arc<HttpState>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Invalidated>, Refusal> {
    let Services { cache, others, .. } = &state.services;
    let invalidated = match asked(&read(body)?)?.artifact {
        None => {
            cache.invalidate_all();
            "all".to_owned()
        }
        Some(text) => {
            let artifact: ArtifactId = text.parse().map_err(|_| Refusal::bad_request(NO_ID))?;
            cache.invalidate_artifact(&artifact);
            artifact.to_string()
        }
    };
    let mut not_told = Vec::new();
    if let Some(others) = others {
        // Here, first: whoever is told may ask here. There is no less than everything that could be told.
        let problems = others.volumes.everything_changed().await;
        not_told.extend(problems.iter().map(Problem::from));
    }
    Ok(Json(Invalidated { invalidated, not_told }))
}

fn asked(body: &[u8]) -> Result<Invalidate, Refusal> {
    if body.is_empty() {
        return Ok(Invalidate::default());
    }
    let fields = match parse(body)? {
        Value::Object(fields) => fields,
        Value::Null => return Ok(Invalidate::default()),
        other => return Err(no_object(&other)),
    };
    match fields.get("artifact") {
        None | Some(Value::Null) => Ok(Invalidate::default()),
        Some(Value::String(artifact)) => Ok(Invalidate { artifact: Some(artifact.clone()) }),
        Some(other) => Err(Refusal::unprocessable(no_text("artifact", other))),
    }
}
