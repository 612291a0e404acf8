//! Several services: on one machine, and on machines that share a volume. Each machine is a home of its own
//! with a name of its own; nothing tells one what another has written, as on a network file system.

mod faults;
mod tls;
mod view;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use skillstat_fleet::testing::RedisServer;

use crate::service::{Answer, Service, command_by, write_tree};
use crate::watching::wait_until;

/// A directory that machines share, with a project in it whose copy of `review` is edited, and a server.
struct Volume {
    redis: RedisServer,
    directory: tempfile::TempDir,
}

impl Volume {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let redis = directory.path().join("redis");
        fs::create_dir(&redis).expect("writable");
        let volume = Self { redis: RedisServer::start(&redis, &[]), directory };
        write_tree(&volume.root());
        fs::remove_dir_all(volume.root().join(".skillmeat")).expect("it was made");
        volume
    }

    fn root(&self) -> PathBuf {
        self.directory.path().canonicalize().expect("it is there").join("team")
    }

    fn shop(&self) -> PathBuf {
        self.root().join("shop")
    }

    /// The settings of a machine of this name.
    fn settings(&self, name: &str) -> Vec<String> {
        let root = self.root().display().to_string();
        vec![
            "env".to_owned(),
            format!("SKILLSTAT_ROOTS={root}"),
            format!("SKILLSTAT_VOLUMES=team={root}"),
            format!("SKILLSTAT_HOST_NAME={name}"),
            "SKILLSTAT_WATCH=off".to_owned(),
        ]
    }

    /// A service on a machine of this name, which reaches the server at an address.
    fn host(&self, name: &str, address: &str) -> Service {
        let settings = self.settings(name);
        let settings: Vec<_> = settings.iter().map(String::as_str).collect();
        Service::start_by(&settings, |_| (), &["--trust-loopback", "--redis", address])
    }

    fn hosts(&self) -> [Service; 2] {
        ["one", "two"].map(|name| self.host(name, &self.redis.address()))
    }

    fn edit(&self, text: &str) {
        fs::write(self.shop().join(".claude/commands/review.md"), text).expect("writable");
    }
}

fn ask(service: &Service, line: &str, body: &Value) -> Answer {
    let headers = "Content-Type: application/json\r\n";
    let body = if body.is_null() { String::new() } else { body.to_string() };
    service.ask(line, headers, &body)
}

/// Returns in how many projects the command is deployed, and in how many it is modified.
#[track_caller]
fn shown(service: &Service) -> (u64, u64) {
    counts(&ask(
        service,
        "GET /api/v1/artifacts/command:review?include_deployments=true",
        &Value::Null,
    ))
}

#[track_caller]
fn counts(answer: &Answer) -> (u64, u64) {
    let stats = answer.json()["deployment_stats"].clone();
    let number = |name: &str| stats[name].as_u64().unwrap_or_else(|| panic!("{}", answer.body));
    (number("total_deployments"), number("modified_deployments"))
}

/// Deploys or undeploys the command; returns the answer.
#[track_caller]
fn write(service: &Service, what: &str, project: &Path) -> Value {
    let line = format!("POST /api/v1/artifacts/command:review/{what}");
    let answer = ask(service, &line, &json!({"project_path": project, "overwrite": true}));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// Returns the part of the state that is about other machines.
fn health(service: &Service) -> Value {
    ask(service, "GET /health/detailed", &Value::Null).json()["components"]["fleet"].clone()
}

/// Waits until a machine has a lease.
#[track_caller]
fn has_lease(service: &Service) {
    wait_until("it has a lease", || {
        shown(service);
        is_good(service)
    });
}

/// Tells whether a machine has a lease that has not lapsed.
fn is_good(service: &Service) -> bool {
    let health = health(service);
    let details = health["details"].as_str().expect("a text");
    details.contains("lease for") && !details.contains("lease for 0 ms")
}

#[test]
fn two_services_on_one_machine_need_nothing_else() {
    // Each watches by itself.
    let first = Service::start(&["--trust-loopback"]);
    let second = first.start_beside(&[], &["--trust-loopback"]);
    let shop = first.sandbox.tree().canonicalize().expect("it is there").join("shop");
    let live = |service: &Service| {
        let answer = ask(service, "GET /api/v1/status", &Value::Null);
        answer.header("skillstat-watch") == "live"
    };
    wait_until("both watch", || live(&first) && live(&second));
    for _ in 0..5 {
        assert_eq!(shown(&second), (1, 1));
        write(&first, "deploy", &shop);
        assert_eq!(shown(&second), (1, 0), "in the very next answer");
        write(&second, "undeploy", &shop);
        assert_eq!(shown(&first), (0, 0));
        write(&second, "deploy", &shop);
        assert_eq!(shown(&first), (1, 0));
        fs::write(shop.join(".claude/commands/review.md"), "edited by hand").expect("writable");
        assert_eq!((shown(&first), shown(&second)), ((1, 1), (1, 1)));
    }
}

#[test]
fn what_one_machine_writes_is_in_the_next_answer_of_another() {
    // Fails when nothing is announced, when an announcement does not wait, and when an answer is given
    // without a lease.
    let volume = Volume::new();
    let [one, two] = volume.hosts();
    has_lease(&two);
    for _ in 0..3 {
        assert_eq!(shown(&two), (1, 1));
        write(&one, "deploy", &volume.shop());
        assert_eq!(shown(&two), (1, 0));
        write(&two, "undeploy", &volume.shop());
        assert_eq!(shown(&one), (0, 0));
        write(&two, "deploy", &volume.shop());
        assert_eq!(shown(&one), (1, 0));
        volume.edit("edited by hand");
        // Nobody is told of that, but by who asks for it.
        let answer = ask(&one, "POST /api/v1/cache/invalidate", &Value::Null);
        assert_eq!(answer.json(), json!({"invalidated": "all"}));
        assert_eq!((shown(&two), shown(&one)), ((1, 1), (1, 1)));
    }
    let again =
        ask(&two, "GET /api/v1/artifacts/command:review?include_deployments=true", &Value::Null);
    assert_eq!(again.header("cache-status"), "skillstat; hit", "it is a cache all the same");
    // A project that was none.
    let fresh = volume.root().join("fresh");
    fs::create_dir_all(fresh.join(".claude")).expect("writable");
    write(&one, "deploy", &fresh);
    assert_eq!(shown(&two), (2, 1));
}

#[test]
fn the_command_tells_services_elsewhere_too() {
    let volume = Volume::new();
    let [one, two] = volume.hosts();
    has_lease(&two);
    assert_eq!(shown(&two), (1, 1));
    let mut settings = volume.settings("one");
    settings.push(format!("SKILLSTAT_REDIS={}", volume.redis.address()));
    let settings: Vec<_> = settings.iter().map(String::as_str).collect();
    let project = volume.shop().display().to_string();
    let order = ["deploy", "command:review", "--project", &project, "--force"];
    let (code, out, err) = crate::run(command_by(&settings, &one.sandbox).args(order));
    assert!(code == Some(0) && !err.contains("could not be told"), "{out}{err}");
    assert_eq!(shown(&two), (1, 0));
}

#[test]
fn what_is_edited_by_hand_is_said_to_be_seen_late() {
    let volume = Volume::new();
    let [one, _two] = volume.hosts();
    has_lease(&one);
    let watching = ask(&one, "GET /api/v1/watch", &Value::Null).json();
    let gaps = watching["gaps"].as_array().expect("a list");
    let root = volume.root().display().to_string();
    let gap = gaps.iter().find(|gap| gap["path"] == root).expect("the volume is named");
    assert!(gap["reason"].as_str().is_some_and(|reason| reason.contains("by hand")), "{gap}");
}
