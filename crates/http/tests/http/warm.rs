//! What was asked before is answered as the routes answer it, over a real socket.

use std::collections::BTreeMap;
use std::time::Duration;

use skillstat_domain::testing::MockStatsCache;
use skillstat_http::{GuardConfig, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{Service, request, small_world};

const QUESTION: &str = "/api/v1/artifacts/skill:canvas?include_deployments=true";

/// Not of the answer but of the connection or the very request.
const OTHERS: [&str; 4] = ["connection", "content-length", "date", "x-request-id"];

type Headers = BTreeMap<String, Vec<String>>;

async fn over_a_socket(address: std::net::SocketAddr, headers: &str) -> (u16, Headers, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let host = "Host: 127.0.0.1:8787\r\nConnection: close\r\n";
    let text = format!("GET {QUESTION} HTTP/1.1\r\n{host}{headers}\r\n");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let (status, rest) = head.split_once("\r\n").unwrap();
    let mut headers = Headers::new();
    for line in rest.lines() {
        let (name, value) = line.split_once(": ").unwrap();
        headers.entry(name.to_owned()).or_default().push(value.to_owned());
    }
    assert!(headers.contains_key("x-request-id"), "{head}");
    headers.retain(|name, _| !OTHERS.contains(&name.as_str()));
    (status[9..12].parse().unwrap(), headers, body.to_owned())
}

async fn from_the_routes(service: &Service, headers: &[(&str, &str)]) -> (u16, Headers, String) {
    let reply = service.send(request("GET", QUESTION, headers)).await;
    let mut found = Headers::new();
    for (name, value) in &reply.headers {
        let value = value.to_str().unwrap().to_owned();
        found.entry(name.to_string()).or_default().push(value);
    }
    found.retain(|name, _| !OTHERS.contains(&name.as_str()));
    (reply.status.as_u16(), found, String::from_utf8(reply.bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn it_is_the_same_answer() {
    let origin = "http://localhost:3000";
    let guard = GuardConfig { origins: vec![origin.to_owned()], ..GuardConfig::default() };
    let service = Service::with(small_world(), guard, MockStatsCache::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ending) = tokio::sync::oneshot::channel::<()>();
    let ending = async { ending.await.unwrap() };
    let served =
        tokio::spawn(serve(listener, service.state.clone(), ending, Duration::from_secs(10)));
    service.clock.advance(Duration::from_secs(7));

    let (status, headers, _) = from_the_routes(&service, &[]).await;
    let tag = headers["etag"][0].clone();
    assert_eq!((status, &*headers["age"][0]), (200, "7"));
    for header in [("accept", "*/*"), ("origin", origin), ("origin", "x"), ("if-none-match", &tag)]
    {
        let lines = format!("{}: {}\r\n", header.0, header.1);
        let warm = over_a_socket(address, &lines).await;
        assert_eq!(warm, from_the_routes(&service, &[header]).await, "{header:?}");
    }
    end.send(()).unwrap();
    served.await.unwrap();
}
