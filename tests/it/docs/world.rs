//! Where the commands of a page are run: a home of its own with a copy of the examples.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use skillstat_app::Flags;
use tempfile::TempDir;

use super::following::Following;
use super::stable::Stable;
use crate::support::{Loopback, Skillstat, workspace};

/// A machine on which one command follows another.
pub(super) struct World {
    skillstat: Skillstat,
    home: PathBuf,
    /// The copy of the repository, which is the working directory.
    here: PathBuf,
    stable: Stable,
    /// It goes before the directory that it follows.
    service: Option<Loopback>,
    /// What was started beside, and is waited for.
    following: Option<Following>,
    exit: u8,
    _directory: TempDir,
}

impl World {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let home = directory.path().canonicalize().expect("it is there");
        let here = home.join("skillstat");
        fs::create_dir_all(here.join("examples")).expect("writable");
        for name in ["fleet", "skillmeat"] {
            let from = workspace().join("examples").join(name);
            let copied = Command::new("cp").arg("-r").arg(from).arg(here.join("examples")).status();
            assert!(copied.expect("cp runs").success());
        }
        // A file in its place: an index would hold what is old enough, and nobody knows what that is.
        fs::write(home.join(".cache"), "").expect("writable");
        let skillstat = Skillstat::at(&here).home(&home);
        let shown_home = home.to_str().expect("temporary directories are UTF-8");
        let stable = Stable::new(shown_home, trackers(&here.join("examples/fleet")));
        let (service, following) = (None, None);
        Self { skillstat, home, here, stable, service, following, exit: 0, _directory: directory }
    }

    /// Runs a command line and returns what is seen of it: ours in this process, others by a shell.
    pub(super) fn run(&mut self, line: &str) -> String {
        let line = self.stable.typed(line);
        let ours = line.strip_prefix("skillstat");
        let seen = match ours.or_else(|| line.strip_prefix("cargo run --release")) {
            Some(arguments) if arguments.starts_with(" watch ") => self.follow(arguments),
            Some(arguments) if arguments.ends_with(" &") => self.serve(arguments),
            Some(arguments) => self.ours(arguments),
            None if line == "wait" => self.following.take().expect("something was started").wait(),
            None if line == "echo $?" => self.exit.to_string(),
            None => self.shell(&line, ""),
        };
        let shown = self.stable.shown(&seen);
        if shown.is_empty() || shown.ends_with('\n') { shown } else { shown + "\n" }
    }

    fn ours(&mut self, arguments: &str) -> String {
        let (arguments, filter) = match arguments.split_once(" | ") {
            Some((arguments, filter)) => (arguments, Some(filter)),
            None => (arguments, None),
        };
        let answer = self.skillstat.run(&arguments.split_whitespace().collect::<Vec<_>>());
        self.exit = answer.exit.code();
        let out = filter.map(|filter| self.shell(filter, &answer.out));
        out.unwrap_or(answer.out) + &answer.err
    }

    /// Starts the service; of flags it knows those for roots and collections.
    fn serve(&mut self, arguments: &str) -> String {
        let words: Vec<_> = arguments.split_whitespace().collect();
        let value = |flag| {
            let at = words.iter().position(|word| *word == flag)?;
            Some(PathBuf::from(words[at + 1]))
        };
        let roots = value("--root").into_iter().collect();
        let flags = Flags { roots, skillmeat_home: value("--skillmeat-home"), ..Flags::default() };
        let service = Loopback::start(&self.skillstat.config(flags));
        self.stable.address = Some(service.address);
        self.service = Some(service);
        String::new()
    }

    fn follow(&mut self, arguments: &str) -> String {
        let parts = arguments.split_once(" | grep -m 1 ");
        let parts = parts.and_then(|(watch, word)| Some((watch, word.strip_suffix(" &")?)));
        let (watch, word) = parts.expect("`skillstat watch | grep -m 1 WORD &`");
        self.following = Some(Following::start(&self.skillstat, watch, word));
        String::new()
    }

    fn shell(&self, line: &str, input: &str) -> String {
        let mut shell = Command::new("sh")
            .args(["-c", line])
            .current_dir(&self.here)
            .env("HOME", &self.home)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sh runs");
        // Who wants only the first lines reads no others.
        let _unread = shell.stdin.take().expect("it is piped").write_all(input.as_bytes());
        let output = shell.wait_with_output().expect("it ends");
        let text = |bytes| String::from_utf8(bytes).expect("all of it is UTF-8");
        text(output.stdout) + &text(output.stderr)
    }
}

/// Returns the texts of all trackers of a fleet.
fn trackers(fleet: &Path) -> String {
    let mut texts = String::new();
    for project in fs::read_dir(fleet).expect("readable").flatten() {
        for root in fs::read_dir(project.path()).into_iter().flatten().flatten() {
            let tracker = root.path().join(".skillmeat-deployed.toml");
            texts += &fs::read_to_string(tracker).unwrap_or_default();
        }
    }
    texts
}
