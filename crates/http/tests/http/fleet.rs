//! Other machines: how they are, and telling them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use skillstat_domain::testing::{
    InMemoryFleet, ManualClock, MockFleet, MockSharedVolumes, MockStatsCache,
};
use skillstat_domain::{
    CacheCounters, Fleet, FleetError, FleetLink, FleetStanding, HostArtifact, HostId, HostReport,
    HostSummary, Moment, Problem, ProblemKind, StateName, VolumeStanding, WatchState,
};
use skillstat_http::{ApiKey, GuardConfig, Others, Reads};

use crate::support::{Service, request, small_world};

/// A machine with `skill:a` in three projects, in one of them modified; it reported so long ago.
fn report(number: u8, seconds: u64) -> HostReport {
    let artifact = HostArtifact {
        artifact: "skill:a".parse().expect("an id"),
        total: 3,
        modified: 1,
        worst: Some(StateName::Modified),
    };
    let summary = HostSummary {
        host: HostId::from_bytes([number; 16]),
        name: format!("host-{number} <b>"),
        version: "0.1.0".to_owned(),
        watch: WatchState::Live,
        roots: 1,
        projects: 4,
        problems: 2,
        modified: 1,
        artifacts: vec![artifact],
        left_out: 0,
    };
    HostReport { summary, age: Duration::from_secs(seconds) }
}

fn standing() -> FleetStanding {
    FleetStanding {
        link: FleetLink {
            away: Some("connection refused".to_owned()),
            since: Moment::default(),
            lost: 2,
        },
        volumes: vec![VolumeStanding {
            name: "team".parse().expect("a name"),
            root: "/mnt/team".to_owned(),
            lease: Duration::ZERO,
            is_idle: false,
            fault: Some("connection refused".to_owned()),
        }],
        renewals: 7,
        failed_renewals: 3,
        announcements: 5,
        failed_announcements: 1,
        dropped: 4,
    }
}

/// Other machines; this one is the second.
fn others(fleet: impl Fleet + 'static, volumes: MockSharedVolumes) -> Others {
    let this = HostId::from_bytes([2; 16]);
    Others { this, fleet: Arc::new(fleet), volumes: Arc::new(volumes) }
}

fn service(fleet: MockFleet, volumes: MockSharedVolumes) -> Service {
    let mut cache = MockStatsCache::new();
    cache.expect_counters().returning(CacheCounters::default);
    cache.expect_invalidate_all().return_const(());
    let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
    Service::with(small_world(), guard, cache).among(others(fleet, volumes))
}

async fn json_of(service: &Service, path: &str) -> Value {
    let reply = service.get(path).await;
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.bytes));
    serde_json::from_slice(&reply.bytes).unwrap()
}

#[tokio::test]
async fn a_machine_that_is_silent_is_stale_and_in_no_sum() {
    let mut fleet = MockFleet::new();
    // However often it is asked.
    let reports = vec![report(1, 3), report(2, 15), report(3, 16)];
    fleet.expect_hosts().times(1).returning(move || Ok(reports.clone()));
    let service = service(fleet, MockSharedVolumes::new());
    let all = json_of(&service, "/api/v1/fleet").await;
    assert_eq!(
        all["total"],
        json!({"hosts": 3, "stale": 1, "projects": 8, "artifacts": 2, "modified": 2})
    );
    assert_eq!(
        all["hosts"][2],
        json!({"id": "03".repeat(16), "name": "host-3 <b>", "age_seconds": 16.0, "stale": true,
               "version": "0.1.0", "watch": "unknown", "roots": 1, "projects": 4, "artifacts": 1,
               "modified": 1, "problems": 2, "left_out": 0})
    );
    assert_eq!(all["hosts"][1]["watch"], "live");
    assert_eq!(all["this"], "02".repeat(16));
    let one = json_of(&service, "/api/v1/fleet/artifacts/skill:a").await;
    assert_eq!((&one["total_deployments"], &one["modified_deployments"]), (&json!(6), &json!(2)));
    assert_eq!(one["hosts"][0]["worst"], "modified");
    assert_eq!(one["hosts"][2]["worst"], "unknown");
    let none = json_of(&service, "/api/v1/fleet/artifacts/skill:none").await;
    assert_eq!((&none["hosts"], &none["total_deployments"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn one_machine_is_told_with_its_artifacts_and_with_nothing_known_when_it_is_stale() {
    // Fails when the states of a stale machine are told as if they still were.
    let clock = Arc::new(ManualClock::default());
    let fleet = InMemoryFleet::new(Arc::clone(&clock) as _);
    fleet.report(&report(1, 0).summary).await.unwrap();
    clock.advance(Duration::from_secs(16));
    let mut fresh = report(2, 0).summary;
    let nowhere = HostArtifact {
        artifact: "skill:<img src=x>\u{202e}".parse().unwrap(),
        total: 0,
        modified: 0,
        worst: None,
    };
    fresh.artifacts.push(nowhere);
    fresh.left_out = 7;
    fleet.report(&fresh).await.unwrap();
    let service = Service::new(small_world()).among(others(fleet, MockSharedVolumes::new()));
    let stale = json_of(&service, &format!("/api/v1/fleet/hosts/{}", "01".repeat(16))).await;
    assert_eq!(
        (&stale["host"]["stale"], &stale["host"]["watch"]),
        (&json!(true), &json!("unknown"))
    );
    let row = |worst: &str| json!({"artifact": "skill:a", "total_deployments": 3, "modified_deployments": 1, "worst": worst});
    assert_eq!(stale["artifacts"], json!([row("unknown")]));
    let fresh = json_of(&service, &format!("/api/v1/fleet/hosts/{}", "02".repeat(16))).await;
    assert_eq!(fresh["host"], json_of(&service, "/api/v1/fleet").await["hosts"][1]);
    assert_eq!((&fresh["host"]["artifacts"], &fresh["host"]["left_out"]), (&json!(9), &json!(7)));
    let nowhere = json!({"artifact": "skill:<img src=x>\u{202e}", "total_deployments": 0, "modified_deployments": 0, "worst": null});
    assert_eq!(fresh["artifacts"], json!([row("modified"), nowhere]));
    for (id, status, detail) in [
        ("03".repeat(16), 404, "no machine with this id has reported"),
        ("0A".repeat(16), 400, "an id is 32 hex digits, in lower case"),
        ("host-2".to_owned(), 400, "an id is 32 hex digits, in lower case"),
        ("%ff".to_owned(), 400, "an id is 32 hex digits, in lower case"),
    ] {
        let reply = service.get(&format!("/api/v1/fleet/hosts/{id}")).await;
        assert_eq!(reply.header("content-type"), "application/problem+json");
        assert_eq!((reply.status.as_u16(), &reply.json()["detail"]), (status, &json!(detail)));
    }
}

#[tokio::test]
async fn the_page_offers_machines_where_there_are_others() {
    // Fails when it always does: then the page asks for what is not there.
    let browser = || request("GET", "/", &[("accept", "text/html")]);
    let is_offered = async |service: &Service| {
        let html = String::from_utf8(service.send(browser()).await.bytes.to_vec()).unwrap();
        html.contains("<select id=\"host\">")
    };
    assert!(!is_offered(&Service::new(small_world())).await);
    // Nobody is asked for it, who may be away.
    assert!(is_offered(&service(MockFleet::new(), MockSharedVolumes::new())).await);
}

#[tokio::test]
async fn what_machines_reported_is_asked_for_again_after_a_while() {
    let mut fleet = MockFleet::new();
    fleet.expect_hosts().times(2).returning(|| Ok(Vec::new()));
    let service = service(fleet, MockSharedVolumes::new());
    for _ in 0..5 {
        json_of(&service, "/api/v1/fleet").await;
    }
    service.clock.advance(Duration::from_secs(1));
    json_of(&service, "/api/v1/fleet").await;
}

#[tokio::test]
async fn when_nobody_can_be_reached_it_says_so() {
    let mut fleet = MockFleet::new();
    let away = || Err(FleetError { reason: "connection refused".to_owned() });
    fleet.expect_hosts().returning(away);
    let service = service(fleet, MockSharedVolumes::new());
    let reply = service.get("/api/v1/fleet").await;
    assert_eq!(reply.status, 503);
    assert_eq!(
        serde_json::from_slice::<Value>(&reply.bytes).unwrap()["detail"],
        "other machines cannot be reached: connection refused"
    );
    assert_eq!(service.get("/api/v1/fleet/artifacts/pdf").await.status, 400);
    let host = format!("/api/v1/fleet/hosts/{}", "01".repeat(16));
    assert_eq!(service.get(&host).await.status, 503);
    let alone = Service::new(small_world());
    for path in ["/api/v1/fleet", &host] {
        assert_eq!(alone.get(path).await.status, 404);
    }
}

#[tokio::test]
async fn reading_it_takes_what_reading_the_status_takes() {
    let fleet = InMemoryFleet::new(Arc::new(ManualClock::default()));
    let guard =
        GuardConfig { key: ApiKey::new("right"), reads: Reads::WithKey, ..GuardConfig::default() };
    fleet.report(&report(1, 0).summary).await.unwrap();
    let service = Service::with(small_world(), guard, MockStatsCache::new())
        .among(others(fleet, MockSharedVolumes::new()));
    let host = format!("/api/v1/fleet/hosts/{}", "01".repeat(16));
    for path in ["/api/v1/fleet", "/api/v1/fleet/artifacts/skill:a", &host] {
        assert_eq!(service.get(path).await.status, 401, "{path}");
        let with_key = request("GET", path, &[("x-api-key", "right")]);
        assert_eq!(service.send(with_key).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn invalidating_tells_others_and_who_could_not_be_told() {
    let mut volumes = MockSharedVolumes::new();
    volumes.expect_everything_changed().times(1).returning(|| {
        vec![Problem {
            path: "/mnt/team".to_owned(),
            line: None,
            kind: ProblemKind::NotTold,
            reason: "away".to_owned(),
            fix: "see to it".to_owned(),
            artifact: None,
        }]
    });
    let service = service(MockFleet::new(), volumes);
    let reply = service.send(request("POST", "/api/v1/cache/invalidate", &[])).await;
    let answer: Value = serde_json::from_slice(&reply.bytes).unwrap();
    assert_eq!(answer["not_told"][0]["path"], "/mnt/team", "{answer}");
}

/// A service among others that shares a volume with them, and is asked how that stands.
pub(crate) fn sharing() -> Service {
    let mut volumes = MockSharedVolumes::new();
    volumes.expect_standing().returning(standing);
    service(MockFleet::new(), volumes)
}

#[tokio::test]
async fn health_and_metrics_tell_how_things_are() {
    let service = sharing();
    let health = json_of(&service, "/health/detailed").await;
    let fleet = &health["components"]["fleet"];
    assert_eq!(fleet["status"], "degraded");
    let details = fleet["details"].as_str().unwrap();
    for told in ["away: connection refused", "lost 2 times", "volume team at /mnt/team: no lease"] {
        assert!(details.contains(told), "{details}");
    }
    let reply = service.get("/metrics").await;
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    for line in [
        "skillstat_fleet_connected 0",
        "skillstat_fleet_connections_lost_total 2",
        "skillstat_fleet_lease_seconds{volume=\"team\"} 0",
        "skillstat_fleet_renewals_total 7",
        "skillstat_fleet_renewals_failed_total 3",
        "skillstat_fleet_announcements_total 5",
        "skillstat_fleet_announcements_failed_total 1",
        "skillstat_fleet_dropped_total 4",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
}
