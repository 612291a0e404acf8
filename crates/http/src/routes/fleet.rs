//! Several machines.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use skillstat_domain::{HostId, HostIdError, HostReport};
use skillstat_wire::{FleetArtifact, FleetHostArtifacts, FleetHosts};

use crate::problem::{PROBLEM, ProblemBody, Refusal};
use crate::routes::artifact::NO_ID;
use crate::state::{HttpState, Others};

/// For how long what machines reported is not asked for again.
const FRESH: Duration = Duration::from_secs(1);

/// Returns how each machine is that has reported; one that is silent is `stale`, and in no sum.
#[utoipa::path(
    get,
    path = "/api/v1/fleet",
    operation_id = "get_fleet",
    responses(
        (status = 200, body = FleetHosts),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no `redis` is configured"),
        (status = 503, body = ProblemBody, content_type = PROBLEM, description = "other machines cannot be reached"),
    )
)]
pub(crate) async fn hosts(
    State(state): State<Arc<HttpState>>,
) -> Result<Json<FleetHosts>, Refusal> {
    let this = others(&state)?.this;
    Ok(Json(FleetHosts::new(&reports(&state).await?, this)))
}

/// Returns one artifact on every machine that has it; an artifact that nobody has is on none.
#[utoipa::path(
    get,
    path = "/api/v1/fleet/artifacts/{id}",
    operation_id = "get_fleet_artifact",
    params(
        ("id" = String, Path, pattern = r"^[^:]+:[\s\S]+$", description = "`type:name`"),
    ),
    responses(
        (status = 200, body = FleetArtifact),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no `redis` is configured"),
        (status = 503, body = ProblemBody, content_type = PROBLEM, description = "other machines cannot be reached"),
    )
)]
pub(crate) async fn artifact(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<FleetArtifact>, Refusal> {
    let no_id = || Refusal::bad_request(NO_ID);
    let Path(text) = path.map_err(|_| no_id())?;
    let artifact = text.parse().map_err(|_| no_id())?;
    Ok(Json(FleetArtifact::new(&artifact, &reports(&state).await?)))
}

/// Returns one machine and its artifacts, as it reported them last; of a stale one all states are `unknown`.
#[utoipa::path(
    get,
    path = "/api/v1/fleet/hosts/{id}",
    operation_id = "get_fleet_host",
    params(
        ("id" = String, Path, pattern = "^[0-9a-f]{32}$", description = "the machine's id, as `/api/v1/fleet` has it"),
    ),
    responses(
        (status = 200, body = FleetHostArtifacts),
        (status = 400, body = ProblemBody, content_type = PROBLEM, description = "no id"),
        (status = 404, body = ProblemBody, content_type = PROBLEM, description = "no such machine has reported, or no `redis` is configured"),
        (status = 503, body = ProblemBody, content_type = PROBLEM, description = "other machines cannot be reached"),
    )
)]
pub(crate) async fn host(
    State(state): State<Arc<HttpState>>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<FleetHostArtifacts>, Refusal> {
    let no_id = || Refusal::bad_request(HostIdError.to_string());
    let Path(text) = path.map_err(|_| no_id())?;
    let id: HostId = text.parse().map_err(|_| no_id())?;
    let reports = reports(&state).await?;
    let report = reports.iter().find(|report| report.summary.host == id);
    let unknown = || Refusal::not_found("no machine with this id has reported");
    report.map(|report| Json(report.into())).ok_or_else(unknown)
}

/// Returns the way to other machines, if there is any.
fn others(state: &HttpState) -> Result<&Others, Refusal> {
    let nobody = "no other machines are known: name a server with `redis`";
    state.services.others.as_ref().ok_or_else(|| Refusal::not_found(nobody))
}

/// Asks what machines reported, or takes what was asked just now: whoever asks often costs the server no
/// more than one question in a while.
async fn reports(state: &HttpState) -> Result<Arc<Vec<HostReport>>, Refusal> {
    let others = others(state)?;
    // Held while one asks, so that the others get that answer.
    let mut known = state.reports.lock().await;
    let now = state.services.clock.now();
    if let Some((at, reports)) = &*known
        && now.since(*at) < FRESH
    {
        return Ok(Arc::clone(reports));
    }
    match others.fleet.hosts().await {
        Ok(reports) => {
            let reports = Arc::new(reports);
            *known = Some((now, Arc::clone(&reports)));
            Ok(reports)
        }
        Err(error) => {
            let detail = format!("other machines cannot be reached: {error}");
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail))
        }
    }
}
