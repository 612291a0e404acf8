//! Whether the service is well. Nothing here waits for a computation.

use std::collections::BTreeMap;
use std::env::consts::{ARCH, OS};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use skillstat_domain::{Coverage, FleetStanding, WatchState};
use utoipa::ToSchema;

use super::root::{ENVIRONMENT, VERSION};
use crate::state::HttpState;

const HEALTHY: &str = "healthy";

/// Whether the service is well.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    status: &'static str,
    timestamp: String,
    version: &'static str,
    environment: &'static str,
    uptime_seconds: f64,
}

/// Whether it is well, part by part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetailedHealth {
    #[serde(flatten)]
    health: Health,
    components: BTreeMap<&'static str, Component>,
    system_info: BTreeMap<&'static str, &'static str>,
}

/// One part.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Component {
    status: &'static str,
    details: String,
}

/// An answer to a probe.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Probe {
    status: &'static str,
    timestamp: String,
}

/// Returns whether the service is well.
#[utoipa::path(
    get,
    path = "/health",
    responses(
        (status = 200, body = Health),
    )
)]
pub(crate) async fn health(State(state): State<Arc<HttpState>>) -> Json<Health> {
    Json(now(&state))
}

/// Returns whether it is well, part by part.
#[utoipa::path(
    get,
    path = "/health/detailed",
    responses(
        (status = 200, body = DetailedHealth),
    )
)]
pub(crate) async fn detailed(State(state): State<Arc<HttpState>>) -> Json<DetailedHealth> {
    let counters = state.services.cache.counters();
    let details =
        format!("{} artifacts held for {} s", counters.stats_entries, counters.ttl.as_secs());
    let coverage = state.services.watcher.coverage();
    let watch = Component { status: state_of(&coverage), details: told(&coverage) };
    let cache = Component { status: HEALTHY, details };
    let mut components = BTreeMap::from([("cache", cache), ("watch", watch)]);
    if let Some(others) = &state.services.others {
        components.insert("fleet", of_fleet(&state, &others.volumes.standing()));
    }
    Json(DetailedHealth {
        health: now(&state),
        components,
        system_info: BTreeMap::from([("platform", OS), ("architecture", ARCH)]),
    })
}

/// Returns that the process runs.
#[utoipa::path(
    get,
    path = "/health/live",
    responses(
        (status = 200, body = Probe),
    )
)]
pub(crate) async fn live() -> Json<Probe> {
    Json(Probe { status: "alive", timestamp: timestamp() })
}

/// Returns that it takes requests.
#[utoipa::path(
    get,
    path = "/health/ready",
    responses(
        (status = 200, body = Probe),
    )
)]
pub(crate) async fn ready() -> Json<Probe> {
    Json(Probe { status: "ready", timestamp: timestamp() })
}

fn now(state: &HttpState) -> Health {
    let clock = &state.services.clock;
    Health {
        status: state_of(&state.services.watcher.coverage()),
        timestamp: timestamp(),
        version: VERSION,
        environment: ENVIRONMENT,
        uptime_seconds: clock.now().since(state.started).as_secs_f64(),
    }
}

fn state_of(coverage: &Coverage) -> &'static str {
    if coverage.state() == WatchState::Degraded { "degraded" } else { HEALTHY }
}

/// Says how changes are seen, and of each gap what to do.
fn told(coverage: &Coverage) -> String {
    let Coverage { method, watches, .. } = coverage;
    let mut told = format!("{} ({method}, {watches} directories)", coverage.state());
    for gap in &coverage.gaps {
        told = format!("{told}; {} {}: {}", gap.path, gap.reason, gap.fix);
    }
    told
}

/// Says whether other machines can be reached, and how the leases on shared volumes are.
fn of_fleet(state: &HttpState, standing: &FleetStanding) -> Component {
    let fault = standing.volumes.iter().any(|volume| volume.fault.is_some());
    let status = if standing.link.away.is_some() || fault { "degraded" } else { HEALTHY };
    let mut details = match &standing.link.away {
        None => "connected".to_owned(),
        Some(reason) => format!("away: {reason}"),
    };
    details = format!("{details}; lost {} times", standing.link.lost);
    for volume in &standing.volumes {
        let lease = match &volume.fault {
            Some(fault) => format!("no lease: {fault}"),
            None if volume.is_idle => "idle".to_owned(),
            None => format!("lease for {} ms", volume.lease.as_millis()),
        };
        details = format!("{details}; volume {} at {}: {lease}", volume.name, volume.root);
    }
    let uptime = state.services.clock.now().since(state.started).as_secs();
    details = format!(
        "{details}; {} renewals, {} failed; {} announcements, {} failed; in {uptime} s",
        standing.renewals,
        standing.failed_renewals,
        standing.announcements,
        standing.failed_announcements
    );
    Component { status, details }
}

/// The wall clock, for people: no answer depends on it.
fn timestamp() -> String {
    format!("{:.6}", Timestamp::now())
}
