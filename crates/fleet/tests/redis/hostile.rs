//! Somebody else's words in the place of the server's, and in its keys.

use skillstat_domain::{Fleet, VolumeVersion};
use skillstat_fleet::testing::{Proxy, RedisServer, Traffic};
use tempfile::tempdir;

use crate::support::{fleet, volume, works};

#[tokio::test]
async fn whatever_is_answered_is_an_error_or_the_truth() {
    let lies: [&[u8]; 14] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\xff\xfe\x00\x01\r\n",
        b"+OK\r\n",
        b"-ERR \x1b[2Jno\r\n",
        b":9223372036854775807\r\n",
        b"$-1\r\n",
        b"*-1\r\n",
        b"*0\r\n",
        b"*2\r\n$1\r\n0\r\n$7\r\nchanges\r\n",
        b"*2\r\n$3\r\n1e3\r\n$7\r\nchanges\r\n",
        b"*3\r\n$1\r\n7\r\n$7\r\nchanges\r\n$4\r\nP../\r\n",
        b"*2\r\n$17\r\n99999999999999999\r\n$10\r\neverything\r\n",
        b"*1\r\n*1\r\n*1\r\n*1\r\n$1\r\n7\r\n",
        b"$999999999\r\nabc\r\n",
    ];
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let proxy = Proxy::start(server.port());
    for lie in lies {
        proxy.set(Traffic::Flows);
        let fleet = fleet(&proxy.address());
        works(&*fleet).await;
        let known = fleet.renew(&volume(), None).await.unwrap().version;
        proxy.set(Traffic::Garbage(lie));
        let shown = String::from_utf8_lossy(lie).into_owned();
        let error = fleet.renew(&volume(), Some(known)).await.expect_err(&shown);
        assert!(!error.reason.contains('\x1b') && error.reason.len() < 500, "{error}");
        assert!(fleet.announce(&volume(), &[].into()).await.is_err(), "{shown}");
        assert!(fleet.hosts().await.is_err(), "{shown}");
        proxy.set(Traffic::Flows);
        works(&*fleet).await;
        assert_eq!(fleet.renew(&volume(), Some(known)).await.unwrap().version, known);
    }
}

#[tokio::test]
async fn values_that_nobody_of_us_wrote_are_errors() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let key = server.command(&["KEYS", "*:volume:team"]).remove(0);
    // Whoever is told nonsense gives the connection up, and comes again.
    let fresh = async || {
        server.command(&["DEL", &key]);
        works(&*fleet).await;
        fleet.renew(&volume(), None).await.unwrap().version
    };
    for version in ["", "x", "-1", "0", "1.5", "99999999999999999999", "7x"] {
        let known = fresh().await;
        server.command(&["HSET", &key, "version", version]);
        let error = fleet.renew(&volume(), Some(known)).await.expect_err(version);
        let refused = error.reason.contains("makes no sense") || error.reason.contains("script");
        assert!(refused, "{version}: {error}");
    }
    for entry in ["", "X", "P/etc", "P../..", "E\u{1}"] {
        let known = fresh().await;
        let next = VolumeVersion::new(known.count() + 1).unwrap();
        server.command(&["HSET", &key, "version", &next.to_string()]);
        server.command(&["HSET", &key, &format!("log:{next}"), entry]);
        let error = fleet.renew(&volume(), Some(known)).await.expect_err(entry);
        assert!(error.reason.contains("makes no sense"), "{entry}: {error}");
    }
    let known = fresh().await;
    server.command(&["DEL", &key]);
    server.command(&["SET", &key, "a string"]);
    let error = fleet.renew(&volume(), Some(known)).await.unwrap_err();
    assert!(error.reason.contains("WRONGTYPE"), "{error}");
    assert_ne!(fresh().await, known);
}

#[tokio::test]
async fn machines_that_are_none_are_errors() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let id = "0".repeat(32);
    let key = format!("test:host:{id}");
    let large = "x".repeat(200_000);
    for body in ["{}", "null", "\u{1b}[2J", &large] {
        works(&*fleet).await;
        server.command(&["ZADD", "test:hosts", "1", &id]);
        server.command(&["SET", &key, body]);
        let error = fleet.hosts().await.unwrap_err();
        assert!(error.reason.contains(&id), "it is named: {error}");
        assert!(error.reason.len() < 500 && !error.reason.contains('\x1b'), "{error}");
    }
    server.command(&["DEL", &key]);
    server.command(&["ZADD", "test:hosts", "1", "\u{1b}[2J"]);
    server.command(&["SET", "test:host:\u{1b}[2J", "{}"]);
    works(&*fleet).await;
    let error = fleet.hosts().await.unwrap_err();
    assert!(error.reason.contains("without an id"), "{error}");
    server.command(&["DEL", "test:hosts"]);
    works(&*fleet).await;
    assert_eq!(fleet.hosts().await, Ok(Vec::new()));
}
