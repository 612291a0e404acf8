//! Services that answer well, badly, slowly or not at all.

mod places;

use std::fs::{DirBuilder, set_permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::UnixListener as StdUnixListener;
use std::time::Duration;

use skillstat_domain::testing::ManualClock;
use skillstat_domain::{AnswerSource, ProjectPath};
use skillstat_wire::EXACT_VERSION;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::task::JoinHandle;

use super::*;

const BODY: &str = r#"{"projects":["/p/a","/p/b"],"artifacts":[],"problems":[]}"#;

/// A directory for a socket.
struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let place = Self { directory };
        DirBuilder::new().mode(0o700).create(place.socket().parent().unwrap()).unwrap();
        place
    }

    fn socket(&self) -> PathBuf {
        self.directory.path().join("skillstat/a.sock")
    }

    /// Binds, as a service does it.
    fn bind(&self) -> StdUnixListener {
        let listener = StdUnixListener::bind(self.socket()).unwrap();
        set_permissions(self.socket(), PermissionsExt::from_mode(0o600)).unwrap();
        listener.set_nonblocking(true).unwrap();
        listener
    }

    /// Answers one question with these bytes; returns what was asked.
    fn serve(&self, answer: impl Into<Vec<u8>>) -> JoinHandle<String> {
        self.serve_and(answer, false)
    }

    /// The same; with `hold` the connection stays open.
    fn serve_and(&self, answer: impl Into<Vec<u8>>, hold: bool) -> JoinHandle<String> {
        let listener = UnixListener::from_std(self.bind()).unwrap();
        let answer = answer.into();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                stream.read_buf(&mut asked).await.unwrap();
            }
            // Whoever has heard enough hangs up.
            let _gone = stream.write_all(&answer).await;
            if hold {
                std::future::pending::<()>().await;
            }
            String::from_utf8(asked).unwrap()
        })
    }

    fn query(&self) -> ServiceQuery {
        let clock = Arc::new(ManualClock::default());
        clock.advance(Duration::from_mins(1));
        ServiceQuery::new(self.socket(), "f00d", clock)
    }

    /// Asks for the overview, and returns why there is none, with `SOCKET` for the socket.
    async fn refused(&self, limits: Limits) -> String {
        let refused = self.query().with_limits(limits).overview().await.unwrap_err();
        assert!(matches!(refused, QueryError::Unavailable { .. }), "{refused:?}");
        refused.to_string().replace(self.socket().to_str().unwrap(), "SOCKET")
    }
}

/// A head that says all it must, without its end.
fn head() -> String {
    format!(
        "HTTP/1.1 200 OK\r\nskillstat-exact: {EXACT_VERSION}\r\nskillstat-fingerprint: f00d\r\n\
         skillstat-watch: live\r\nskillstat-age-ms: 1500\r\ncache-status: skillstat; hit\r\n"
    )
}

/// An answer with this body, and its length.
fn good(body: &str) -> String {
    format!("{}content-length: {}\r\n\r\n{body}", head(), body.len())
}

/// Starts a service that says this, and returns why it is not taken.
async fn refused(answer: impl Into<Vec<u8>>) -> String {
    let place = Place::new();
    let _service = place.serve(answer);
    place.refused(Limits::default()).await
}

#[tokio::test]
async fn a_good_answer_is_taken_with_its_age() {
    let place = Place::new();
    let asked = place.serve(good(BODY));
    let answer = place.query().overview().await.unwrap();
    let projects: Vec<_> = answer.cached.value.projects.iter().map(ProjectPath::as_str).collect();
    assert_eq!(projects, ["/p/a", "/p/b"]);
    assert_eq!(answer.source, AnswerSource::Hit);
    assert_eq!(answer.cached.as_of, Moment::new(Duration::from_millis(58_500)));
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("GET /api/v1/exact/overview HTTP/1.1\r\n"), "{asked}");
    for header in ["host: localhost", "skillstat-fingerprint: f00d", "skillstat-watch: live"] {
        assert!(asked.contains(&format!("\r\n{header}\r\n")), "{asked}");
    }
}

#[tokio::test]
async fn no_two_answers_have_one_version() {
    let mut versions = Vec::new();
    for _ in 0..2 {
        let place = Place::new();
        place.serve(good(BODY));
        versions.push(place.query().overview().await.unwrap().cached.version);
    }
    assert_ne!(versions[0], versions[1]);
}

#[tokio::test]
async fn a_body_in_pieces_is_one_body() {
    let place = Place::new();
    let (first, second) = BODY.split_at(20);
    let pieces: String =
        [first, second, ""].map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len())).concat();
    place.serve(format!("{}transfer-encoding: chunked\r\n\r\n{pieces}", head()));
    assert_eq!(place.query().overview().await.unwrap().cached.value.projects.len(), 2);
}

#[tokio::test]
async fn the_other_questions_have_other_paths() {
    let place = Place::new();
    let asked = place.serve(good(r#"{"deployments":[],"problems":[]}"#));
    let artifact = "skill:a b/ü?&%".parse().unwrap();
    let statistics = place.query().statistics(&artifact).await.unwrap();
    assert_eq!(*statistics.cached.value, DeploymentStatistics::default());
    let line = asked.await.unwrap().lines().next().unwrap().to_owned();
    let path = "/api/v1/exact/statistics?artifact=skill%3Aa%20b%2F%C3%BC%3F%26%25";
    assert_eq!(line, format!("GET {path} HTTP/1.1"));

    let place = Place::new();
    let asked = place.serve(good(r#"{"collections":[],"problems":[]}"#));
    assert!(place.query().collections().await.unwrap().cached.value.value.is_empty());
    assert!(asked.await.unwrap().starts_with("GET /api/v1/exact/collections HTTP/1.1\r\n"));
}

#[tokio::test]
async fn what_cannot_be_read_is_not_taken() {
    let unread = "the service at SOCKET gave an answer that cannot be read: ";
    for body in ["", "{}", "[]", "{\"projects\":", "\u{0}", &"[".repeat(100_000), "null"] {
        let said = refused(good(body)).await;
        assert!(said.starts_with(unread), "{said}");
    }
    let long = refused(good(&format!("\"{}\"", "x".repeat(100_000)))).await;
    assert!(long.starts_with(unread) && long.len() < 1000, "{}", long.len());
    let other = BODY.replace("/p/a", "p/a");
    assert_eq!(
        refused(good(&other)).await,
        "the service at SOCKET gave an answer that cannot be right: \
         project `p/a`: the path is not absolute"
    );
}

#[tokio::test]
async fn a_head_that_does_not_say_it_is_good_is_enough() {
    let fingerprint = good(BODY).replace("f00d", "beef");
    assert_eq!(
        refused(fingerprint).await,
        "the service at SOCKET has other search roots, depth, excludes or collections"
    );
    let off = good("").replace("200 OK", "412 Precondition Failed").replace("live", "off");
    assert_eq!(refused(off).await, "the service at SOCKET does not see every change (`off`)");
    let busy = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(refused(busy).await, "the service at SOCKET answered with status 503");
}

#[tokio::test]
async fn what_is_no_http_or_ends_early_is_not_taken() {
    let whole = good(BODY);
    for answer in ["", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\n", &whole[..whole.len() - 1]] {
        let said = refused(answer).await;
        assert!(said.starts_with("the service at SOCKET broke off: "), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn who_gives_no_answer_is_waited_for_two_seconds() {
    let place = Place::new();
    let _listener = place.bind();
    let began = tokio::time::Instant::now();
    let said = place.refused(Limits::default()).await;
    assert_eq!(said, "the service at SOCKET gave no answer within 2000 ms");
    assert_eq!(began.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn who_stops_in_the_middle_is_not_waited_for_any_longer() {
    let limits = Limits { total: Duration::from_millis(50), ..Limits::default() };
    let whole = good(BODY);
    for length in [10, head().len(), whole.len() - 1] {
        let place = Place::new();
        let service = place.serve_and(&whole.as_bytes()[..length], true);
        let said = place.refused(limits).await;
        assert_eq!(said, "the service at SOCKET gave no answer within 50 ms");
        service.abort();
    }
}

#[tokio::test]
async fn who_keeps_the_connection_open_is_not_waited_for() {
    let place = Place::new();
    let service = place.serve_and(good(BODY), true);
    place.query().overview().await.unwrap();
    service.abort();

    let place = Place::new();
    let service = place.serve_and(good(BODY).replace("live", "off"), true);
    let said = place.refused(Limits::default()).await;
    assert!(said.contains("every change"), "{said}");
    service.abort();
}

#[tokio::test]
async fn no_more_is_read_than_the_limit() {
    let limit = |body| Limits { body, ..Limits::default() };
    let too_large = "the service at SOCKET answered with more than 56 bytes";
    for length in [57, u64::MAX / 2] {
        // Only announced: nothing of it has to come.
        let place = Place::new();
        let announced = format!("{}content-length: {length}\r\n\r\n", head());
        let service = place.serve_and(announced, true);
        assert_eq!(place.refused(limit(56)).await, too_large);
        service.abort();
    }
    let place = Place::new();
    let pieces = "1\r\n \r\n".repeat(57);
    let endless = format!("{}transfer-encoding: chunked\r\n\r\n{pieces}", head());
    let service = place.serve_and(endless, true);
    assert_eq!(place.refused(limit(56)).await, too_large);
    service.abort();

    let place = Place::new();
    place.serve(good(BODY));
    assert!(place.query().with_limits(limit(BODY.len())).overview().await.is_ok());
}
