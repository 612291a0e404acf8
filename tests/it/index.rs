//! What is remembered of copies from one command to the next: quicker, never another answer, and never what
//! decides about a write.

use std::fs;
use std::path::PathBuf;

use sha2::{Digest, Sha256};
use skillstat_app::Flags;
use skillstat_cli::Exit;
use skillstat_domain::ContentHash;
use skillstat_domain::testing::{CopySketch, RecordSketch, Sketch, TrackerSketch};

use crate::support::{Answer, OnDisk, Skillstat, hash_copy, settle};

struct Place {
    disk: OnDisk,
    skillstat: Skillstat,
}

/// A skill of one file.
fn copy(text: &str) -> CopySketch {
    CopySketch::Directory([("SKILL.md".into(), text.into())].into())
}

fn hash(text: &str) -> ContentHash {
    hash_copy(&copy(text))
}

impl Place {
    /// Two projects with a skill that is as deployed, and one with a skill that was edited.
    fn new() -> Self {
        let record = |text: &str| RecordSketch {
            kind: "skill".to_owned(),
            name: "pdf".to_owned(),
            path: "skills/pdf".to_owned(),
            deployed_at: "2026-01-02T03:04:05".to_owned(),
            baseline: Some(hash("text\n").to_string()),
            copy: copy(text),
        };
        let tracker = |text: &str| TrackerSketch::Records(vec![record(text)]);
        let sketch = Sketch::default()
            .tracker("blog", ".claude", tracker("text\n"))
            .tracker("shop", ".claude", tracker("text\n"))
            .tracker("site", ".claude", tracker("text\r\n"));
        let disk = OnDisk::new(&sketch, false);
        let skillstat = Skillstat::at(disk.root.as_std_path())
            .variable("XDG_CACHE_HOME", disk.base().join("cache").as_str())
            .variable("XDG_STATE_HOME", disk.base().join("state").as_str())
            .variable("SKILLSTAT_SKILLMEAT_HOME", disk.home.as_str());
        Self { disk, skillstat }
    }

    fn file(&self) -> PathBuf {
        self.disk.base().join("cache/skillstat/fingerprints").into()
    }

    /// Runs a command with `-v`; returns what it says of the index, taken out of what else it says.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> (String, Answer) {
        let mut answer = self.skillstat.run(&[&["-v", "--no-service"], arguments].concat());
        let said = |line: &&str| line.starts_with("the index ");
        let line = answer.err.lines().find(said).unwrap_or_else(|| panic!("{answer:?}")).to_owned();
        answer.err = answer.err.split_inclusive('\n').filter(|line| !said(line)).collect();
        (line, answer)
    }

    /// Has the index give the hash `to` where it first gives `from`, with checksums that are right.
    #[track_caller]
    fn forge(&self, from: ContentHash, to: ContentHash) {
        let mut bytes = fs::read(self.file()).expect("it is there");
        let found = bytes.windows(32).position(|bytes| bytes == from.as_bytes());
        let at = found.expect("it is known");
        bytes[at..at + 32].copy_from_slice(to.as_bytes());
        // A line, the number of rows, rows of 52 bytes, their checksum, and the slices.
        let rows = bytes.iter().position(|&byte| byte == b'\n').expect("a line") + 5;
        let number = |at: usize| u32::from_le_bytes(*bytes[at..].first_chunk().expect("a number"));
        let count = usize::try_from(number(rows - 4)).expect("few");
        let end = rows + 52 * count;
        let mut start = end + 32;
        for row in (rows..end).step_by(52) {
            let length = usize::try_from(u32::from_le_bytes(
                *bytes[row + 16..].first_chunk().expect("a number"),
            ));
            let slice = start..start + length.expect("short");
            let checksum = Sha256::digest(&bytes[slice.clone()]);
            bytes[row + 20..row + 52].copy_from_slice(&checksum);
            start = slice.end;
        }
        let checksum = Sha256::digest(&bytes[..end]);
        bytes[end..end + 32].copy_from_slice(&checksum);
        fs::write(self.file(), bytes).expect("writable");
    }

    /// Has the index say something else of one copy that is as deployed.
    #[track_caller]
    fn lie(&self) {
        self.forge(hash("text\n"), hash("lie"));
    }

    /// Has the index say that the copy in `blog`, which is edited now, still is as it was known.
    fn hide_an_edit(&self) {
        let file = self.disk.root.join("blog/.claude/skills/pdf/SKILL.md");
        fs::write(file, "mine\n").expect("writable");
        settle(self.disk.base());
        self.skillstat.run(&["--no-service"]);
        self.forge(hash("mine\n"), hash("text\n"));
    }
}

#[test]
fn the_second_command_reads_nothing_and_says_the_same() {
    let place = Place::new();
    settle(place.disk.base());
    let plain = place.skillstat.run(&["--no-index", "--no-service"]);
    assert!(!place.file().try_exists().expect("readable"), "told to remember nothing");
    for arguments in [&["status"][..], &["show", "pdf"], &["projects"], &["--json"]] {
        let plain = place.skillstat.run(&[&["--no-index", "--no-service"], arguments].concat());
        let (_, first) = place.said(arguments);
        let (said, second) = place.said(arguments);
        assert_eq!(said, "the index knew 3 contents, 0 were read; nothing new to write");
        for answer in [first, second] {
            assert_eq!((answer.exit, &answer.out), (plain.exit, &plain.out), "{arguments:?}");
        }
    }
    assert_eq!(place.skillstat.run(&["--no-service"]), plain);
    let status = place.skillstat.json(&["show", "pdf"]);
    assert_eq!(status["modified_deployments"], 1, "{status}");
}

#[test]
fn an_edit_is_seen_and_only_that_copy_is_read() {
    let place = Place::new();
    settle(place.disk.base());
    let (said, _) = place.said(&["status"]);
    assert_eq!(said, "the index knew 0 contents, 3 were read; it has been written");
    fs::write(place.disk.root.join("blog/.claude/skills/pdf/SKILL.md"), "TEXT\n")
        .expect("writable");
    let (said, answer) = place.said(&["show", "pdf"]);
    assert!(said.starts_with("the index knew 2 contents, 1 were read"), "{said}");
    assert!(answer.out.contains("modified in 2"), "{}", answer.out);
}

#[test]
fn what_cannot_be_remembered_is_no_fault() {
    let place = Place::new();
    settle(place.disk.base());
    let plain = place.skillstat.run(&["--no-index", "--no-service"]);
    let nowhere = place.skillstat.clone().variable("SKILLSTAT_CACHE_DIRECTORY", "/dev/null/x");
    assert_eq!(nowhere.run(&["--no-service"]), plain);
    let said = nowhere.run(&["--no-service", "-v"]).err;
    assert!(said.contains("0 contents, 3 were read; it could not be written: "), "{said}");
    for damage in [&b""[..], b"rubbish", &[0xff; 4096]] {
        place.skillstat.run(&["--no-service"]);
        fs::write(place.file(), damage).expect("writable");
        assert_eq!(place.skillstat.run(&["--no-service"]), plain);
    }
}

#[test]
fn verifying_finds_what_is_not_true_and_puts_it_right() {
    let place = Place::new();
    settle(place.disk.base());
    place.skillstat.run(&["--no-service"]);
    let fine = place.skillstat.run(&["--verify"]);
    assert_eq!((fine.exit, fine.err.as_str()), (Exit::Fine, ""));

    let truth = place.skillstat.run(&["--no-index", "--no-service"]);
    for arguments in [&["status"][..], &["show", "pdf"], &["projects"], &["doctor"]] {
        place.lie();
        let found = place.skillstat.run(&[&["--verify"], arguments].concat());
        assert_eq!(found.exit, Exit::Failure, "{found:?}");
        let told = [found.out.as_str(), &found.err].concat();
        assert!(told.contains("is not what the index of fingerprints says"), "{told}");
        let again = place.skillstat.run(&[&["--verify"], arguments].concat());
        assert_eq!(again.exit, Exit::Fine, "{again:?}");
        assert_eq!(place.skillstat.run(&["--no-service"]), truth);
    }
    place.lie();
    let json = place.skillstat.json(&["--verify"]);
    assert_eq!(json["problems"][0]["kind"], "untrue_index", "{json}");
    // A service would not end, and the others say nothing of it.
    for with in ["--no-index", "watch", "serve", "diff", "man"] {
        assert_eq!(place.skillstat.run(&["--verify", with]).exit, Exit::Usage, "{with}");
    }
}

#[test]
fn whoever_writes_reads_what_is_there() {
    let place = Place::new();
    settle(place.disk.base());
    place.skillstat.run(&["--no-service"]);
    place.hide_an_edit();
    // The index has it that the copy is as deployed, as far as who only looks can tell.
    let (said, shown) = place.said(&["show", "pdf"]);
    assert!(said.contains("0 were read"), "{said}");
    assert!(shown.out.contains("modified in 1"), "{}", shown.out);
    for arguments in [
        &["undeploy", "pdf", "--project", "blog"][..],
        &["undeploy", "pdf", "--project", "blog", "--dry-run"],
    ] {
        let refused = place.skillstat.run(arguments);
        assert!(refused.err.contains("was edited since it was deployed"), "{refused:?}");
    }
    let file = place.disk.root.join("blog/.claude/skills/pdf/SKILL.md");
    assert_eq!(fs::read_to_string(file).expect("it is still there"), "mine\n");
}

#[test]
fn the_cache_is_shown_and_cleared() {
    let place = Place::new();
    let path = place.file().display().to_string();
    let run = |arguments: &[&str]| place.skillstat.run(arguments).out;
    assert_eq!(run(&["cache"]), format!("Index of fingerprints {path}: not there yet\n"));
    assert_eq!(run(&["cache", "clear"]), format!("there was nothing at {path}\n"));
    settle(place.disk.base());
    run(&["--no-service"]);
    let bytes = fs::metadata(place.file()).expect("it is there").len();
    let shown = format!("Index of fingerprints {path}: 3 contents in {bytes} bytes\n");
    assert_eq!(run(&["cache"]), shown);
    let unused = run(&["cache", "--no-index"]);
    assert_eq!(unused, format!("{shown}It is not used (--no-index).\n"));
    let json = place.skillstat.json(&["cache"]);
    assert_eq!((&json["entries"], &json["size_bytes"]), (&3.into(), &bytes.into()), "{json}");
    assert!(
        run(&["doctor"])
            .contains(&format!("Index of fingerprints (default):\n  {path}: 3 contents\n"))
    );
    fs::write(place.file(), "rubbish").expect("writable");
    assert!(run(&["cache"]).contains("is damaged"), "{}", run(&["cache"]));
    assert_eq!(run(&["cache", "clear"]), format!("removed {path}\n"));
    assert!(!place.file().try_exists().expect("readable"));
}

#[test]
fn without_a_home_nothing_is_remembered() {
    let config = |skillstat: &Skillstat| skillstat.config(Flags::default());
    assert!(!config(&Skillstat::default()).index.value);
    let somewhere = Skillstat::default().variable("XDG_CACHE_HOME", "/somewhere");
    assert!(config(&somewhere).index.value);
    assert_eq!(config(&somewhere).cache_directory.value, PathBuf::from("/somewhere/skillstat"));
    let off = somewhere.variable("SKILLSTAT_INDEX", "false");
    assert!(!config(&off).index.value);
}
