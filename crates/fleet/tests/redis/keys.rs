//! What is kept at the server, and how much of it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use skillstat_domain::testing::contract::{self, FleetStage};
use skillstat_domain::{
    Fleet, HostArtifact, HostId, HostSummary, Missed, SharedChange, StateName, VolumePath,
    WatchState,
};
use skillstat_fleet::testing::RedisServer;
use tempfile::tempdir;

use crate::support::{fleet, fleet_of, volume, works};

fn project(path: &str) -> BTreeSet<SharedChange> {
    BTreeSet::from([SharedChange::Project(VolumePath::new(path).expect("a place"))])
}

fn summary(number: usize, artifacts: usize) -> HostSummary {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    let artifact = |artifact| HostArtifact {
        artifact: format!("skill:artifact-{artifact:04}-{}", "x".repeat(200))
            .parse()
            .expect("an id"),
        total: 9,
        modified: 1,
        worst: Some(StateName::Modified),
    };
    HostSummary {
        host: HostId::from_bytes(id),
        name: format!("host-{number:04}"),
        version: "0.1.0".to_owned(),
        watch: WatchState::Live,
        roots: 1,
        projects: 9,
        problems: 0,
        modified: artifacts,
        artifacts: (0..artifacts).map(artifact).collect(),
        left_out: 0,
    }
}

#[tokio::test]
async fn keeps_the_contract_of_fleets() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let port = server.port();
    let stage = FleetStage {
        fleet: fleet(&server.address()),
        advance: Box::new(|time| {
            Box::pin(async move {
                let begun = Instant::now();
                while begun.elapsed() < time {
                    tokio::task::yield_now().await;
                }
            })
        }),
        forget: Box::new(move || {
            let redis = std::process::Command::new("redis-cli")
                .args(["-p", &port.to_string(), "FLUSHALL"])
                .output()
                .expect("redis-cli comes with redis-server");
            assert!(redis.status.success());
            Box::pin(std::future::ready(()))
        }),
        guard: Box::new(server),
    };
    contract::fleet(&stage).await;
}

#[tokio::test]
async fn keys_have_the_prefix_and_the_run_and_go_by_themselves() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    fleet.report(&summary(1, 1)).await.unwrap();
    let info = server.command(&["INFO", "server"]).remove(0);
    let run_id = info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap();
    let mut keys = server.command(&["KEYS", "*"]);
    keys.sort();
    let host = summary(1, 1).host;
    let expected =
        [format!("test:{run_id}:volume:team"), format!("test:host:{host}"), "test:hosts".into()];
    assert_eq!(keys, expected);
    for (key, most) in keys.iter().zip([86_400, 604_800, 604_800]) {
        let seconds: i64 = server.command(&["TTL", key])[0].parse().unwrap();
        assert!((most - 60..=most).contains(&seconds), "{key} for {seconds} s");
    }
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    for number in 0..600 {
        fleet.announce(&volume(), &project(&format!("dev/project-{number}"))).await.unwrap();
    }
    let key = server.command(&["KEYS", "*:volume:team"]).remove(0);
    assert_eq!(server.command(&["HLEN", &key]), ["257"]);
    let bytes = |key: &str| -> u64 {
        server.command(&["MEMORY", "USAGE", key, "SAMPLES", "0"])[0].parse().unwrap()
    };
    let a_volume = bytes(&key);
    assert!(a_volume < 64 << 10, "{a_volume} bytes for 256 announcements of one project");
    // The most that anybody can make of it.
    let long: BTreeSet<_> =
        (0..40).flat_map(|number| project(&format!("{number:03}/{}", "y".repeat(180)))).collect();
    for _ in 0..300 {
        fleet.announce(&volume(), &long).await.unwrap();
    }
    assert!(bytes(&key) < 4 << 20, "{} bytes", bytes(&key));
    // A machine with more artifacts than there is room for.
    fleet.report(&summary(0, 1000)).await.unwrap();
    let hosts = fleet.hosts().await.unwrap();
    let large = &hosts[0].summary;
    assert_eq!(large.artifacts.len() + large.left_out, 1000);
    assert!(large.left_out > 0);
    assert!(bytes(&format!("test:host:{}", large.host)) < 200 << 10);
    // More machines than there is room for: the last ones stay.
    for number in 1..=130 {
        fleet.report(&summary(number, 0)).await.unwrap();
    }
    let hosts = fleet.hosts().await.unwrap();
    assert_eq!(hosts.len(), 128);
    assert_eq!(hosts[127].summary.name, "host-0130");
}

#[tokio::test]
async fn scripts_that_the_server_has_forgotten_are_sent_again() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let known = fleet.renew(&volume(), None).await.unwrap().version;
    server.command(&["SCRIPT", "FLUSH"]);
    let again = fleet.renew(&volume(), Some(known)).await.unwrap();
    assert_eq!(again.missed, Missed::Changes(BTreeSet::new()));
}

#[tokio::test]
async fn a_volume_that_is_used_does_not_go() {
    // Fails when a renewal does not put the end off.
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let fleet = fleet(&server.address());
    works(&*fleet).await;
    let key = server.command(&["KEYS", "*:volume:team"]).remove(0);
    server.command(&["EXPIRE", &key, "100"]);
    fleet.renew(&volume(), None).await.unwrap();
    let seconds: u64 = server.command(&["TTL", &key])[0].parse().unwrap();
    assert!(Duration::from_secs(seconds) > Duration::from_secs(80_000));
}

/// What docs/fleet.md says that a user of the server needs.
const RIGHTS: &str = "+evalsha +script|load +info +hget +hset +hexists +hincrby +hdel +hmget +ttl +expire \
     +time +set +get +strlen +zadd +zremrangebyscore +zremrangebyrank +zrevrange";

#[tokio::test]
async fn a_user_with_few_rights_is_enough() {
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fleet.md");
    let guide = std::fs::read_to_string(guide).expect("it is there");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said: String = guide.chars().filter(|c| *c != '`').collect();
    for right in RIGHTS.split_whitespace() {
        assert!(words(&said).contains(right), "docs/fleet.md names {right}");
    }
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let user = ["ACL", "SETUSER", "me", "on", ">secret", "~test:*"];
    let user: Vec<_> = user.into_iter().chain(RIGHTS.split_whitespace()).collect();
    assert_eq!(server.command(&user), ["OK"]);
    let fleet = fleet_of(&server.address(), Some("me"), Some("secret"));
    works(&*fleet).await;
    let known = fleet.renew(&volume(), None).await.unwrap().version;
    fleet.announce(&volume(), &project("p")).await.unwrap();
    let missed = fleet.renew(&volume(), Some(known)).await.unwrap().missed;
    assert_eq!(missed, Missed::Changes(project("p")));
    fleet.report(&summary(1, 1)).await.unwrap();
    assert_eq!(fleet.hosts().await.unwrap().len(), 1);
}
