//! The service as a process, and asking it as a client would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;

use crate::Sandbox;

/// A collection with the artifact that is deployed and one that is not.
const COLLECTION: &str = r#"[collection]
name = "default"

[[artifacts]]
name = "review"
type = "command"
path = "commands/review.md"
origin = "local"
added = "2026-01-01T00:00:00"

[[artifacts]]
name = "unused"
type = "skill"
path = "skills/unused"
origin = "local"
added = "2026-01-01T00:00:00"
"#;

/// The content hash of the command `review` in the collection.
pub(crate) const REVIEW_HASH: &str =
    "e90344201cfd818ab2e315e8fa07c6c7d2f71c6114afc8bd02643d5e2c4ecff7";

/// A service that is ended when this goes.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
    /// Open as long as the service writes to it.
    _log: BufReader<ChildStderr>,
    pub(crate) sandbox: Arc<Sandbox>,
}

/// What it answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Service {
    /// Starts a service over a tree with one project, and waits until it listens.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_by(&[], |_| (), arguments)
    }

    /// The same with more in the tree, and the command run by another one.
    pub(crate) fn start_by(by: &[&str], add: impl FnOnce(&Path), arguments: &[&str]) -> Self {
        let sandbox = Sandbox::new();
        write_tree(&sandbox.tree());
        add(&sandbox.tree());
        Self::start_in(Arc::new(sandbox), by, arguments)
    }

    /// Starts another one on the same machine, with the same settings.
    pub(crate) fn start_beside(&self, by: &[&str], arguments: &[&str]) -> Self {
        Self::start_in(Arc::clone(&self.sandbox), by, arguments)
    }

    fn start_in(sandbox: Arc<Sandbox>, by: &[&str], arguments: &[&str]) -> Self {
        let mut child = command_by(by, &sandbox)
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
    pub(crate) fn request(&self, line: &str, headers: &str, body: &str) -> (u16, String) {
        let answer = self.ask(line, headers, body);
        (answer.status, answer.body)
    }

    /// Sends a request for this address.
    pub(crate) fn ask(&self, line: &str, headers: &str, body: &str) -> Answer {
        let (address, length) = (self.address, body.len());
        self.exchange(&format!(
            "{line} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// Sends a text as it is and returns the answer to it.
    pub(crate) fn exchange(&self, text: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        let status =
            answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub(crate) fn key(&self) -> String {
        let path = self.sandbox.directory.path().join("tree/.local/state/skillstat/key");
        std::fs::read_to_string(path).expect("serve made it")
    }
}

impl Answer {
    /// Returns a header, or nothing for one that is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Returns what a refusal says.
    pub(crate) fn detail(&self) -> String {
        self.json()["detail"].as_str().expect("a text").to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// One project with a modified copy, and a collection.
pub(crate) fn write_tree(home: &Path) {
    let profile_root = home.join("shop/.claude");
    std::fs::create_dir_all(profile_root.join("commands")).expect("writable");
    std::fs::write(profile_root.join("commands/review.md"), "edited").expect("writable");
    let record = format!(
        "[[deployed]]\nartifact_name = \"review\"\nartifact_type = \"command\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"commands/review.md\"\ncontent_hash = \"{REVIEW_HASH}\"\n",
    );
    std::fs::write(profile_root.join(".skillmeat-deployed.toml"), record).expect("writable");
    let collection = home.join(".skillmeat/collections/default");
    std::fs::create_dir_all(&collection).expect("writable");
    std::fs::write(collection.join("collection.toml"), COLLECTION).expect("writable");
    for directory in ["commands", "skills/unused"] {
        std::fs::create_dir_all(collection.join(directory)).expect("writable");
    }
    std::fs::write(collection.join("commands/review.md"), "# review\n").expect("writable");
    std::fs::write(collection.join("skills/unused/SKILL.md"), "# unused\n").expect("writable");
}

/// The binary with the tree as home and working directory.
pub(crate) fn command(sandbox: &Sandbox) -> Command {
    command_by(&[], sandbox)
}

pub(crate) fn command_by(by: &[&str], sandbox: &Sandbox) -> Command {
    let binary = sandbox.directory.path().join("skillstat");
    let mut command = match by {
        [] => Command::new(binary),
        [first, rest @ ..] => {
            let mut command = Command::new(first);
            command.args(rest).arg(binary);
            command
        }
    };
    command.env_clear().env("HOME", sandbox.tree()).env("SKILLSTAT_ROOTS", sandbox.tree());
    command
}
