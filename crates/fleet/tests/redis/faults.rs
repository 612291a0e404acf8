//! A server that goes, comes back, or is not well.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use skillstat_domain::{Fleet, Missed, SharedChange};
use skillstat_fleet::testing::{Proxy, RedisServer, Traffic};
use tempfile::tempdir;

use crate::support::{eventually, fleet, fleet_with_password, volume, works};

fn everything() -> BTreeSet<SharedChange> {
    BTreeSet::from([SharedChange::Everything])
}

/// Waits until operations fail, and checks that they do so at once from then on.
async fn fails_at_once(fleet: &dyn Fleet) -> String {
    let is_away =
        async || fleet.renew(&volume(), None).await.is_err() && fleet.link().away.is_some();
    eventually("it is known that nobody is there", is_away).await;
    let begun = Instant::now();
    let error = fleet.renew(&volume(), None).await.expect_err("nobody is there");
    assert!(begun.elapsed() < Duration::from_millis(50), "{:?}", begun.elapsed());
    error.reason
}

#[tokio::test]
async fn a_server_that_was_killed_and_comes_back_is_an_empty_one() {
    let directory = tempdir().unwrap();
    let mut server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let known = fleet.renew(&volume(), None).await.unwrap().version;
    server.kill();
    fails_at_once(&*fleet).await;
    server.start_again(&[]);
    works(&*fleet).await;
    let renewal = fleet.renew(&volume(), Some(known)).await.unwrap();
    assert_eq!(renewal.missed, Missed::Everything);
    assert_ne!(renewal.version, known);
    assert_eq!(fleet.link().away, None);
    assert!(fleet.link().lost >= 1);
}

#[tokio::test]
async fn a_server_with_an_old_dump_is_an_empty_one() {
    // Fails when the run id is not in the key: then it has the very version that is known, and what was
    // announced since is lost.
    let directory = tempdir().unwrap();
    let mut server = RedisServer::start(directory.path(), &["--dbfilename", "dump.rdb"]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let known = fleet.announce(&volume(), &everything()).await.unwrap();
    server.command(&["SAVE"]);
    fleet.announce(&volume(), &everything()).await.unwrap();
    let keys = server.command(&["KEYS", "*"]);
    server.kill();
    server.start_again(&[]);
    assert_eq!(server.command(&["KEYS", "*"]), keys, "it has the dump");
    works(&*fleet).await;
    let renewal = fleet.renew(&volume(), Some(known)).await.unwrap();
    assert_eq!(renewal.missed, Missed::Everything);
}

#[tokio::test]
async fn a_server_that_is_full_says_so_and_gives_no_lease() {
    // Fails when a renewal only reads: then others would go on while nobody can be told anything.
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let known = fleet.announce(&volume(), &everything()).await.unwrap();
    server.command(&["CONFIG", "SET", "maxmemory", "1"]);
    let refused = fleet.announce(&volume(), &everything()).await.unwrap_err();
    assert!(refused.reason.contains("OOM"), "{refused}");
    assert!(fleet.link().away.unwrap().contains("OOM"));
    assert!(fleet.renew(&volume(), Some(known)).await.is_err());
    server.command(&["CONFIG", "SET", "maxmemory", "0"]);
    let renewal = fleet.renew(&volume(), Some(known)).await.unwrap();
    assert_eq!(renewal.missed, Missed::Changes(BTreeSet::new()), "nothing of it was done");
    fleet.announce(&volume(), &everything()).await.unwrap();
    assert_eq!(fleet.link().away, None);
}

#[tokio::test]
async fn a_server_that_only_follows_another_gives_no_lease() {
    let directories = [(); 2].map(|()| tempdir().unwrap());
    let [leader, follower] =
        directories.each_ref().map(|directory| RedisServer::start(directory.path(), &[]));
    let fleet = fleet(&follower.address());
    works(&*fleet).await;
    let known = fleet.renew(&volume(), None).await.unwrap().version;
    follower.command(&["REPLICAOF", "127.0.0.1", &leader.port().to_string()]);
    let refuses = async || fleet.renew(&volume(), Some(known)).await.is_err();
    eventually("it takes no changes", refuses).await;
    let has_taken_over = async || {
        let info = follower.command(&["INFO", "replication"]).remove(0);
        info.contains("master_link_status:up")
    };
    eventually("it has what the other one has", has_taken_over).await;
    follower.command(&["REPLICAOF", "NO", "ONE"]);
    works(&*fleet).await;
    let renewal = fleet.renew(&volume(), Some(known)).await.unwrap();
    assert_eq!(renewal.missed, Missed::Everything, "it has what the other one had");
}

#[tokio::test]
async fn a_wrong_password_is_told_and_never_shown() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    server.command(&["CONFIG", "SET", "requirepass", "right"]);
    for password in [Some("wr0ng-s3cret"), None] {
        let fleet = fleet_with_password(&server.address(), password);
        let reason = fails_at_once(&*fleet).await;
        assert!(reason.to_lowercase().contains("auth") || reason.contains("password"), "{reason}");
        assert!(!format!("{reason} {fleet:?}").contains("s3cret"));
    }
    let fleet = fleet_with_password(&server.address(), Some("right"));
    works(&*fleet).await;
}

#[tokio::test]
async fn a_way_that_is_cut_is_found_again() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let proxy = Proxy::start(server.port());
    let fleet = fleet(&proxy.address());
    works(&*fleet).await;
    proxy.set(Traffic::Cut);
    fails_at_once(&*fleet).await;
    proxy.set(Traffic::Flows);
    works(&*fleet).await;
    assert_eq!(fleet.link().away, None);
    // It does not hammer: one connection, or some while it was cut.
    assert!(proxy.connections() < 30, "{}", proxy.connections());
}

#[tokio::test]
async fn a_way_on_which_nothing_arrives_is_given_up() {
    for traffic in [Traffic::Lost, Traffic::OneWay, Traffic::Late(Duration::from_millis(200))] {
        let directory = tempdir().unwrap();
        let server = RedisServer::start(directory.path(), &[]);
        let proxy = Proxy::start(server.port());
        let fleet = fleet(&proxy.address());
        works(&*fleet).await;
        proxy.set(traffic);
        let begun = Instant::now();
        let error = fleet.renew(&volume(), None).await.unwrap_err();
        assert_eq!(error.reason, "no answer within 240 ms");
        assert!(begun.elapsed() < Duration::from_millis(400), "{:?}", begun.elapsed());
        fails_at_once(&*fleet).await;
        proxy.set(Traffic::Flows);
        works(&*fleet).await;
    }
}

#[tokio::test]
async fn a_slow_way_works_as_long_as_it_is_fast_enough() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let proxy = Proxy::start(server.port());
    let fleet = fleet(&proxy.address());
    works(&*fleet).await;
    proxy.set(Traffic::Late(Duration::from_millis(40)));
    for _ in 0..5 {
        fleet.renew(&volume(), None).await.unwrap();
    }
}
