//! What is counted, for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderName};

use crate::state::HttpState;

/// The format of the text.
const FORMAT: &str = "text/plain; version=0.0.4";

/// Returns what was counted about requests and the cache, as Prometheus reads it.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "get_metrics",
    responses(
        (status = 200, body = String, content_type = "text/plain; version=0.0.4"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
) -> ([(HeaderName, &'static str); 1], String) {
    let services = &state.services;
    let uptime = services.clock.now().since(state.started);
    let standing = services.others.as_ref().map(|others| others.volumes.standing());
    let text = state.observer.metrics.text(&services.cache.counters(), uptime, standing.as_ref());
    ([(CONTENT_TYPE, FORMAT)], text)
}
