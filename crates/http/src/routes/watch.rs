//! How much is watched.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use skillstat_wire::Watching;

use crate::state::HttpState;

/// Returns how changes on disk come to be known, and what is not seen.
#[utoipa::path(
    get,
    path = "/api/v1/watch",
    operation_id = "get_watch",
    responses((status = 200, body = Watching))
)]
pub(crate) async fn get(State(state): State<Arc<HttpState>>) -> Json<Watching> {
    Json(Watching::from(&*state.services.watcher.coverage()))
}
