//! All machines at once.

use super::*;
use crate::service::command;

/// Three machines with trees of their own: the project of each sandbox, and more.
fn machines(redis: &RedisServer) -> [Service; 3] {
    [0, 1, 2].map(|more: usize| {
        let name = format!("SKILLSTAT_HOST_NAME=host-{more}");
        let add = |tree: &Path| {
            for number in 0..more {
                let from = tree.join("shop/.claude");
                let to = tree.join(format!("more-{number}/.claude"));
                fs::create_dir_all(to.join("commands")).expect("writable");
                for file in [".skillmeat-deployed.toml", "commands/review.md"] {
                    fs::copy(from.join(file), to.join(file)).expect("writable");
                }
                // As it was deployed.
                fs::write(to.join("commands/review.md"), "# review\n").expect("writable");
            }
        };
        Service::start_by(&["env", &name], add, &["--trust-loopback", "--redis", &redis.address()])
    })
}

fn fleet(service: &Service) -> Value {
    ask(service, "GET /api/v1/fleet", &Value::Null).json()
}

#[test]
fn the_numbers_of_all_are_the_sum_and_who_is_silent_is_stale() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let redis = RedisServer::start(directory.path(), &[]);
    let [first, second, mut third] = machines(&redis);
    let total = |fleet: &Value| {
        ["hosts", "stale", "projects", "artifacts", "modified"]
            .map(|name| fleet["total"][name].as_u64().expect("a number"))
    };
    wait_until("all have reported", || total(&fleet(&first)) == [3, 0, 6, 3, 3]);
    let seen = fleet(&second);
    let names: Vec<_> = seen["hosts"].as_array().expect("a list").iter().collect();
    let host = |number: usize| (&names[number]["name"], &names[number]["projects"]);
    assert_eq!(host(0), (&json!("host-0"), &json!(1)));
    assert_eq!(host(2), (&json!("host-2"), &json!(3)));
    let one = ask(&first, "GET /api/v1/fleet/artifacts/command:review", &Value::Null).json();
    assert_eq!((&one["total_deployments"], &one["modified_deployments"]), (&json!(6), &json!(3)));
    let nowhere = ask(&first, "GET /api/v1/fleet/artifacts/skill:none", &Value::Null).json();
    assert_eq!(nowhere["hosts"], json!([]));

    let run = |arguments: &[&str]| {
        let address = redis.address();
        let by = ["env", &format!("SKILLSTAT_REDIS={address}")];
        crate::run(command_by(&by, &first.sandbox).args(arguments))
    };
    let (code, out, err) = run(&["fleet"]);
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("host-2") && err.contains("3 hosts, 0 of them stale"), "{out}{err}");
    let (code, out, _) = run(&["fleet", "command:review", "--json"]);
    assert_eq!(code, Some(0));
    let printed: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(printed["total_deployments"], 6);

    // One is gone; its last report was 20 seconds ago.
    third.child.kill().expect("it is our child");
    third.child.wait().expect("it is our child");
    let id = seen["hosts"][2]["id"].as_str().expect("a text").to_owned();
    let score: f64 = redis.command(&["ZSCORE", "skillstat:hosts", &id])[0].parse().expect("a time");
    redis.command(&["ZADD", "skillstat:hosts", &format!("{}", score - 20_000.0), &id]);
    wait_until("it is stale, and in no sum", || total(&fleet(&first)) == [3, 1, 3, 2, 2]);
    let stale = fleet(&first)["hosts"][2].clone();
    assert_eq!((&stale["stale"], &stale["watch"]), (&json!(true), &json!("unknown")));
    assert!(stale["age_seconds"].as_f64().is_some_and(|age| age > 15.0), "{stale}");
    let one = ask(&first, "GET /api/v1/fleet/artifacts/command:review", &Value::Null).json();
    assert_eq!(one["hosts"][2]["worst"], "unknown", "never synced");
    let (code, out, err) = run(&["fleet"]);
    assert_eq!(code, Some(3), "{out}");
    assert!(out.contains("stale") && err.contains("nobody knows how host-2 is"), "{out}{err}");
}

#[test]
fn without_a_server_there_is_no_view() {
    let service = Service::start(&[]);
    let answer = ask(&service, "GET /api/v1/fleet", &Value::Null);
    assert_eq!(answer.status, 404);
    let (code, _, err) = crate::run(command(&service.sandbox).arg("fleet"));
    assert_eq!(code, Some(2));
    assert!(err.contains("name a server with `redis"), "{err}");
    let by = ["env", "SKILLSTAT_REDIS=redis://127.0.0.1:1/0"];
    let (code, _, err) = crate::run(command_by(&by, &service.sandbox).arg("fleet"));
    assert_eq!(code, Some(3));
    assert!(err.contains("other machines cannot be reached"), "{err}");
}

#[test]
fn the_password_is_shown_nowhere() {
    // Fails when it is in the address, in an error, or in what is logged.
    let directory = tempfile::tempdir().expect("a temporary directory");
    let redis = RedisServer::start(directory.path(), &[]);
    redis.command(&["CONFIG", "SET", "requirepass", "right"]);
    let by = ["env", "SKILLSTAT_REDIS_PASSWORD=wr0ng-s3cret", "SKILLSTAT_LOG=trace"];
    let service = Service::start_by(&by, |_| (), &["--redis", &redis.address()]);
    wait_until("it is refused", || {
        let health = health(&service);
        let details = health["details"].as_str().expect("a text");
        details.contains("away") && details.to_lowercase().contains("pass")
    });
    let told = ["GET /health/detailed", "GET /metrics", "GET /api/v1/fleet", "GET /api/v1/watch"];
    for line in told {
        let answer = ask(&service, line, &Value::Null);
        assert!(!answer.body.contains("s3cret"), "{line}: {}", answer.body);
    }
    let line = fs::read_to_string(format!("/proc/{}/cmdline", service.child.id()));
    assert!(!line.expect("it runs").contains("s3cret"));
    for arguments in [&["config"][..], &["config", "--json"], &["fleet"], &["-v", "fleet"]] {
        let address = format!("SKILLSTAT_REDIS={}", redis.address());
        let by = [&by[..], &[&address]].concat();
        let (_, out, err) = crate::run(command_by(&by, &service.sandbox).args(arguments));
        assert!(!out.contains("s3cret") && !err.contains("s3cret"), "{out}{err}");
    }
    // In an address everybody could read it.
    let by = ["env", "SKILLSTAT_REDIS=redis://:s3cret@127.0.0.1/0"];
    let (code, out, err) = crate::run(command_by(&by, &service.sandbox).arg("config"));
    assert_eq!(code, Some(2));
    assert!(err.contains("redis_password_file") && !err.contains("s3cret"), "{out}{err}");
}

#[test]
fn a_password_in_a_file_that_others_may_read_is_refused() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let redis = RedisServer::start(directory.path(), &[]);
    redis.command(&["CONFIG", "SET", "requirepass", "right"]);
    let file = directory.path().join("password");
    fs::write(&file, "right\n").expect("writable");
    let service = Service::start(&[]);
    let by = [
        "env".to_owned(),
        format!("SKILLSTAT_REDIS={}", redis.address()),
        format!("SKILLSTAT_REDIS_PASSWORD_FILE={}", file.display()),
    ];
    let by: Vec<_> = by.iter().map(String::as_str).collect();
    let run = || crate::run(command_by(&by, &service.sandbox).arg("fleet"));
    crate::mode(&file, 0o644);
    let (code, _, err) = run();
    assert_eq!(code, Some(3));
    assert!(err.contains("chmod 600"), "{err}");
    crate::mode(&file, 0o600);
    let (code, _, err) = run();
    assert_eq!(code, Some(0), "{err}");
}
