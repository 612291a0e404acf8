//! A service that goes on while others are killed: its very next answer is that of a look at the disk.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde_json::{Value, json};

use crate::strace::{calls, kill};
use crate::world::{Operation, World};

/// Of so many calls one is tried: the others are those of the tests without a service.
const ONE_OF: usize = 4;

/// Longer than a service takes to follow the disk.
const PATIENCE: Duration = Duration::from_mins(1);

/// A service over a world, ended when this goes.
struct Served<'a> {
    world: &'a World,
    child: Child,
    address: String,
    /// Open as long as the service writes to it.
    _log: BufReader<ChildStderr>,
}

impl<'a> Served<'a> {
    fn start(world: &'a World) -> Self {
        let mut command = world.skillstat(&["serve", "--listen", "127.0.0.1:0", "--log-json"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "it ended before it listened");
            let event: Value = serde_json::from_str(&line).unwrap();
            if let Some(address) = event["fields"]["address"].as_str() {
                break address.to_owned();
            }
        };
        let served = Self { world, child, address, _log: log };
        // Until then an answer is as old as its time to live allows.
        let begun = Instant::now();
        while served.ask("GET /api/v1/watch", "").1["state"] != "live" {
            assert!(begun.elapsed() < PATIENCE, "it never follows the disk");
            thread::yield_now();
        }
        served
    }

    /// Asks, with the key, and returns status and body.
    fn ask(&self, line: &str, body: &str) -> (String, Value) {
        let key = fs::read_to_string(self.world.path("home/.local/state/skillstat/key")).unwrap();
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-API-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head[9..12].to_owned(), serde_json::from_str(body).unwrap())
    }

    /// Fails unless the service and the disk say the same; returns that.
    #[track_caller]
    fn status(&self, when: &str) -> Value {
        let (status, answer) = self.ask("GET /api/v1/status", "");
        let output = self.world.skillstat(&["--json", "--no-service", "status"]).output().unwrap();
        let looked: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&*status, &answer), ("200", &looked), "{when}");
        looked
    }
}

impl Drop for Served<'_> {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

#[test]
fn the_next_answer_after_a_kill_is_right_and_so_is_that_after_the_next_write() {
    let template = World::before(Operation::Overwrite);
    let calls = calls(&template.copy(), Operation::Overwrite.arguments());
    let world = template.copy();
    let service = Served::start(&world);
    let project = world.path("projects/app");
    let order = json!({ "project_path": project, "overwrite": true }).to_string();
    let mut interrupted = 0;
    for (index, call) in calls.iter().enumerate().step_by(ONE_OF) {
        world.version(&index.to_string());
        world.write("projects/app/.claude/skills/pdf/SKILL.md", "edited");
        let _killed = kill(&world, Operation::Overwrite.arguments(), call);
        let left = service.status(&format!("{call:?}"));
        interrupted += left["problems"].as_array().unwrap().len();
        let (status, body) = service.ask("POST /api/v1/artifacts/skill:pdf/deploy", &order);
        assert_eq!(status, "200", "{call:?}: {body}");
        let written = service.status(&format!("after {call:?}"));
        let pdf = &written["artifacts"][1];
        assert_eq!(
            (&pdf["total_deployments"], &pdf["modified_deployments"], &written["problems"]),
            (&json!(1), &json!(0), &json!([])),
            "{call:?}: {written}"
        );
    }
    assert!(interrupted > 0, "some left something behind");
    world.nothing_lies_about();
}

#[test]
fn the_next_answer_after_orders_that_race_is_right() {
    let world = World::before(Operation::Overwrite);
    let service = Served::start(&world);
    let order =
        json!({ "project_path": world.path("projects/app"), "overwrite": true }).to_string();
    let mut deployed = 0;
    for round in 0..10 {
        world.version(&round.to_string());
        let commands = [Operation::Overwrite, Operation::Undeploy].map(|operation| {
            let mut command = world.skillstat(operation.arguments());
            command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        });
        let (status, body) = service.ask("POST /api/v1/artifacts/skill:pdf/deploy", &order);
        assert!(["200", "409"].contains(&&*status), "{round}: {body}");
        deployed += u32::from(status == "200");
        for mut command in commands {
            command.wait().unwrap();
        }
        let status = service.status(&round.to_string());
        assert_eq!(status["problems"], json!([]), "{round}");
    }
    assert!(deployed > 0);
    world.nothing_lies_about();
}

#[test]
fn the_next_answer_after_hostile_records_and_orders_is_right() {
    let world = World::before(Operation::Overwrite);
    let service = Served::start(&world);
    let tracker = "projects/app/.claude/.skillmeat-deployed.toml";
    let honest = fs::read_to_string(world.path(tracker)).unwrap();
    let project = world.path("projects/app");
    let long = "n".repeat(300);
    for path in
        ["../../outside", "/etc", "skills", "a\\u0000b", "a\\nb", &long, ".skillstat-intent"]
    {
        let record = format!(
            "\n[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"agent\"\nfrom_collection = \"default\"\n\
             deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"{path}\"\ncontent_hash = \"{}\"\n",
            "0".repeat(64)
        );
        world.write(tracker, &(honest.clone() + &record));
        service.status(path);
        let order = json!({ "project_path": project }).to_string();
        service.ask("POST /api/v1/artifacts/agent:pdf/undeploy", &order);
        service.status(&format!("{path} taken away"));
        let order = json!({ "project_path": project, "overwrite": true, "dest_path": path });
        service.ask("POST /api/v1/artifacts/skill:pdf/deploy", &order.to_string());
        service.status(&format!("deployed to {path}"));
    }
    let note = fs::read_to_string(project.join(".claude/commands/note.md")).unwrap();
    assert_eq!(note, "note", "whoever lies beside is left alone");
}
