//! Everything that can be wrong on disk, each beside something right: never a panic, never a lost
//! neighbour, always a problem that says where and what to do.
//!
//! What only an unprivileged user meets (unreadable files) is told in `crates/cli/tests`.

use std::fs;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;
use skillstat_domain::testing::CopySketch;

use crate::support::{Skillstat, hash_copy};

/// The tracker below a project.
const TRACKER: &str = ".claude/.skillmeat-deployed.toml";

/// A search root with one healthy project, `zebra`, that must be in every answer.
struct World {
    _directory: tempfile::TempDir,
    root: PathBuf,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().canonicalize().expect("it exists");
        let world = Self { _directory: directory, root };
        world.tracker("zebra", record("neighbour", "commands/neighbour.md"));
        world
    }

    /// Writes a tracker, and the copy that its healthy records point to.
    fn tracker(&self, project: &str, text: impl AsRef<[u8]>) {
        self.write(&format!("{project}/.claude/commands/neighbour.md"), b"text");
        self.write(&format!("{project}/{TRACKER}"), text.as_ref());
    }

    fn write(&self, path: &str, content: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The problems, after the healthy project was seen to be there.
    #[track_caller]
    fn status(&self) -> Value {
        let status = Skillstat::status(&self.root);
        assert_eq!(state(&status, "command:neighbour", "zebra"), "synced", "{status:#}");
        status
    }

    /// One problem only: this one, at this place, with something to do.
    #[track_caller]
    fn check_problem(
        &self,
        status: &Value,
        kind: &str,
        (path, line): (&str, Option<u32>),
        reason: &str,
    ) {
        let problems = status["problems"].as_array().expect("an array");
        let [problem] = problems.as_slice() else { panic!("not one problem: {problems:#?}") };
        assert_eq!(problem["kind"], kind, "{problem:#}");
        assert_eq!(problem["path"], self.root.join(path).to_str().expect("UTF-8"));
        assert_eq!(problem["line"], line.map_or(Value::Null, Value::from), "{problem:#}");
        assert!(problem["reason"].as_str().expect("a string").contains(reason), "{problem:#}");
        assert!(!problem["fix"].as_str().expect("a string").is_empty());
    }

    /// A tracker of project `a` with a fault on a line, and a healthy record before it.
    #[track_caller]
    fn check_record(bad: &str, kind: &str, line: u32, reason: &str) {
        let world = Self::new();
        let good = record("neighbour", "commands/neighbour.md");
        world.tracker("a", good.clone() + bad);
        let status = world.status();
        let line = u32::try_from(good.lines().count()).expect("short") + line;
        world.check_problem(&status, kind, (&format!("a/{TRACKER}"), Some(line)), reason);
        assert_eq!(state(&status, "command:neighbour", "a"), "synced");
    }

    /// A copy `bad` of project `a` that cannot be verified.
    #[track_caller]
    fn check_copy(make: impl FnOnce(&Path), at_fault: &str, reason: &str) {
        let world = Self::new();
        world.tracker(
            "a",
            record("neighbour", "commands/neighbour.md") + &record("bad", "skills/bad"),
        );
        fs::create_dir_all(world.path("a/.claude/skills")).expect("writable");
        make(&world.path("a/.claude/skills/bad"));
        let status = world.status();
        world.check_problem(
            &status,
            "unreadable_copy",
            (&format!("a/.claude/{at_fault}"), None),
            reason,
        );
        assert_eq!(state(&status, "command:bad", "a"), "unreadable");
        assert_eq!(state(&status, "command:neighbour", "a"), "synced");
    }
}

fn record(name: &str, path: &str) -> String {
    let hash = hash_copy(&CopySketch::File(b"text".to_vec()));
    format!(
        "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"command\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"{path}\"\ncontent_hash = \"{hash}\"\n\n"
    )
}

/// The state of an artifact in a project, and that it is neither modified nor synced by mistake.
#[track_caller]
fn state(status: &Value, artifact: &str, project: &str) -> String {
    let artifacts = status["artifacts"].as_array().expect("an array");
    let artifact = artifacts
        .iter()
        .find(|found| found["artifact"] == artifact)
        .unwrap_or_else(|| panic!("{status:#}"));
    let projects = artifact["projects"].as_array().expect("an array");
    let project = projects
        .iter()
        .find(|found| found["project_name"] == project)
        .unwrap_or_else(|| panic!("{status:#}"));
    let state = project["state"].as_str().expect("a string");
    assert_eq!(project["is_modified"], state == "modified");
    state.to_owned()
}

#[test]
fn a_record_that_lacks_something_costs_only_itself() {
    let without = |key: &str| -> String {
        let record = record("bad", "commands/neighbour.md");
        record
            .lines()
            .filter(|line| !line.starts_with(key))
            .fold(String::new(), |text, line| text + line + "\n")
    };
    for key in ["artifact_name", "artifact_type", "artifact_path", "deployed_at"] {
        World::check_record(&without(key), "malformed_record", 1, &format!("no {key}"));
    }
    World::check_record(
        &without("content_hash"),
        "malformed_record",
        1,
        "neither collection_sha nor content_hash",
    );
}

#[test]
fn a_field_of_the_wrong_kind_is_named_with_its_line() {
    let bad = record("bad", "x");
    World::check_record(
        &bad.replace("\"bad\"", "3"),
        "malformed_record",
        2,
        "artifact_name is of type integer",
    );
    World::check_record(
        &bad.replace("\"x\"", "[\"x\"]"),
        "malformed_record",
        6,
        "artifact_path is of type array",
    );
    World::check_record(
        &bad.replace("2026-01-02T03:04:05", "yesterday"),
        "malformed_record",
        5,
        "no date: \"yesterday\"",
    );
    World::check_record(
        &record("neighbour", "other"),
        "duplicate_record",
        1,
        "a second record of `command:neighbour`",
    );
}

#[test]
fn a_broken_record_does_not_break_the_tracker() {
    World::check_record("[[deployed]]\nartifact_name = \n", "malformed_tracker", 2, "not TOML");
    World::check_record("<<<<<<< HEAD\n", "malformed_tracker", 1, "not TOML");
}

#[test]
fn bytes_that_are_not_utf8_cost_their_record() {
    let world = World::new();
    let bad = record("bad", "x").replace("\"bad\"", "\"b@d\"").into_bytes();
    let bad: Vec<_> = bad.into_iter().map(|byte| if byte == b'@' { 0xff } else { byte }).collect();
    world.tracker("a", [record("neighbour", "commands/neighbour.md").as_bytes(), &bad].concat());
    let status = world.status();
    world.check_problem(
        &status,
        "malformed_tracker",
        (&format!("a/{TRACKER}"), Some(10)),
        "not UTF-8",
    );
    assert_eq!(state(&status, "command:neighbour", "a"), "synced");
}

#[test]
fn a_byte_order_mark_is_read_past_and_told() {
    let world = World::new();
    world.tracker("a", format!("\u{feff}{}", record("neighbour", "commands/neighbour.md")));
    let status = world.status();
    world.check_problem(
        &status,
        "malformed_tracker",
        (&format!("a/{TRACKER}"), Some(1)),
        "byte-order mark",
    );
    assert_eq!(state(&status, "command:neighbour", "a"), "synced");
}

#[test]
fn crlf_is_no_problem() {
    let world = World::new();
    world.tracker("a", record("neighbour", "commands/neighbour.md").replace('\n', "\r\n"));
    let status = world.status();
    assert_eq!(state(&status, "command:neighbour", "a"), "synced");
    assert_eq!(status["problems"], Value::Array(Vec::new()));
}

#[test]
fn a_tracker_that_is_no_file_is_told() {
    type Make = fn(&Path);
    let cases: [(Make, &str); 4] = [
        (|path| fs::create_dir(path).expect("writable"), "is a directory"),
        (|path| symlink("nowhere", path).expect("writable"), "leads nowhere"),
        (make_fifo, "FIFO"),
        (|path| fs::write(path, vec![b'#'; 50_000_000]).expect("writable"), "larger than"),
    ];
    for (make, reason) in cases {
        let world = World::new();
        fs::create_dir_all(world.path("a/.claude")).expect("writable");
        make(&world.path(&format!("a/{TRACKER}")));
        let status = world.status();
        world.check_problem(&status, "unreadable_tracker", (&format!("a/{TRACKER}"), None), reason);
        assert_eq!(status["projects"], 2, "it is still a project");
    }
}

#[test]
fn a_recorded_path_that_leaves_is_never_followed() {
    for (path, reason) in
        [("/etc/hostname", "absolute"), ("../../zebra", "`..`"), ("", "empty"), (".", "empty")]
    {
        let world = World::new();
        world.tracker("a", record("neighbour", "commands/neighbour.md") + &record("bad", path));
        let status = world.status();
        world.check_problem(&status, "unreadable_copy", (&format!("a/{TRACKER}"), Some(9)), reason);
        assert_eq!(state(&status, "command:bad", "a"), "unreadable");
    }
}

#[test]
fn a_copy_that_is_not_a_file_or_directory_is_unreadable() {
    World::check_copy(make_fifo, "skills/bad", "neither a file nor a directory");
    World::check_copy(
        |path| symlink("bad", path).expect("writable"),
        "skills/bad",
        "cannot be read",
    );
}

#[test]
fn a_link_that_leaves_the_profile_root_is_not_followed() {
    for target in ["/dev/zero", "/etc/hostname", "../../../zebra", "/nowhere"] {
        World::check_copy(
            |path| symlink(target, path).expect("writable"),
            "skills/bad",
            "leaves the profile root",
        );
        let inside = |path: &Path| {
            fs::create_dir(path).expect("writable");
            symlink(target, path.join("link")).expect("writable");
        };
        if target.starts_with('/') {
            World::check_copy(inside, "skills/bad/link", "leaves the profile root");
        }
    }
}

#[test]
fn a_name_that_is_not_utf8_makes_the_hash_undefined() {
    let make = |path: &Path| {
        fs::create_dir(path).expect("writable");
        fs::write(path.join(std::ffi::OsStr::from_bytes(b"\xff.md")), "x").expect("writable");
    };
    World::check_copy(make, "skills/bad/\\xff.md", "not UTF-8");
}

#[test]
fn a_project_whose_path_is_not_utf8_is_told() {
    let world = World::new();
    let project = world.root.join(std::ffi::OsStr::from_bytes(b"\xffproject"));
    fs::create_dir_all(project.join(".claude")).expect("writable");
    let text = record("neighbour", "commands/neighbour.md");
    fs::write(project.join(TRACKER), text).expect("writable");
    let status = world.status();
    world.check_problem(&status, "non_utf8_path", ("\\xffproject", None), "not UTF-8");
}

#[test]
fn a_copy_that_keeps_changing_is_unreadable() {
    let world = World::new();
    world.tracker("a", record("bad", "skills/bad"));
    let path = world.path("a/.claude/skills/bad");
    world.write("a/.claude/skills/bad", &vec![0; 20_000_000]);
    let stop = std::sync::atomic::AtomicBool::new(false);
    let status = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = fs::OpenOptions::new().append(true).open(&path).expect("writable");
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                file.write_all(b"x").expect("writable");
            }
        });
        let status = world.status();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        status
    });
    world.check_problem(
        &status,
        "unreadable_copy",
        ("a/.claude/skills/bad", None),
        "changed each time",
    );
}

#[test]
fn directories_that_vanish_under_the_walk_take_nothing_with_them() {
    let world = World::new();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let project = world.path("vanishing/project");
                world.write(&format!("vanishing/project/{TRACKER}"), b"deployed = []\n");
                fs::remove_dir_all(project.parent().expect("a parent")).expect("writable");
            }
        });
        for _ in 0..200 {
            assert_eq!(world.status()["problems"], Value::Array(Vec::new()));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

fn make_fifo(path: &Path) {
    rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o644.into(), 0)
        .expect("writable");
}
