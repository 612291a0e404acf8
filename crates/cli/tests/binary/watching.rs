//! Following the disk as a process: what changed is in the next answer and in the stream of events,
//! real limits are said and got over, and `skillstat watch` ends cleanly.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::service::{Service, command};
use crate::{Sandbox, is_root};

/// Longer than anything takes that comes at all.
const PATIENCE: Duration = Duration::from_secs(40);

const REVIEW: &str = "GET /api/v1/artifacts/command:review?include_deployments=true";
const QUEUE_LIMIT: &str = "/proc/sys/fs/inotify/max_queued_events";

pub(crate) fn wait_until(what: &str, good: impl Fn() -> bool) {
    let begun = Instant::now();
    while !good() {
        assert!(begun.elapsed() < PATIENCE, "never so: {what}");
        std::thread::yield_now();
    }
}

pub(crate) fn watch_state(service: &Service) -> String {
    let watch = service.ask("GET /api/v1/watch", "", "").json();
    watch["state"].as_str().expect("a state").to_owned()
}

fn state_of_review(service: &Service) -> String {
    let stats = &service.ask(REVIEW, "", "").json()["deployment_stats"];
    stats["projects"][0]["state"].as_str().expect("a state").to_owned()
}

#[test]
fn an_edit_is_in_the_next_answer_and_in_the_events() {
    let service = Service::start(&[]);
    wait_until("live", || watch_state(&service) == "live");
    let mut events = events(&service);
    let mut hear = |texts: &[&str]| events.any(|line| texts.iter().any(|text| line.contains(text)));

    assert_eq!(state_of_review(&service), "modified");
    let copy = service.sandbox.tree().join("shop/.claude/commands/review.md");
    // That watching has begun is told as a resync, which may still be to come; what is heard of this
    // edit comes with it or after it.
    fs::write(&copy, "edited a first time").expect("ours");
    assert!(hear(&["event: artifact", "event: resync"]));
    fs::remove_file(&copy).expect("ours");
    let answer = service.ask(REVIEW, "", "");
    assert_eq!(answer.header("skillstat-watch"), "live");
    let stats = &answer.json()["deployment_stats"];
    assert_eq!(stats["projects"][0]["state"], "missing");
    assert!(hear(&["\"state\":\"missing\""]));
    fs::write(copy, "edited again").expect("ours");
    assert_eq!(state_of_review(&service), "modified");
    assert!(hear(&["\"state\":\"modified\""]));
}

/// Adds a project with a copy that has many directories.
fn large_copy(home: &Path) {
    let profile_root = home.join("bank/.claude");
    for number in 0..60 {
        fs::create_dir_all(profile_root.join(format!("skills/large/{number}"))).expect("writable");
    }
    fs::write(profile_root.join("skills/large/SKILL.md"), "# Large").expect("writable");
    let record = format!(
        "[[deployed]]\nartifact_name = \"large\"\nartifact_type = \"skill\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"skills/large\"\ncontent_hash = \"{}\"\n",
        "0".repeat(64)
    );
    fs::write(profile_root.join(".skillmeat-deployed.toml"), record).expect("writable");
}

fn hash_of_large(service: &Service) -> String {
    let ask = "GET /api/v1/artifacts/skill:large?include_deployments=true";
    let stats = &service.ask(ask, "", "").json()["deployment_stats"];
    stats["projects"][0]["copies"][0]["current"].as_str().expect("a hash").to_owned()
}

/// In a user namespace of its own a service has a limit of its own.
#[test]
fn where_the_system_allows_too_few_watches_it_is_said_and_answers_are_right_within_the_bound() {
    let limit = "/proc/sys/user/max_inotify_watches";
    let script = format!("echo 40 > {limit} && exec \"$0\" \"$@\"");
    let by = ["unshare", "--user", "--map-root-user", "sh", "-c", &script];
    let service = Service::start_by(&by, large_copy, &[]);
    wait_until("degraded", || watch_state(&service) == "degraded");
    let watch = service.ask("GET /api/v1/watch", "", "").json();
    assert!(watch["watches"].as_u64().is_some_and(|watches| watches <= 40), "{watch}");
    assert_eq!(watch["gaps"][0]["path"], "/proc/sys/fs/inotify/max_user_watches", "{watch}");
    assert!(watch["gaps"][0]["fix"].as_str().is_some_and(|fix| fix.contains("sysctl")), "{watch}");
    let health = service.ask("GET /health", "", "").json();
    assert_eq!(health["status"], "degraded", "{health}");
    assert!(service.ask(REVIEW, "", "").header("skillstat-watch").starts_with("degraded; reason="));

    let before = hash_of_large(&service);
    let file = service.sandbox.tree().join("bank/.claude/skills/large/7/file");
    fs::write(&file, "new").expect("ours");
    wait_until("the change of what is looked at", || hash_of_large(&service) != before);

    let process = service.child.id().to_string();
    let raise = format!("echo 100000 > {limit}");
    let raised = Command::new("nsenter")
        .args(["--user", "--preserve-credentials", "--target", &process, "sh", "-c", &raise])
        .status();
    assert!(raised.expect("nsenter is installed").success());
    wait_until("live again", || watch_state(&service) == "live");
    let before = hash_of_large(&service);
    fs::write(&file, "newer").expect("ours");
    assert_ne!(hash_of_large(&service), before);
}

/// In a namespace of its own a service has mounts of its own.
#[test]
fn what_is_mounted_or_unmounted_is_seen() {
    let by = ["unshare", "--user", "--map-root-user", "--mount"];
    let service = Service::start_by(&by, large_copy, &[]);
    wait_until("live", || watch_state(&service) == "live");
    let bank = service.sandbox.tree().join("bank");
    let there = |script: &str| {
        let process = service.child.id().to_string();
        let status = Command::new("nsenter")
            .args(["--user", "--mount", "--preserve-credentials", "--target", &process])
            .args(["sh", "-e", "-c", script])
            .arg(&bank)
            .status();
        assert!(status.expect("nsenter is installed").success(), "{script}");
    };
    let projects = || {
        let projects = service.ask("GET /api/v1/projects", "", "").json();
        projects["items"].as_array().expect("an array").len()
    };
    assert_eq!(projects(), 2);
    there("mount -t tmpfs none \"$0\"");
    wait_until("the project is covered", || projects() == 1);
    wait_until("live", || watch_state(&service) == "live");
    // What is mounted is watched.
    there("mkdir \"$0/.codex\" && touch \"$0/.codex/.skillmeat-deployed.toml\"");
    assert_eq!(projects(), 2);
    there("umount \"$0\"");
    wait_until("the project is there again", || {
        let ask = "GET /api/v1/artifacts/skill:large?include_deployments=true";
        service.ask(ask, "", "").json()["deployment_stats"]["total_deployments"] == 1
    });
    wait_until("live", || watch_state(&service) == "live");
    let before = hash_of_large(&service);
    fs::write(bank.join(".claude/skills/large/7/file"), "new").expect("ours");
    assert_ne!(hash_of_large(&service), before);
}

#[test]
fn by_hints_of_the_system_a_change_is_seen_soon_and_it_is_said_that_it_may_be_late() {
    let service = Service::start_by(&["env", "SKILLSTAT_WATCH=notify"], |_| (), &[]);
    wait_until("looked at", || watch_state(&service) == "degraded");
    let watch = service.ask("GET /api/v1/watch", "", "").json();
    assert_eq!(watch["method"], "notify", "{watch}");
    assert!(watch["gaps"][0]["reason"].as_str().is_some_and(|why| why.contains("late")), "{watch}");
    let copy = service.sandbox.tree().join("shop/.claude/commands/review.md");
    fs::remove_file(copy).expect("ours");
    wait_until("the change", || state_of_review(&service) == "missing");
}

/// Nothing else runs beside this test (`.config/nextest.toml`): the limit is that of the whole system,
/// and is read when a service begins.
#[test]
fn when_more_changes_than_the_queue_holds_it_is_said_and_the_next_answer_is_right() {
    if !is_root() {
        return say("NOT RUN: only root may set the limit of queued events");
    }
    let limit = fs::read_to_string(QUEUE_LIMIT).expect("readable");
    fs::write(QUEUE_LIMIT, "16").expect("root may");
    let service = Service::start_by(&[], large_copy, &[]);
    fs::write(QUEUE_LIMIT, limit).expect("root may");
    wait_until("live", || watch_state(&service) == "live");
    let mut events = events(&service);
    let before = hash_of_large(&service);

    let pid = Pid::from_child(&service.child);
    kill_process(pid, Signal::STOP).expect("it runs");
    let large = service.sandbox.tree().join("bank/.claude/skills/large");
    for number in 0..60 {
        fs::write(large.join(format!("{number}/file")), "new").expect("ours");
    }
    kill_process(pid, Signal::CONT).expect("it is stopped");
    assert_ne!(hash_of_large(&service), before);
    assert!(events.any(|line| line.contains("event: resync")));
    wait_until("live again", || watch_state(&service) == "live");
    let before = hash_of_large(&service);
    fs::write(large.join("7/file"), "newer").expect("ours");
    assert_ne!(hash_of_large(&service), before);
}

#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
pub(crate) fn say(what: &str) {
    eprintln!("{what}");
}

/// Returns the lines of the stream of events.
fn events(service: &Service) -> impl Iterator<Item = String> {
    let mut stream = TcpStream::connect(service.address).expect("it listens");
    let address = service.address;
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    stream.set_read_timeout(Some(PATIENCE)).expect("it may be set");
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.any(|line| line == "event: ready"));
    lines
}

/// A command that watches, and what it has written.
struct Watch {
    child: Child,
    out: BufReader<std::process::ChildStdout>,
    sandbox: Sandbox,
}

impl Watch {
    fn start(arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        large_copy(&sandbox.tree());
        let mut child = command(&sandbox)
            .arg("watch")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        // It says what it watches when it does.
        let mut said = String::new();
        let err = child.stderr.as_mut().expect("it is piped");
        BufReader::new(err).read_line(&mut said).expect("readable");
        assert!(said.contains("watching 1 artifact in 1 project"), "{said}");
        let out = BufReader::new(child.stdout.take().expect("it is piped"));
        Self { child, out, sandbox }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).expect("UTF-8");
        line
    }

    fn end(mut self, signal: Signal) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).expect("UTF-8");
        (self.child.wait().expect("it ends").code(), rest)
    }
}

#[test]
fn watch_tells_changes_in_lines_until_it_is_interrupted() {
    let mut watch = Watch::start(&[]);
    let file = watch.sandbox.tree().join("bank/.claude/skills/large/SKILL.md");
    fs::remove_dir_all(file.parent().expect("it has one")).expect("ours");
    while !watch.line().contains("skill:large: in 1 project, modified in 0, missing") {}
    assert_eq!(watch.end(Signal::INT), (Some(0), String::new()));
}

#[test]
fn watch_tells_changes_in_json_until_it_is_terminated() {
    let mut watch = Watch::start(&["--json"]);
    let tracker = watch.sandbox.tree().join("bank/.claude/.skillmeat-deployed.toml");
    fs::remove_file(tracker).expect("ours");
    loop {
        let news: serde_json::Value = serde_json::from_str(&watch.line()).expect("a line of JSON");
        if news["event"] == "artifact" {
            assert_eq!(news["artifact"], "skill:large");
            assert_eq!(news["total_deployments"], 0);
            break;
        }
    }
    assert_eq!(watch.end(Signal::TERM).0, Some(0));
}

#[test]
fn on_a_terminal_watch_draws_a_table_and_leaves_the_terminal_as_it_was() {
    let sandbox = Sandbox::new();
    large_copy(&sandbox.tree());
    // `script` gives it a terminal; Ctrl-C is typed there, and the shell there is told of it, too.
    let binary = sandbox.directory.path().join("skillstat");
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--flush", "--command"])
        .arg(format!(
            "trap : INT; stty rows 20 cols 70; stty -a > before; {} watch; stty -a > after",
            binary.display()
        ))
        .arg("/dev/null")
        .current_dir(sandbox.directory.path())
        .env("HOME", sandbox.tree())
        .env("SKILLSTAT_ROOTS", sandbox.tree())
        .env("TERM", "xterm")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script is installed");
    let mut out = child.stdout.take().expect("it is piped");
    let mut shown = String::new();
    let mut see = |what: &str| {
        let begun = Instant::now();
        while !shown.contains(what) {
            assert!(begun.elapsed() < PATIENCE, "not shown: {what} in {shown}");
            let mut more = [0; 4096];
            let read = out.read(&mut more).expect("readable");
            assert_ne!(read, 0, "it ended: {shown}");
            shown.push_str(&String::from_utf8_lossy(&more[..read]));
        }
        std::mem::take(&mut shown)
    };
    see("1 copy in 1 project: 1 modified");
    fs::remove_dir_all(sandbox.tree().join("bank/.claude/skills/large")).expect("ours");
    let redrawn = see("1 copy in 1 project: 1 missing");
    assert!(redrawn.contains("\u{1b}[J"), "{redrawn:?}");
    child.stdin.take().expect("it is piped").write_all(b"\x03").expect("it reads");
    assert!(child.wait().expect("it ends").success());
    let read = |name: &str| fs::read_to_string(sandbox.directory.path().join(name)).expect("there");
    assert_eq!(read("before"), read("after"));
    // Neither another screen nor a hidden cursor is ever asked for.
    assert!(!redrawn.contains("\u{1b}[?"), "{redrawn:?}");
}
