//! Who may do what, line by line.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use skillstat_domain::testing::MockStatsCache;
use skillstat_http::{ApiKey, GuardConfig, Reads};

use crate::support::{Service, request, small_world};

const READ: (&str, &str) = ("GET", "/api/v1/status");
const WRITE: (&str, &str) = ("POST", "/api/v1/cache/invalidate");
const HEALTH: (&str, &str) = ("GET", "/health/live");

fn open() -> GuardConfig {
    GuardConfig::default()
}

fn with_key() -> GuardConfig {
    GuardConfig { key: ApiKey::new("right"), ..open() }
}

fn closed() -> GuardConfig {
    GuardConfig { reads: Reads::WithKey, ..with_key() }
}

fn trusting() -> GuardConfig {
    GuardConfig {
        trust_loopback: true,
        origins: vec!["http://localhost:3000".to_owned()],
        ..with_key()
    }
}

fn socket() -> GuardConfig {
    GuardConfig { private_socket: true, ..open() }
}

fn named() -> GuardConfig {
    GuardConfig { hosts: vec!["box.lan".to_owned(), "[fe80::1]".to_owned()], ..open() }
}

fn service(guard: GuardConfig) -> Service {
    let mut cache = MockStatsCache::new();
    cache.expect_invalidate_all().returning(|| ());
    cache.expect_counters().returning(Default::default);
    Service::with(small_world(), guard, cache)
}

/// Asks from an address (none: over a socket that has none) and checks status and text.
async fn check(
    guard: GuardConfig,
    peer: Option<&str>,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    expected: (u16, &str),
) {
    let mut request = request(method, path, headers);
    if let Some(peer) = peer {
        let peer: SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
    }
    let reply = service(guard).send(request).await;
    let text = reply.json()["detail"].as_str().unwrap_or_default().to_owned();
    let found = (reply.status.as_u16(), text.as_str());
    assert!(
        found.0 == expected.0 && found.1.starts_with(expected.1),
        "{method} {path} {headers:?} from {peer:?}: {found:?}, not {expected:?}"
    );
}

const HERE: Option<&str> = Some("127.0.0.1:5000");
const HERE_6: Option<&str> = Some("[::ffff:127.0.0.1]:5000");
const ELSEWHERE: Option<&str> = Some("192.168.1.7:5000");
const NO_KEY: (u16, &str) = (401, "API key required");
const BAD_KEY: (u16, &str) = (403, "Invalid API key");
const CROSS: (u16, &str) = (403, "cross-site request refused");
const OK: (u16, &str) = (200, "");

#[tokio::test]
async fn who_has_which_key_may_do_what() {
    let (right, wrong) = ([("x-api-key", "right")], [("x-api-key", "wrong")]);
    let empty = [("x-api-key", "")];
    // Without a key anyone may read and nobody write.
    check(open(), HERE, READ, &[], OK).await;
    check(open(), HERE, READ, &wrong, OK).await;
    check(open(), HERE, WRITE, &[], NO_KEY).await;
    check(open(), HERE, WRITE, &right, NO_KEY).await;
    // With one, whoever has it may write, even from this machine only with it.
    check(with_key(), HERE, READ, &[], OK).await;
    check(with_key(), HERE, READ, &wrong, BAD_KEY).await;
    check(with_key(), HERE, WRITE, &[], NO_KEY).await;
    check(with_key(), HERE, WRITE, &empty, NO_KEY).await;
    check(with_key(), HERE, WRITE, &wrong, BAD_KEY).await;
    check(with_key(), HERE, WRITE, &[("x-api-key", "righ")], BAD_KEY).await;
    check(with_key(), HERE, WRITE, &right, OK).await;
    check(with_key(), ELSEWHERE, WRITE, &right, OK).await;
    // Closed, also for reading; health stays open.
    check(closed(), HERE, READ, &[], NO_KEY).await;
    check(closed(), HERE, READ, &wrong, BAD_KEY).await;
    check(closed(), HERE, READ, &right, OK).await;
    check(closed(), HERE, ("GET", "/openapi.json"), &[], NO_KEY).await;
    check(closed(), HERE, ("GET", "/nowhere"), &[], NO_KEY).await;
    check(closed(), ELSEWHERE, HEALTH, &[], OK).await;
    check(closed(), ELSEWHERE, HEALTH, &wrong, OK).await;
    check(closed(), ELSEWHERE, ("GET", "/"), &[], OK).await;
    // Without a key that could be had nobody reads.
    let without = GuardConfig { reads: Reads::WithKey, ..open() };
    check(without.clone(), HERE, READ, &[], NO_KEY).await;
    check(without.clone(), HERE, READ, &right, NO_KEY).await;
    check(without, HERE, HEALTH, &[], OK).await;
    // But not what names directories.
    check(closed(), ELSEWHERE, ("GET", "/health/detailed"), &[], NO_KEY).await;
    check(closed(), ELSEWHERE, ("GET", "/health/detailed"), &right, OK).await;
    check(with_key(), HERE, ("GET", "/health/detailed"), &[], OK).await;
    // This machine is trusted, and only this machine.
    check(trusting(), HERE, WRITE, &[], OK).await;
    check(trusting(), HERE_6, WRITE, &[], OK).await;
    check(trusting(), Some("[::1]:5000"), WRITE, &[], OK).await;
    check(trusting(), ELSEWHERE, WRITE, &[], NO_KEY).await;
    check(trusting(), None, WRITE, &[], NO_KEY).await;
    check(trusting(), ELSEWHERE, READ, &[], OK).await;
    // The socket is its owner's.
    check(socket(), None, WRITE, &[], OK).await;
    check(socket(), None, READ, &[("host", "skillstat.sock")], OK).await;
}

#[tokio::test]
async fn only_known_hosts_are_answered() {
    let other = (421, "this host is not served here");
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:8787", "[::1]"] {
        check(open(), HERE, READ, &[("host", host)], OK).await;
    }
    let hostile = [
        "evil.example",
        "evil.example:8787",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "localhost:8787:8787",
        "localhost:x",
        "user@localhost",
        "[::2]",
        "0.0.0.0",
        "",
        "::1",
    ];
    for host in hostile {
        check(open(), HERE, READ, &[("host", host)], other).await;
        check(trusting(), HERE, WRITE, &[("host", host)], other).await;
        check(open(), HERE, HEALTH, &[("host", host)], other).await;
    }
    check(open(), HERE, READ, &[("host", "localhost"), ("host", "evil.example")], other).await;
    check(open(), HERE, ("GET", "http://evil.example/api/v1/status"), &[], other).await;
    check(named(), HERE, READ, &[("host", "box.lan:8787")], OK).await;
    check(named(), HERE, READ, &[("host", "[fe80::1]:8787")], OK).await;
    check(named(), HERE, READ, &[("host", "x.box.lan")], other).await;
}

#[tokio::test]
async fn other_pages_cannot_write() {
    let site = |site| ("sec-fetch-site", site);
    for headers in [
        vec![site("cross-site"), ("origin", "https://evil.example")],
        vec![site("same-site"), ("origin", "http://127.0.0.1:9999")],
        vec![site("cross-site")],
        vec![("origin", "https://evil.example")],
        vec![("origin", "http://127.0.0.1:9999")],
        vec![("origin", "http://localhost:3001")],
        vec![("origin", "http://localhost:3000.evil.example")],
        vec![("origin", "null")],
        vec![site("odd")],
    ] {
        check(trusting(), HERE, WRITE, &headers, CROSS).await;
        // Reading is answered; the browser keeps the answer from the page.
        check(trusting(), HERE, READ, &headers, OK).await;
    }
    for headers in [
        vec![],
        vec![site("same-origin")],
        vec![site("none")],
        vec![("origin", "http://127.0.0.1:8787")],
        vec![site("same-site"), ("origin", "http://localhost:3000")],
        vec![site("cross-site"), ("origin", "http://localhost:3000")],
    ] {
        check(trusting(), HERE, WRITE, &headers, OK).await;
    }
    // An allowed page without a key, where one is needed.
    check(with_key(), HERE, WRITE, &[site("same-origin")], NO_KEY).await;
}

#[tokio::test]
async fn an_allowed_page_may_read_the_answer_and_others_may_not() {
    let page = [("origin", "http://localhost:3000")];
    let read = service(trusting()).send(request("GET", READ.1, &page)).await;
    assert_eq!(read.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(read.header("access-control-expose-headers").contains("ETag"));
    let refused = service(trusting()).send(request("POST", WRITE.1, &page)).await;
    assert_eq!(refused.problem(), (401, "API key required".to_owned()));
    assert_eq!(refused.header("access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(refused.header("www-authenticate"), "ApiKey");

    let other = [("origin", "https://evil.example")];
    let read = service(trusting()).send(request("GET", READ.1, &other)).await;
    assert_eq!(read.header("access-control-allow-origin"), "");
    assert_eq!(read.header("vary"), "Origin");
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told() {
    let asks = |origin| [("origin", origin), ("access-control-request-method", "POST")];
    let answer =
        service(trusting()).send(request("OPTIONS", WRITE.1, &asks("http://localhost:3000"))).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), "http://localhost:3000");
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert!(answer.header("access-control-allow-headers").contains("X-API-Key"));
    let answer =
        service(trusting()).send(request("OPTIONS", WRITE.1, &asks("https://evil.example"))).await;
    assert_eq!(answer.problem().0, 403);
    assert_eq!(answer.header("access-control-allow-origin"), "");
    let [origin, method] = asks("http://localhost:3000");
    let elsewhere = [origin, method, ("host", "evil.example")];
    let answer = service(trusting()).send(request("OPTIONS", WRITE.1, &elsewhere)).await;
    assert_eq!(answer.problem().0, 421);
}

#[tokio::test]
async fn a_page_that_cannot_write_does_not_refresh_either() {
    // Fails when `Rights` take no notice of where a request comes from: an image is enough to send it.
    for (site, times) in [("cross-site", 0), ("same-origin", 1)] {
        let mut cache = MockStatsCache::new();
        cache.expect_invalidate_all().times(times).return_const(());
        let headers = [("sec-fetch-site", site)];
        let mut request = request("GET", "/api/v1/projects?refresh=true", &headers);
        let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let reply = Service::with(small_world(), trusting(), cache).send(request).await;
        assert_eq!(reply.status, 200, "{site}");
    }
}

#[tokio::test]
async fn every_route_that_writes_is_guarded() {
    let document = service(open()).get("/openapi.json").await.json();
    let mut writes = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "skill:x").replace("{name}", "x");
        for method in item.as_object().unwrap().keys().map(|method| method.to_ascii_uppercase()) {
            if method == "GET" {
                continue;
            }
            let write = (method.as_str(), path.as_str());
            check(with_key(), HERE, write, &[], NO_KEY).await;
            check(with_key(), HERE, write, &[("x-api-key", "wrong")], BAD_KEY).await;
            check(open(), HERE, write, &[], NO_KEY).await;
            check(trusting(), ELSEWHERE, write, &[], NO_KEY).await;
            let page = [("origin", "https://evil.example"), ("x-api-key", "right")];
            check(with_key(), HERE, write, &page, CROSS).await;
            check(socket(), None, write, &page, CROSS).await;
            let host = [("host", "evil.example"), ("x-api-key", "right")];
            check(with_key(), HERE, write, &host, (421, "this host is not served here")).await;
            writes += 1;
        }
    }
    assert_eq!(writes, 7);
}

#[test]
fn a_key_is_not_printed_and_not_empty() {
    assert_eq!(format!("{:?}", ApiKey::new("secret").unwrap()), "ApiKey(..)");
    assert!(ApiKey::new("").is_none());
}
