//! What is counted, and that nobody can make it grow.

use std::collections::BTreeSet;
use std::time::Duration;

use skillstat_domain::CacheCounters;
use skillstat_domain::testing::MockStatsCache;
use skillstat_http::{ApiKey, GuardConfig, Reads};

use crate::support::{Service, World, request, small_world};

fn counting(world: World, guard: GuardConfig) -> Service {
    let mut cache = MockStatsCache::new();
    let mut counters = CacheCounters::default();
    (counters.projects_cached, counters.stats_entries) = (true, 7);
    counters.ttl = Duration::from_mins(2);
    (counters.hits, counters.misses, counters.joined) = (1, 2, 3);
    (counters.expired, counters.invalidated) = (4, 5);
    cache.expect_counters().return_const(counters);
    Service::with(world, guard, cache)
}

/// The lines that are no comments.
async fn lines(service: &Service) -> Vec<String> {
    let reply = service.get("/metrics").await;
    assert_eq!(reply.status, 200);
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(Into::into).collect()
}

#[track_caller]
fn has(lines: &[String], line: &str) {
    assert!(lines.iter().any(|found| found == line), "{line} is not in\n{}", lines.join("\n"));
}

#[tokio::test]
async fn requests_are_counted_by_method_route_and_status() {
    let service = counting(small_world(), GuardConfig::default());
    service.get("/api/v1/artifacts/skill:canvas").await;
    service.get("/api/v1/artifacts/skill:nope?x=1").await;
    service.get("/api/v1/artifacts/command:review").await;
    service.get("/nowhere").await;
    service.send(request("BREW", "/health", &[])).await;
    let lines = lines(&service).await;
    let route = "route=\"/api/v1/artifacts/{id}\"";
    has(
        &lines,
        &format!("skillstat_http_requests_total{{method=\"GET\",{route},status=\"2xx\"}} 2"),
    );
    has(
        &lines,
        &format!("skillstat_http_requests_total{{method=\"GET\",{route},status=\"4xx\"}} 1"),
    );
    has(&lines, "skillstat_http_requests_total{method=\"GET\",route=\"none\",status=\"4xx\"} 1");
    has(
        &lines,
        "skillstat_http_requests_total{method=\"other\",route=\"/health\",status=\"4xx\"} 1",
    );
    let duration = "skillstat_http_request_duration_seconds";
    has(&lines, &format!("{duration}_count{{{route}}} 3"));
    has(&lines, &format!("{duration}_bucket{{{route},le=\"+Inf\"}} 3"));
    for bound in ["0.0001", "10"] {
        let start = format!("{duration}_bucket{{{route},le=\"{bound}\"}} ");
        assert!(lines.iter().any(|line| line.starts_with(&start)), "{}", lines.join("\n"));
    }
    has(&lines, "skillstat_http_requests_in_flight 1");
}

#[tokio::test]
async fn the_cache_and_the_process_are_told() {
    let service = counting(small_world(), GuardConfig::default());
    service.clock.advance(Duration::from_secs(90));
    let lines = lines(&service).await;
    for line in [
        "skillstat_cache_hits_total 1",
        "skillstat_cache_misses_total 2",
        "skillstat_cache_joined_total 3",
        "skillstat_cache_expired_total 4",
        "skillstat_cache_invalidated_total 5",
        "skillstat_cache_entries 7",
        "skillstat_cache_ttl_seconds 120",
        "skillstat_cache_projects_cached 1",
        "skillstat_uptime_seconds 90",
        concat!("skillstat_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        has(&lines, line);
    }
}

#[tokio::test]
async fn every_metric_is_described_and_in_the_readme() {
    let service = crate::fleet::sharing();
    service.get("/health").await;
    let text = String::from_utf8(service.get("/metrics").await.bytes.to_vec()).unwrap();
    let described = |sort: &str| -> BTreeSet<&str> {
        let words = text.lines().filter_map(|line| line.strip_prefix(sort)?.split(' ').next());
        words.collect()
    };
    let names = described("# TYPE ");
    assert_eq!(names, described("# HELP "));
    let readme = include_str!("../../README.md");
    let listed: BTreeSet<&str> = readme
        .split("| `skillstat_")
        .skip(1)
        .filter_map(|row| row.split(['`', '{']).next())
        .collect();
    let names: BTreeSet<&str> =
        names.into_iter().map(|name| name.strip_prefix("skillstat_").unwrap()).collect();
    assert_eq!(names, listed);
}

#[tokio::test]
async fn with_a_slash_it_is_the_same_and_prometheus_knows_the_format() {
    let service = counting(small_world(), GuardConfig::default());
    let (with, without) = (service.get("/metrics/").await, service.get("/metrics").await);
    for reply in [&with, &without] {
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-type"), "text/plain; version=0.0.4");
    }
    let metrics = "skillstat_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"2xx\"}";
    has(&lines(&service).await, &format!("{metrics} 2"));
}

#[tokio::test]
async fn the_key_is_needed_exactly_when_reading_takes_it() {
    for (reads, status) in [(Reads::Open, 200), (Reads::WithKey, 401)] {
        let key = ApiKey::new("0123456789abcdef");
        let guard = GuardConfig { key, reads, ..GuardConfig::default() };
        let service = counting(small_world(), guard);
        assert_eq!(service.get("/metrics").await.status, status);
        assert_eq!(service.get("/metrics/").await.status, status);
        let key = [("x-api-key", "0123456789abcdef")];
        assert_eq!(service.send(request("GET", "/metrics", &key)).await.status, 200);
    }
}

/// The series of a scrape, without their values.
async fn series(service: &Service) -> BTreeSet<String> {
    let lines = lines(service).await.into_iter();
    lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
}

#[tokio::test]
async fn whatever_is_asked_makes_no_new_series() {
    let service = counting(small_world(), GuardConfig::default());
    for (method, path) in
        [("GET", "/x"), ("X", "/x"), ("GET", "/metrics"), ("GET", "/api/v1/artifacts/x")]
    {
        service.send(request(method, path, &[])).await;
    }
    let before = series(&service).await;
    for number in 0..10_000_u32 {
        // Spread over all numbers, and each another one.
        let random = number.wrapping_mul(2_654_435_761);
        let (method, path) = match number % 3 {
            0 => ("GET".to_owned(), format!("/{random:x}/{number}?{random}")),
            1 => (format!("M{random:X}"), format!("/{random:x}")),
            _ => ("GET".to_owned(), format!("/api/v1/artifacts/{random:x}")),
        };
        service.send(request(&method, &path, &[])).await;
    }
    assert_eq!(series(&service).await, before);
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_given_up_is_no_longer_in_flight() {
    let service = counting(World { hangs: true, ..small_world() }, GuardConfig::default());
    let given_up = tokio::time::timeout(Duration::from_secs(1), service.get("/api/v1/status"));
    assert!(given_up.await.is_err());
    has(&lines(&service).await, "skillstat_http_requests_in_flight 1");
}
