//! News as server-sent events, and how much is watched.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::StatusCode;
use skillstat_domain::testing::{MockChangeFeed, MockWatcher};
use skillstat_domain::{
    ChangeFeed, Coverage, Listener, News, Notice, Problem, ProblemKind, Unwatched, WatchMethod,
};
use skillstat_http::{Ended, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

use crate::support::{Service, request};

/// A feed whose latest notice has the id 7 and that one may listen to once; notes from where.
#[derive(Debug)]
struct Told {
    news: Mutex<Option<UnboundedReceiver<Notice>>>,
    after: Mutex<Option<u64>>,
}

#[derive(Debug)]
struct Hears(UnboundedReceiver<Notice>);

#[async_trait]
impl Listener for Hears {
    async fn next(&mut self) -> Option<Notice> {
        self.0.recv().await
    }
}

impl ChangeFeed for Told {
    fn latest(&self) -> u64 {
        7
    }

    fn listen(&self, after: Option<u64>) -> Box<dyn Listener> {
        *self.after.lock().unwrap() = after;
        Box::new(Hears(self.news.lock().unwrap().take().expect("one listens")))
    }
}

fn told() -> (Arc<Told>, UnboundedSender<Notice>) {
    let (tell, news) = mpsc::unbounded_channel();
    (Arc::new(Told { news: Mutex::new(Some(news)), after: Mutex::new(None) }), tell)
}

fn watched() -> Arc<Unwatched> {
    Arc::new(Unwatched)
}

#[tokio::test]
async fn news_come_with_names_and_ids() {
    let (feed, tell) = told();
    let service = Service::live(Arc::clone(&feed) as _, watched());
    let artifact = "skill:pdf".parse().unwrap();
    let all = [
        News::Artifact { artifact, total: 3, modified: 1, worst: None },
        News::Collections,
        News::Resync,
    ];
    for (id, news) in (8..).zip(all) {
        tell.send(Notice { id, news }).unwrap();
    }
    drop(tell);
    let gzip = request("GET", "/api/v1/events", &[("accept-encoding", "gzip")]);
    let reply = service.send(gzip).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["content-type"], "text/event-stream");
    assert!(!reply.headers.contains_key("content-encoding"), "it would be held back");
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    let process = text.split("id: ").nth(1).unwrap().split('-').next().unwrap();
    let expected = format!(
        "event: ready\nid: {process}-7\ndata: {{\"event\":\"ready\"}}\n\n\
         event: artifact\nid: {process}-8\ndata: {{\"event\":\"artifact\",\"artifact\":\"skill:pdf\",\
         \"total_deployments\":3,\"modified_deployments\":1,\"state\":null}}\n\n\
         event: collections\nid: {process}-9\ndata: {{\"event\":\"collections\"}}\n\n\
         event: resync\nid: {process}-10\ndata: {{\"event\":\"resync\"}}\n\n"
    );
    assert_eq!(text, expected);
    assert_eq!(*feed.after.lock().unwrap(), Some(7), "what comes after the first event");
}

#[tokio::test]
async fn whoever_comes_back_goes_on_where_it_was() {
    // Fails when the process is not compared: the ids of two processes are two orders.
    let (feed, tell) = told();
    let service = Service::live(Arc::clone(&feed) as _, watched());
    drop(tell);
    let reply = service.get("/api/v1/events").await;
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    let process = text.split("id: ").nth(1).unwrap().split('-').next().unwrap().to_owned();
    for (last, expected) in [
        (format!("{process}-5"), 5),
        (format!("{:016x}-5", 1), u64::MAX),
        ("nonsense".to_owned(), u64::MAX),
        ("ÿ".to_owned(), u64::MAX),
        (format!("{process}-"), u64::MAX),
    ] {
        *feed.news.lock().unwrap() = Some(mpsc::unbounded_channel().1);
        let back = request("GET", "/api/v1/events", &[("last-event-id", &last)]);
        assert_eq!(service.send(back).await.bytes.len(), 0, "no `ready`: {last}");
        assert_eq!(*feed.after.lock().unwrap(), Some(expected), "{last}");
    }
}

#[tokio::test]
async fn what_is_told_while_a_stream_begins_comes_after_its_first_event() {
    // Fails when the feed is asked twice for its latest notice: one that comes in between is told, but
    // a client that is cut off before it would not be told again.
    let mut feed = MockChangeFeed::new();
    let latest = AtomicU64::new(7);
    feed.expect_latest().returning(move || latest.fetch_add(1, Ordering::SeqCst));
    let after = Arc::new(Mutex::new(None));
    let listened = Arc::clone(&after);
    feed.expect_listen().returning(move |after| {
        *listened.lock().unwrap() = after;
        Box::new(Hears(mpsc::unbounded_channel().1))
    });
    let reply = Service::live(Arc::new(feed), watched()).get("/api/v1/events").await;
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    let first = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let first = first.split('-').nth(1).unwrap().parse().ok();
    assert_eq!(*after.lock().unwrap(), first);
}

#[tokio::test]
async fn no_more_may_listen_than_there_are_places() {
    let mut feed = MockChangeFeed::new();
    feed.expect_latest().return_const(0_u64);
    feed.expect_listen().returning(|_| Box::new(Hears(mpsc::unbounded_channel().1)));
    let service = Service::live(Arc::new(feed), watched());
    let mut listening = Vec::new();
    for _ in 0..256 {
        listening.push(service.open("/api/v1/events").await);
    }
    assert!(listening.iter().all(|response| response.status() == StatusCode::OK));
    assert_eq!(service.get("/api/v1/events").await.status, StatusCode::SERVICE_UNAVAILABLE);
    listening.pop();
    assert_eq!(service.open("/api/v1/events").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stream_ends_with_the_service() {
    // Fails when `serve` does not tell the streams: the service would wait out its patience.
    let (feed, _tell) = told();
    let service = Service::live(feed, watched());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (end, ending) = oneshot::channel::<()>();
    let ending = async { ending.await.unwrap() };
    let patience = Duration::from_mins(5);
    let served = tokio::spawn(serve(listener, service.state.clone(), ending, patience));
    stream.write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains("event: ready") {
        assert_ne!(stream.read_buf(&mut read).await.unwrap(), 0);
    }
    end.send(()).unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), served).await;
    assert_eq!(ended.expect("it does not wait").unwrap(), Ended::InOrder);
}

#[tokio::test]
async fn what_is_not_watched_is_told_with_every_answer_and_by_health() {
    let gap = Problem {
        path: "/home/me/\"dév\"".to_owned(),
        line: None,
        kind: ProblemKind::NotWatched,
        reason: "is past the limit".to_owned(),
        fix: "raise it".to_owned(),
        artifact: None,
    };
    let coverage = Coverage {
        method: WatchMethod::Inotify,
        watches: 12,
        budget: 100,
        looked_at: 1,
        bound: Some(Duration::from_secs(2)),
        gaps: vec![gap],
        ..Coverage::none()
    };
    let coverage = Arc::new(coverage);
    let mut watcher = MockWatcher::new();
    watcher.expect_coverage().returning(move || Arc::clone(&coverage));
    let service = Service::live(Arc::new(MockChangeFeed::new()), Arc::new(watcher));
    let status = service.get("/api/v1/status").await;
    let header = status.headers["skillstat-watch"].to_str().unwrap();
    assert_eq!(header, r#"degraded; reason="/home/me/\"d?v\" is past the limit""#);
    assert_eq!(service.get("/health").await.json()["status"], "degraded");
    let health = service.get("/health/detailed").await.json();
    assert_eq!(health["components"]["watch"]["status"], "degraded");
    let details = health["components"]["watch"]["details"].as_str().unwrap();
    assert!(details.contains("is past the limit: raise it"), "{details}");
    let watch = service.get("/api/v1/watch").await.json();
    assert_eq!(watch["state"], "degraded");
    assert_eq!(watch["gaps"][0]["kind"], "not_watched");
    assert_eq!(watch["bound_seconds"], 2.0);

    let quiet = Service::live(Arc::new(MockChangeFeed::new()), watched());
    assert_eq!(quiet.get("/api/v1/status").await.headers["skillstat-watch"], "off");
    assert_eq!(quiet.get("/health").await.json()["status"], "healthy");
}
