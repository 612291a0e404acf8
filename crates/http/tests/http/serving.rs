//! Clients that are slow, idle or there at the end, over real sockets and with small limits.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use skillstat_domain::testing::MockStatsCache;
use skillstat_http::{ApiKey, Ended, GuardConfig, Limits, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Service, World, small_world};

/// Short, where a test waits for it to pass.
const SHORT: Duration = Duration::from_millis(50);

/// Longer than any test waits for what it expects.
const NEVER: Duration = Duration::from_mins(1);

const WRITE: &str = "POST /api/v1/cache/invalidate HTTP/1.1\r\nHost: localhost\r\n";

/// A service on a port of its own.
struct Served {
    address: SocketAddr,
    world: Arc<World>,
    end: oneshot::Sender<()>,
    ended: JoinHandle<Ended>,
}

impl Served {
    async fn start(world: World, limits: Limits, patience: Duration) -> Self {
        let guard = GuardConfig {
            key: ApiKey::new("right"),
            trust_loopback: true,
            ..GuardConfig::default()
        };
        let mut cache = MockStatsCache::new();
        cache.expect_invalidate_all().returning(|| ());
        let Service { world, state, .. } = Service::with(world, guard, cache);
        let state = state.with_limits(limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, told) = oneshot::channel();
        let told = async { told.await.unwrap() };
        let ended = tokio::spawn(serve(listener, state, told, patience));
        Self { address, world, end, ended }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends a text and returns everything that comes until the service hangs up.
    async fn last_words(&self, text: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.unwrap();
        until_closed(&mut stream).await
    }

    /// Waits until a question has come to the world behind the service.
    async fn is_asked(&self) {
        soon(async {
            while self.world.asked.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    async fn end(self) -> Ended {
        self.end.send(()).unwrap();
        soon(self.ended).await.unwrap()
    }
}

/// Fails the test in place of waiting for long.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), what).await.expect("it happens soon")
}

/// Reads until the service hangs up; a reset counts, for some bytes may not have been read.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let _reset = soon(stream.read_to_end(&mut text)).await;
    String::from_utf8(text).unwrap()
}

/// Reads one answer without a body that matters.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = vec![0; 4096];
    let length = soon(stream.read(&mut text)).await.unwrap();
    String::from_utf8_lossy(&text[..length]).into_owned()
}

fn patient_with_bodies() -> Limits {
    Limits { head: SHORT, time: NEVER, ..Limits::default() }
}

fn patient_with_heads() -> Limits {
    Limits { head: NEVER, time: SHORT, ..Limits::default() }
}

#[tokio::test]
async fn a_head_that_is_never_finished_ends_the_connection() {
    let service = Served::start(small_world(), patient_with_bodies(), NEVER).await;
    assert_eq!(service.last_words("").await, "");
    let words = service.last_words("GET /health HTTP/1.1\r\nHost: local").await;
    assert!(words.starts_with("HTTP/1.1 408 "), "{words}");
    assert!(words.contains("the head of the request did not arrive in time"), "{words}");
    assert_eq!(service.end().await, Ended::InOrder);
}

#[tokio::test]
async fn what_was_answered_is_not_the_beginning_of_another_request() {
    // Fails when one of the two `is_request` of `serve` is taken out.
    let service = Served::start(small_world(), patient_with_bodies(), NEVER).await;
    let ask = "GET /api/v1/artifacts/skill:canvas?include_deployments=true HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for _ in 0..2 {
        let words = service.last_words(ask).await;
        assert!(words.starts_with("HTTP/1.1 200 ") && !words.contains(" 408 "), "{words}");
    }
    let mut stream = service.connect().await;
    let head = format!("{WRITE}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 100 "));
    stream.write_all(b"{}").await.unwrap();
    let words = until_closed(&mut stream).await;
    assert!(words.starts_with("HTTP/1.1 200 ") && !words.contains(" 408 "), "{words}");
}

#[tokio::test]
async fn a_head_that_comes_bit_by_bit_gets_no_more_time() {
    let service = Served::start(small_world(), patient_with_bodies(), NEVER).await;
    let mut stream = service.connect().await;
    let (mut reads, mut writes) = stream.split();
    let drip = async {
        let mut beat = tokio::time::interval(SHORT / 10);
        writes.write_all(b"GET / HTTP/1.1\r\nX: ").await.unwrap();
        while writes.write_all(b"x").await.is_ok() {
            beat.tick().await;
        }
    };
    let mut text = Vec::new();
    let hung_up = async {
        tokio::select! {
            _read = reads.read_to_end(&mut text) => {}
            () = drip => {}
        }
    };
    soon(hung_up).await;
    assert!(text.starts_with(b"HTTP/1.1 408 "));
}

#[tokio::test]
async fn a_body_that_is_never_finished_is_answered_with_504() {
    let service = Served::start(small_world(), patient_with_heads(), NEVER).await;
    for body in ["Content-Length: 100\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{"] {
        let words = service.last_words(&format!("{WRITE}{body}")).await;
        assert!(words.starts_with("HTTP/1.1 504 "), "{words}");
        assert!(words.contains("request timed out"), "{words}");
    }
    assert_eq!(service.end().await, Ended::InOrder);
}

#[tokio::test]
async fn a_body_that_nobody_reads_keeps_no_connection() {
    let service = Served::start(small_world(), patient_with_heads(), NEVER).await;
    let head = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
    assert!(service.last_words(head).await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn idle_connections_are_closed_and_keep_nobody_out() {
    let service = Served::start(small_world(), patient_with_bodies(), NEVER).await;
    let mut idle = Vec::new();
    for _ in 0..100 {
        idle.push(service.connect().await);
    }
    let mut asks = service.connect().await;
    asks.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(answer(&mut asks).await.starts_with("HTTP/1.1 200 "));
    // Then it is idle itself.
    idle.push(asks);
    for mut stream in idle {
        assert_eq!(until_closed(&mut stream).await, "");
    }
}

#[tokio::test]
async fn a_connection_from_this_machine_is_known_as_one() {
    let service = Served::start(small_world(), Limits::default(), NEVER).await;
    let words = service.last_words(&format!("{WRITE}Connection: close\r\n\r\n")).await;
    assert!(words.starts_with("HTTP/1.1 200 "), "{words}");
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_disconnected() {
    // Fails when nothing measures how long a write waits: it would hold the answer for as long as it
    // likes, and hold up the end.
    let limits = Limits { read: SHORT, ..Limits::default() };
    let service = Served::start(small_world(), limits, NEVER).await;
    let mut asks = service.connect().await;
    // More than all buffers in between can hold.
    let many = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000);
    asks.write_all(&many).await.unwrap();
    soon(async {
        let mut beat = tokio::time::interval(SHORT / 10);
        while asks.write_all(b"x").await.is_ok() {
            beat.tick().await;
        }
    })
    .await;
    assert_eq!(service.end().await, Ended::InOrder);
}

#[tokio::test]
async fn only_so_many_connections_are_open_at_once() {
    // Fails when `serve` takes every connection: each costs a file, and a scan needs some, too.
    let limits = Limits { connections: 2, head: NEVER, ..Limits::default() };
    let service = Served::start(small_world(), limits, NEVER).await;
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    };
    let (mut first, mut second) = (service.connect().await, service.connect().await);
    for stream in [&mut first, &mut second] {
        ask(stream).await;
        assert!(answer(stream).await.starts_with("HTTP/1.1 200 "));
    }
    let mut third = service.connect().await;
    ask(&mut third).await;
    let mut byte = [0];
    let early = tokio::time::timeout(SHORT, third.peek(&mut byte)).await;
    assert!(early.is_err(), "it waits");
    drop(first);
    assert!(answer(&mut third).await.starts_with("HTTP/1.1 200 "));
    assert_eq!(service.end().await, Ended::InOrder);
}

#[tokio::test]
async fn what_has_begun_is_answered_in_the_end_and_what_is_idle_is_not_waited_for() {
    let limits = Limits { time: 4 * SHORT, ..Limits::default() };
    let service = Served::start(World { hangs: true, ..small_world() }, limits, NEVER).await;
    let (mut idle, mut asks) = (service.connect().await, service.connect().await);
    idle.write_all(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(answer(&mut idle).await.starts_with("HTTP/1.1 200 "));
    asks.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    service.is_asked().await;
    assert_eq!(service.end().await, Ended::InOrder);
    let words = until_closed(&mut asks).await;
    assert!(words.starts_with("HTTP/1.1 504 "), "{words}");
    assert_eq!(until_closed(&mut idle).await, "");
}

#[tokio::test]
async fn what_takes_too_long_in_the_end_is_cut_off() {
    let limits = Limits { at_once: 1, time: NEVER, ..Limits::default() };
    let service = Served::start(World { hangs: true, ..small_world() }, limits, SHORT).await;
    let mut asks = service.connect().await;
    asks.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    service.is_asked().await;
    assert_eq!(service.end().await, Ended::Late);
}
