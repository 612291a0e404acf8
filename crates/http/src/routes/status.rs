//! Everything at once.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use skillstat_wire::Status;

use crate::freshness::{Freshness, json};
use crate::problem::Refusal;
use crate::state::HttpState;

/// Returns the statistics of every artifact with a record.
#[utoipa::path(
    get,
    path = "/status",
    operation_id = "get_status",
    responses(
        (status = 200, body = Status),
        (status = 304, description = "as the client has it"),
    )
)]
pub(crate) async fn get(
    State(state): State<HttpState>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let overview = state.services.query.overview().await?;
    Freshness::new(&state, &overview)
        .send(&state, &headers, || json(&Status::from(&*overview.cached.value)))
}
