//! Who the running service refuses, and with what.

use crate::service::{Answer, Service};

const WRITE: &str = "POST /api/v1/cache/invalidate";

/// One byte more than a body may have.
const TOO_MUCH: usize = (1 << 20) + 1;

#[track_caller]
fn check(answer: &Answer, status: u16, detail: &str) {
    assert_eq!((answer.status, answer.detail().as_str()), (status, detail));
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[test]
fn another_host_is_not_served_here() {
    let service = Service::start(&[]);
    let why = "this host is not served here; allow it with --host";
    for line in ["GET /api/v1/status", "GET /health", WRITE] {
        for host in ["evil.example", "evil.example:8787", "127.0.0.1.evil.example"] {
            let text = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
            check(&service.exchange(&text), 421, why);
        }
    }
    let none = "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n";
    check(&service.exchange(none), 421, why);
}

#[test]
fn a_host_that_is_allowed_is_served() {
    let service = Service::start(&["--host", "box.lan"]);
    let text = "GET /health HTTP/1.1\r\nHost: box.lan\r\nConnection: close\r\n\r\n";
    assert_eq!(service.exchange(text).status, 200);
}

#[test]
fn another_page_cannot_write_even_with_the_key() {
    let service = Service::start(&[]);
    let key = format!("X-API-Key: {}\r\n", service.key());
    let why = "cross-site request refused; allow its origin with --origin";
    for page in [
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Origin: http://127.0.0.1:1\r\nSec-Fetch-Site: same-site\r\n",
    ] {
        let answer = service.ask(WRITE, &format!("{key}{page}"), "{}");
        check(&answer, 403, why);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!(service.ask(WRITE, &key, "{}").status, 200);
}

#[test]
fn writing_takes_the_key() {
    let service = Service::start(&[]);
    let answer = service.ask(WRITE, "", "{}");
    check(&answer, 401, "API key required");
    assert_eq!(answer.header("www-authenticate"), "ApiKey");
    let key = service.key();
    for wrong in ["wrong", &key[1..], &format!("{key}x"), &key.to_uppercase()] {
        let answer = service.ask(WRITE, &format!("X-API-Key: {wrong}\r\n"), "{}");
        check(&answer, 403, "Invalid API key");
    }
    check(
        &service.ask(WRITE, &format!("Authorization: Bearer {key}\r\n"), "{}"),
        401,
        "API key required",
    );
}

#[test]
fn a_large_body_is_refused_before_it_is_sent_or_when_it_is_too_much() {
    let service = Service::start(&[]);
    let head = format!("{WRITE} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {}\r\n", service.key());
    let announced = format!("{head}Content-Length: {TOO_MUCH}\r\n\r\n");
    check(&service.exchange(&announced), 413, "request body too large");
    // The last chunk, which would end it, is never sent.
    let chunk = " ".repeat(TOO_MUCH - 1);
    let chunked = format!(
        "{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{chunk}\r\n1\r\n \r\n",
        chunk.len()
    );
    check(&service.exchange(&chunked), 413, "request body too large");
    let fits = format!("{{}}{}", " ".repeat(TOO_MUCH - 3));
    let key = format!("X-API-Key: {}\r\n", service.key());
    assert_eq!(service.ask(WRITE, &key, &fits).status, 200);
}
