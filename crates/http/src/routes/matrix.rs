//! Which artifact is in which project: what the page draws.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{HeaderName, HeaderValue};
use axum::response::Response;
use skillstat_wire::Matrix;

use super::events::event_id;
use crate::freshness::{Freshness, json};
use crate::known::Known;
use crate::problem::Refusal;
use crate::state::HttpState;

/// The latest event when the answer was asked for: whoever listens from there on misses nothing.
const EVENT: HeaderName = HeaderName::from_static("skillstat-event");

/// Returns every artifact and every project, and the worst state of each artifact in each project.
/// `Skillstat-Event` is what to send as `Last-Event-ID` to `events`, to hear all that is newer.
#[utoipa::path(
    get,
    path = "/api/v1/matrix",
    operation_id = "get_matrix",
    responses(
        (status = 200, body = Matrix, headers(("Skillstat-Event" = String, description = "the latest event before it"))),
        (status = 304, description = "as the client has it"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    known: Known,
) -> Result<Response, Refusal> {
    // Before the answers: what is told meanwhile is told again, and nothing is lost.
    let latest = event_id(state.process, state.services.feed.latest());
    let query = &state.services.query;
    let (collections, overview) = (query.collections().await?, query.overview().await?);
    let freshness = Freshness::new(&collections).and(&overview);
    let body = move || json(&Matrix::new(&overview.cached.value, &collections.cached.value));
    let mut response = freshness.send_large(&state, &known, body).await?;
    if let Ok(latest) = HeaderValue::from_str(&latest) {
        response.headers_mut().insert(EVENT, latest);
    }
    Ok(response)
}
