//! A `redis-server` of one's own.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long it may take to start, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port of this machine, stopped when this goes. It keeps nothing on disk, unless it is
/// told to save.
#[derive(Debug)]
pub struct RedisServer {
    child: Child,
    port: u16,
    directory: PathBuf,
    options: Vec<String>,
}

impl RedisServer {
    /// Starts one in a directory of the test, with more options than the usual ones.
    ///
    /// # Panics
    ///
    /// Panics when there is no `redis-server`: a test that needs one does not pass without.
    pub fn start(directory: &Path, options: &[&str]) -> Self {
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        // Somebody else may take the port before the server does.
        for _ in 0..10 {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
            let port = free.local_addr().expect("it is bound").port();
            drop(free);
            if let Some(child) = run(port, directory, &options) {
                return Self { child, port, directory: directory.to_owned(), options };
            }
        }
        panic!("redis-server does not start");
    }

    /// Returns the port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns its address.
    pub fn address(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    /// Returns the directory it was started in.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns the id of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills it.
    ///
    /// # Panics
    ///
    /// Panics when it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Starts it again on the same port, after it was killed, with more options.
    ///
    /// # Panics
    ///
    /// Panics when it does not start.
    pub fn start_again(&mut self, options: &[&str]) {
        let mut all = self.options.clone();
        all.extend(options.iter().map(|option| (*option).to_owned()));
        // Connections of before may hold the port for a moment.
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(child) = run(self.port, &self.directory, &all) {
                self.child = child;
                return;
            }
        }
        panic!("redis-server does not start again");
    }

    /// Sends a command; returns the lines of the answer, without what they begin with.
    ///
    /// # Panics
    ///
    /// Panics when there is no answer.
    pub fn command(&self, words: &[&str]) -> Vec<String> {
        command(self.port, words).expect("the server answers")
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // It may be gone already.
        let _gone = self.child.kill();
        let _gone = self.child.wait();
    }
}

/// Starts a server; nothing when it ends before it answers.
fn run(port: u16, directory: &Path, options: &[String]) -> Option<Child> {
    let port_text = port.to_string();
    let mut child = Command::new("redis-server")
        .args(["--port", &port_text, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .arg("--dir")
        .arg(directory)
        .args(options)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("this test needs redis-server ({error}): `scripts/test` installs it")
        });
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if child.try_wait().expect("it is our child").is_some() {
            return None;
        }
        // One that wants a password refuses, which is an answer too.
        if command(port, &["PING"]).is_some_and(|answer| !answer[0].starts_with("LOADING")) {
            return Some(child);
        }
        sleep(Duration::from_millis(10));
    }
    child.kill().expect("it is our child");
    child.wait().expect("it is our child");
    None
}

fn command(port: u16, words: &[&str]) -> Option<Vec<String>> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let word = |word: &&str| format!("${}\r\n{word}\r\n", word.len());
    let words: Vec<_> = words.iter().map(word).collect();
    stream.write_all(format!("*{}\r\n{}", words.len(), words.concat()).as_bytes()).ok()?;
    let mut lines = Vec::new();
    read(&mut BufReader::new(stream), &mut lines)?;
    Some(lines)
}

/// Reads one answer, as lines.
fn read(from: &mut impl BufRead, lines: &mut Vec<String>) -> Option<()> {
    let mut line = String::new();
    from.read_line(&mut line).ok()?;
    let line = line.strip_suffix("\r\n")?;
    let (kind, rest) = line.split_at_checked(1)?;
    match kind {
        "*" => (0..rest.parse::<i64>().ok()?).try_for_each(|_| read(from, lines)),
        "$" => {
            let Ok(length) = rest.parse::<usize>() else {
                lines.push("(nil)".to_owned());
                return Some(());
            };
            let mut text = vec![0; length + 2];
            from.read_exact(&mut text).ok()?;
            text.truncate(length);
            lines.push(String::from_utf8_lossy(&text).into_owned());
            Some(())
        }
        _ => {
            lines.push(rest.to_owned());
            Some(())
        }
    }
}
