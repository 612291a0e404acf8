//! The service as a process: it listens, answers, and ends when told.

use std::net::{TcpListener, TcpStream};

use rustix::process::{Pid, Signal, kill_process};

use crate::daemon::Daemon;
use crate::service::{Service, command};
use crate::{Sandbox, mode};

#[test]
fn it_answers_what_the_command_answers_and_ends_when_told() {
    let mut service = Service::start(&[]);
    assert_eq!(service.request("GET /health", "", "").0, 200);
    let (status, body) =
        service.request("GET /api/v1/artifacts/command:review?include_deployments=true", "", "");
    assert_eq!(status, 200, "{body}");
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let shown = command(&service.sandbox)
        .args(["--json", "--no-service", "show", "review"])
        .output()
        .expect("runs");
    let shown: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    assert_eq!(answer["deployment_stats"], shown);
    assert_eq!(shown["modified_deployments"], 1);

    let pid = Pid::from_child(&service.child);
    kill_process(pid, Signal::TERM).expect("it runs");
    assert_eq!(service.child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn an_edit_is_in_the_answer_after_an_invalidation_with_the_key() {
    let service = Service::start(&[]);
    let modified = || {
        let (_, body) = service.request(
            "GET /api/v1/artifacts/command:review?include_deployments=true",
            "",
            "",
        );
        let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        answer["deployment_stats"]["projects"][0]["state"].as_str().expect("a state").to_owned()
    };
    assert_eq!(modified(), "modified");
    std::fs::remove_file(service.sandbox.tree().join("shop/.claude/commands/review.md"))
        .expect("ours");
    let invalidate =
        |headers: &str| service.request("POST /api/v1/cache/invalidate", headers, "{}").0;
    let json = "Content-Type: application/json\r\n";
    assert_eq!(invalidate(json), 401, "other local users exist");
    let key = format!("{json}X-API-Key: {}\r\n", service.key());
    assert!((200..300).contains(&invalidate(&key)));
    assert_eq!(modified(), "missing");
}

#[test]
fn an_address_that_is_taken_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("it is bound").to_string();
    let output =
        command(&Sandbox::new()).args(["serve", "--listen", &address]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains(&format!("{address} is in use")) && said.contains("--listen"), "{said}");
}

#[test]
fn beyond_this_machine_it_takes_a_key() {
    let output =
        command(&Sandbox::new()).args(["serve", "--listen", "0.0.0.0:0"]).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("takes a key") && said.contains("mode 600"), "{said}");
}

#[test]
fn beyond_this_machine_reading_takes_the_key_too() {
    let sandbox = Sandbox::new();
    let (file, key) = (sandbox.tree().join("key"), "0123456789abcdef");
    std::fs::write(&file, key).expect("writable");
    mode(&file, 0o600);
    let mut command = command(&sandbox);
    command.args(["serve", "--listen", "0.0.0.0:0", "--log-json"]);
    command.env("SKILLSTAT_KEY_FILE", &file);
    let daemon = Daemon::start(command.env("XDG_RUNTIME_DIR", sandbox.tree().join(".run")));
    assert_eq!(daemon.ask("GET /health", "").0, 200);
    assert_eq!(daemon.ask("GET /api/v1/status", "").0, 401);
    assert_eq!(daemon.ask("GET /health/detailed", "").0, 401);
    assert_eq!(daemon.ask("GET /api/v1/status", &format!("X-API-Key: {key}\r\n")).0, 200);
    // Its owner's socket is here.
    assert_eq!(daemon.ask_privately("GET /api/v1/status").0, 200);
}

#[test]
fn many_that_say_nothing_keep_nobody_out_and_hold_up_no_end() {
    let mut service = Service::start(&[]);
    let idle: Vec<_> =
        (0..200).map(|_| TcpStream::connect(service.address).expect("it listens")).collect();
    assert_eq!(service.request("GET /health", "", "").0, 200);
    kill_process(Pid::from_child(&service.child), Signal::TERM).expect("it runs");
    assert_eq!(service.child.wait().expect("it ends").code(), Some(0));
    drop(idle);
}
