//! Everything at once.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use skillstat_wire::Status;

use crate::freshness::{Freshness, json};
use crate::known::Known;
use crate::problem::Refusal;
use crate::state::HttpState;

/// Returns the statistics of every artifact with a record.
#[utoipa::path(
    get,
    path = "/api/v1/status",
    operation_id = "get_status",
    responses(
        (status = 200, body = Status<'static>),
        (status = 304, description = "as the client has it"),
    )
)]
pub(crate) async fn get(
    State(state): State<Arc<HttpState>>,
    known: Known,
) -> Result<Response, Refusal> {
    let overview = state.services.query.overview().await?;
    let everything = Arc::clone(&overview.cached.value);
    let body = move || json(&Status::from(&*everything));
    Freshness::new(&overview).send_large(&state, &known, body).await
}
