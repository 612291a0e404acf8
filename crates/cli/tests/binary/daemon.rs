//! A service as a process, over whichever socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::Sandbox;

/// A service that is ended when this goes.
pub(crate) struct Daemon {
    child: Child,
    log: BufReader<ChildStderr>,
    /// What it wrote until it listened.
    pub(crate) start: Vec<Value>,
    pub(crate) address: SocketAddr,
    pub(crate) socket: Option<PathBuf>,
}

/// `skillstatd` with the tree as home and nothing else, on any port.
pub(crate) fn skillstatd(sandbox: &Sandbox) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skillstatd"));
    command.env_clear().env("HOME", sandbox.tree()).current_dir(sandbox.tree());
    command.args(["--listen", "127.0.0.1:0", "--log-json"]).stdin(Stdio::null());
    command
}

impl Daemon {
    /// Starts it and waits until it answers.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let spawned = command.stderr(Stdio::piped()).spawn();
        let mut child = spawned.expect("the binary runs");
        let log = BufReader::new(child.stderr.take().expect("it is piped"));
        let address = ([0, 0, 0, 0], 0).into();
        let mut daemon = Self { child, log, start: Vec::new(), address, socket: None };
        loop {
            let event = daemon.event();
            let fields = &event["fields"];
            if let Some(address) = fields["address"].as_str() {
                daemon.address = address.parse().expect("an address");
            }
            if let Some(socket) = fields["socket"].as_str() {
                daemon.socket = Some(socket.into());
            }
            let ready = fields["message"] == "ready";
            daemon.start.push(event);
            if ready {
                return daemon;
            }
        }
    }

    /// Reads the next line of its log.
    #[track_caller]
    pub(crate) fn event(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.log.read_line(&mut line).expect("readable"), 0, "it ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Tells it to end and returns the rest of its log.
    pub(crate) fn last_words(&mut self) -> String {
        assert_eq!(self.end(Signal::TERM), Some(0));
        let mut words = String::new();
        self.log.read_to_string(&mut words).expect("readable");
        words
    }

    /// Asks over the network.
    pub(crate) fn ask(&self, line: &str, headers: &str) -> (u16, String) {
        request(TcpStream::connect(self.address).expect("it listens"), line, headers)
    }

    /// Asks over the private socket.
    pub(crate) fn ask_privately(&self, line: &str) -> (u16, String) {
        let path = self.socket.as_deref().expect("it has a private socket");
        request(UnixStream::connect(path).expect("it listens"), line, "")
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Sends a signal and returns the exit code.
    pub(crate) fn end(&mut self, signal: Signal) -> Option<i32> {
        self.signal(signal);
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Sends a request and returns status and body.
fn request(mut stream: impl Read + Write, line: &str, headers: &str) -> (u16, String) {
    write!(stream, "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n{headers}\r\n")
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body).to_owned();
    (status.expect("a status"), body)
}

/// Makes a project with one modified copy.
pub(crate) fn project(path: &Path) {
    project_of(path, "2026-01-02T03:04:05");
}

/// Makes a project with one modified copy, deployed at this date.
pub(crate) fn project_of(path: &Path, date: &str) {
    let profile_root = path.join(".claude");
    std::fs::create_dir_all(profile_root.join("commands")).expect("writable");
    std::fs::write(profile_root.join("commands/review.md"), "edited").expect("writable");
    let record = format!(
        "[[deployed]]\nartifact_name = \"review\"\nartifact_type = \"command\"\nfrom_collection = \"default\"\n\
         deployed_at = \"{date}\"\nartifact_path = \"commands/review.md\"\ncontent_hash = \"{}\"\n",
        "0".repeat(64)
    );
    std::fs::write(profile_root.join(".skillmeat-deployed.toml"), record).expect("writable");
}
