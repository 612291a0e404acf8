//! Large, slow, many and broken requests.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use skillstat_domain::testing::MockStatsCache;
use skillstat_http::{ApiKey, GuardConfig, Limits, Reads, router};
use tower::ServiceExt;

use crate::support::{Service, World, request, small_world};

fn post(body: Vec<u8>) -> Request<Body> {
    request("POST", "/api/v1/cache/invalidate", &[]).map(|_| Body::from(body))
}

fn writable(world: World) -> Service {
    let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let mut cache = MockStatsCache::new();
    cache.expect_invalidate_all().returning(|| ());
    cache.expect_counters().returning(Default::default);
    Service::with(world, guard, cache)
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let service = writable(small_world());
    let expected = (413, "request body too large".to_owned());
    assert_eq!(service.send(post(vec![b' '; (1 << 20) + 1])).await.problem(), expected);
    let mut announced = post(Vec::new());
    announced.headers_mut().insert("content-length", "1048577".parse().unwrap());
    assert_eq!(service.send(announced).await.problem(), expected);
    let mut largest = b"{}".to_vec();
    largest.resize(1 << 20, b' ');
    assert_eq!(service.send(post(largest)).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_slow_request_is_given_up() {
    let service = Service::new(World { hangs: true, ..small_world() });
    let reply = service.get("/api/v1/status").await;
    assert_eq!(reply.problem(), (504, "request timed out".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn too_many_at_once_are_refused_and_health_is_not() {
    let limits = Limits { at_once: 1, time: Duration::from_secs(5), ..Limits::default() };
    let service = Service::new(World { hangs: true, ..small_world() }).limited(limits);
    let (first, second, health) = tokio::join!(
        service.get("/api/v1/status"),
        service.get("/api/v1/version"),
        service.get("/health/live"),
    );
    assert_eq!(first.problem().0, 504);
    assert_eq!(second.problem(), (503, "too many requests at once".to_owned()));
    assert_eq!((second.header("retry-after"), health.status.as_u16()), ("1", 200));
    assert_eq!(service.get("/api/v1/version").await.status, 200, "the place is free again");
}

#[tokio::test(start_paused = true)]
async fn a_page_can_read_why_it_got_no_answer() {
    // Fails when the limits or the catching of panics stand before the guard.
    let page = "http://localhost:3000";
    let headers = [("origin", page)];
    let guard = || GuardConfig { origins: vec![page.to_owned()], ..GuardConfig::default() };
    let limits = Limits { at_once: 1, ..Limits::default() };
    let hanging = World { hangs: true, ..small_world() };
    let service = Service::with(hanging, guard(), MockStatsCache::new()).limited(limits);
    let ask = |path| service.send(request("GET", path, &headers));
    let (late, refused) = tokio::join!(ask("/api/v1/status"), ask("/api/v1/version"));
    // The mock expects nothing, so asking it panics.
    let panicked = ask("/api/v1/cache").await;
    for (reply, status) in [(late, 504), (refused, 503), (panicked, 500)] {
        assert_eq!(reply.problem().0, status);
        assert_eq!(reply.header("access-control-allow-origin"), page, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_takes_no_place() {
    // Fails when the limits stand before the guard.
    let guard =
        GuardConfig { key: ApiKey::new("right"), reads: Reads::WithKey, ..GuardConfig::default() };
    let limits = Limits { at_once: 1, ..Limits::default() };
    let hanging = World { hangs: true, ..small_world() };
    let service = Service::with(hanging, guard, MockStatsCache::new()).limited(limits);
    let key = [("x-api-key", "right")];
    let (first, refused) = tokio::join!(
        service.send(request("GET", "/api/v1/status", &key)),
        service.get("/api/v1/version"),
    );
    assert_eq!((first.status.as_u16(), refused.status.as_u16()), (504, 401));
}

#[tokio::test(start_paused = true)]
async fn two_listeners_of_one_service_share_the_places() {
    let service = Service::new(World { hangs: true, ..small_world() });
    let state = service.state.with_limits(Limits { at_once: 1, ..Limits::default() });
    let private = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let (first, second) = (router(state.clone()), router(state.with_guard(private)));
    let (first, second) = tokio::join!(
        first.oneshot(request("GET", "/api/v1/status", &[])),
        second.oneshot(request("GET", "/api/v1/version", &[])),
    );
    assert_eq!((first.unwrap().status().as_u16(), second.unwrap().status().as_u16()), (504, 503));
}

#[tokio::test]
async fn a_failed_computation_tells_no_internals() {
    let service = Service::new(World { panics: true, ..small_world() });
    let reply = service.get("/api/v1/status").await;
    assert_eq!(reply.problem(), (500, "Internal server error".to_owned()));
}

#[tokio::test]
async fn when_too_much_is_computed_the_client_is_to_come_back() {
    let service = Service::new(World { busy: true, ..small_world() });
    let reply = service.get("/api/v1/status").await;
    assert_eq!(reply.problem(), (503, "too many answers are being computed".to_owned()));
    assert_eq!(reply.header("retry-after"), "1");
}

#[tokio::test]
async fn a_panic_is_a_problem_without_internals() {
    // The mock expects nothing, so asking it panics.
    let service = Service::new(small_world());
    let reply = service.get("/api/v1/cache").await;
    assert_eq!(reply.problem(), (500, "Internal server error".to_owned()));
    assert!(!reply.header("x-request-id").is_empty());
    assert_eq!(service.get("/api/v1/version").await.status, 200);
}

#[tokio::test]
async fn every_answer_has_an_id_and_a_plain_one_is_taken() {
    let service = Service::new(small_world());
    let (one, two) = (service.get("/nowhere").await, service.get("/health").await);
    assert!(!one.header("x-request-id").is_empty());
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
    for (given, taken) in
        [("abc-1.x_Y", true), ("a b", false), ("", false), (&*"a".repeat(65), false)]
    {
        let reply = service.send(request("GET", "/health", &[("x-request-id", given)])).await;
        assert_eq!(reply.header("x-request-id") == given, taken, "{given}");
    }
}
