//! The service as a process: it listens, answers, and ends when told.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::Sandbox;

/// A service that is ended when this goes.
struct Service {
    child: Child,
    address: SocketAddr,
    /// Open as long as the service writes to it.
    _log: BufReader<std::process::ChildStderr>,
    sandbox: Sandbox,
}

impl Service {
    /// Starts a service over a tree with one project, and waits until it listens.
    fn start(arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        let profile_root = sandbox.tree().join("shop/.claude");
        std::fs::create_dir_all(profile_root.join("commands")).expect("writable");
        std::fs::write(profile_root.join("commands/review.md"), "edited").expect("writable");
        let record = format!(
            "[[deployed]]\nartifact_name = \"review\"\nartifact_type = \"command\"\nfrom_collection = \"default\"\n\
             deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"commands/review.md\"\ncontent_hash = \"{}\"\n",
            "0".repeat(64)
        );
        std::fs::write(profile_root.join(".skillmeat-deployed.toml"), record).expect("writable");
        let mut child = command(&sandbox)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-json"])
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        let mut log = BufReader::new(child.stderr.take().expect("it is piped"));
        let address = loop {
            let mut line = String::new();
            assert_ne!(
                log.read_line(&mut line).expect("readable"),
                0,
                "it ended before it listened"
            );
            let event: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
            if let Some(address) = event["fields"]["address"].as_str() {
                break address.parse().expect("an address");
            }
        };
        Self { child, address, _log: log, sandbox }
    }

    /// Sends a request and returns status and body.
    fn request(&self, line: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
            self.address
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status =
            answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
        (status, body)
    }

    fn key(&self) -> String {
        let path = self.sandbox.directory.path().join("tree/.local/state/skillstat/token");
        std::fs::read_to_string(path).expect("serve made it")
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// The binary with the tree as home and search root.
fn command(sandbox: &Sandbox) -> Command {
    let mut command = Command::new(sandbox.directory.path().join("skillstat"));
    command.env_clear().env("HOME", sandbox.tree()).env("SKILLSTAT_ROOTS", sandbox.tree());
    command
}

#[test]
fn it_answers_what_the_command_answers_and_ends_when_told() {
    let mut service = Service::start(&[]);
    assert_eq!(service.request("GET /health", "", "").0, 200);
    let (status, body) =
        service.request("GET /api/v1/artifacts/command:review?include_deployments=true", "", "");
    assert_eq!(status, 200, "{body}");
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let shown =
        command(&service.sandbox).args(["--json", "show", "review"]).output().expect("runs");
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
