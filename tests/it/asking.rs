//! Commands that ask a service: the same answer, byte for byte, and never one that may be old.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use skillstat_app::Flags;
use skillstat_domain::testing::{
    CollectionSketch, CopySketch, RecordSketch, Sketch, TrackerSketch,
};
use skillstat_domain::{Coverage, Problem, ProblemKind, WatchMethod};

use crate::support::{OnDisk, Service, Skillstat, hash_copy};

/// A tree, and a command over it: roots and all in the environment, as a service has them.
struct Place {
    disk: OnDisk,
    skillstat: Skillstat,
}

impl Place {
    fn new() -> Self {
        let disk = everything();
        let base = disk.root.parent().expect("a parent").to_owned();
        let roots = format!("{}:{base}/nowhere", disk.root);
        let skillstat = Skillstat::at(disk.root.as_std_path())
            .variable("SKILLSTAT_ROOTS", roots)
            .variable("SKILLSTAT_EXCLUDE", "left-out")
            .variable("SKILLSTAT_SKILLMEAT_HOME", disk.home.as_str())
            .variable("XDG_RUNTIME_DIR", base.join("run").as_str());
        Self { disk, skillstat }
    }

    /// Starts a service that says how much is watched, which nobody is.
    fn service(&self, coverage: Coverage) -> Service {
        let off = self.skillstat.clone().variable("SKILLSTAT_WATCH", "off");
        Service::told(&off.config(Flags::default()), coverage)
    }

    /// Runs a command with `-v` and returns what it says of where it looked, with `SOCKET` for the
    /// socket of the configuration; the answer must be that of the disk.
    #[track_caller]
    fn said(&self, arguments: &[&str]) -> String {
        Self::compare(&self.skillstat, arguments, &self.socket())
    }

    #[track_caller]
    fn compare(skillstat: &Skillstat, arguments: &[&str], socket: &str) -> String {
        let mut asked = skillstat.run(&[&["-v"], arguments].concat());
        let alone = skillstat.run(&[&["--no-service"], arguments].concat());
        let (said, rest) = asked.err.split_once('\n').expect("a line");
        let said = said.replace(socket, "SOCKET");
        // What is said of the index is said by who looks at the disk, and last.
        let of_index = rest.find("the index knew ").unwrap_or(rest.len());
        asked.err = rest[..of_index].to_owned();
        assert_eq!(asked, alone, "{arguments:?}");
        said
    }

    fn socket(&self) -> String {
        let socket = self.skillstat.config(Flags::default()).socket.value;
        socket.expect("it is not switched off").to_str().expect("UTF-8").to_owned()
    }
}

fn live() -> Coverage {
    Coverage { method: WatchMethod::Inotify, ..Coverage::none() }
}

fn record(name: &str, content: &str) -> RecordSketch {
    let copy = CopySketch::File(content.as_bytes().to_vec());
    RecordSketch {
        kind: "command".to_owned(),
        name: name.to_owned(),
        path: format!("commands/{name}"),
        deployed_at: "2026-01-02T03:04:05.000006".to_owned(),
        baseline: Some(hash_copy(&CopySketch::File(b"text".to_vec())).to_string()),
        copy,
    }
}

/// Whatever can be in an answer: every state, every sort of problem that root can meet, projects in
/// projects, several profile roots, names and dates that are not printed as they are written.
fn everything() -> OnDisk {
    let skill = CopySketch::Directory(BTreeMap::from([("SKILL.md".into(), b"a".to_vec())]));
    let plain = vec![
        record("review.md", "text"),
        record("review.md", "twice"),
        record("plan", "edited"),
        RecordSketch { copy: CopySketch::Missing, ..record("gone", "") },
        RecordSketch { baseline: Some("no hash".into()), ..record("doubtful", "text") },
        RecordSketch { baseline: None, ..record("half", "text") },
        RecordSketch { deployed_at: "yesterday".into(), ..record("plan.md", "text") },
    ];
    let odd = vec![
        record("twice.md.md", "text"),
        record("old", "text"),
        RecordSketch { path: "../../outside".into(), ..record("outside", "text") },
        RecordSketch { deployed_at: "2026-01-02T03:04:05+01:02:03".into(), ..record("ü", "text") },
        RecordSketch { kind: "zzz".into(), ..record("a:b", "text") },
        RecordSketch { kind: "zzz".into(), ..record("e\u{1b}[31m\u{202e}f", "text") },
        RecordSketch {
            kind: "skill".into(),
            path: "skills/s".into(),
            copy: skill,
            ..record("s", "")
        },
    ];
    let mut sketch = Sketch::default()
        .tracker("shop", ".claude", TrackerSketch::Records(plain.clone()))
        .tracker("shop", ".agents", TrackerSketch::Records(vec![record("review", "edited")]))
        .tracker("shop/inner", ".codex", TrackerSketch::Records(plain))
        .tracker("left-out", ".claude", TrackerSketch::Records(vec![record("review", "text")]))
        .tracker("odd", ".claude", TrackerSketch::Records(odd))
        .tracker("other/shop", ".claude", TrackerSketch::Records(vec![record("plan", "text")]))
        .tracker("broken", ".claude", TrackerSketch::Broken)
        .tracker("empty", ".claude", TrackerSketch::Records(Vec::new()));
    let entry = |name: &str| ("command".to_owned(), name.to_owned(), format!("commands/{name}"));
    let artifacts = vec![
        entry("review.md"),
        entry("plan"),
        entry("old"),
        entry("idle.md"),
        entry("idle.md.md"),
    ];
    let newer = || CopySketch::File(b"newer".to_vec());
    let contents = BTreeMap::from(
        ["review.md", "plan", "old"].map(|name| (format!("commands/{name}"), newer())),
    );
    for (name, bad_entries) in [("default", 2), ("other", 0)] {
        let (artifacts, contents) = (artifacts.clone(), contents.clone());
        let collection = CollectionSketch { artifacts, contents, bad_entries };
        sketch.collections.insert(name.to_owned(), collection);
    }
    sketch.active_collection = Some("default".to_owned());
    let disk = OnDisk::new(&sketch, false);
    let root = disk.root.as_std_path();
    symlink("/etc/hostname", root.join("odd/.claude/skills/s/link")).expect("writable");
    let not_utf8 = root.join(std::ffi::OsStr::from_bytes(b"shop/\xff/.claude"));
    fs::create_dir_all(&not_utf8).expect("writable");
    fs::write(not_utf8.join(".skillmeat-deployed.toml"), "").expect("writable");
    disk
}

/// Every command that asks, and every way to ask.
fn questions() -> Vec<Vec<&'static str>> {
    let mut questions: Vec<Vec<_>> = vec![vec![], vec!["projects"]];
    for filters in [
        &[][..],
        &["--all"],
        &["--modified"],
        &["--type", "command"],
        &["--type", "zzz"],
        &["--type", "nope"],
        &["--project", "odd"],
        &["--project", "inner"],
        &["--project", "broken"],
        &["--project", "empty"],
        &["--project", "shop"],
        &["--project", "other/shop"],
        &["--project", "nobody"],
        &["--all", "--type", "command", "--project", "shop/inner", "--modified"],
        &["--all", "--project", "empty"],
    ] {
        questions.push([&["status"], filters].concat());
    }
    for artifact in [
        "review",
        "command:review",
        "plan",
        "gone",
        "doubtful",
        "half",
        "outside",
        "twice.md",
        "command:twice.md",
        "command:twice",
        "s",
        "ü",
        "zzz:a:b",
        "idle",
        "idle.md",
        "skill:none",
        "nobody",
        "skill:e\u{1b}[31m\u{202e}f",
        "zzz:e\u{1b}[31m\u{202e}f",
    ] {
        questions.push(vec!["show", artifact]);
    }
    questions
}

#[test]
fn every_answer_is_that_of_the_disk() {
    let place = Place::new();
    let service = place.service(live());
    for question in questions() {
        for more in [&[][..], &["--json"], &["--exit-code"]] {
            if question.is_empty() && more == ["--exit-code"] {
                continue;
            }
            let before = service.asked();
            let said = place.said(&[&question, more].concat());
            assert!(said.starts_with("answered by the service at SOCKET, "), "{said}");
            assert!(said.ends_with(" ms old"), "{said}");
            assert!(service.asked() > before, "{question:?}");
        }
    }
    // Else the comparison would say little.
    let status = place.skillstat.run(&["status", "--all"]);
    for state in ["synced", "outdated", "conflict", "missing", "unreadable", "- "] {
        assert!(status.out.lines().any(|line| line.starts_with(state)), "{}", status.out);
    }
    let problems = place.skillstat.json(&["status", "--all"])["problems"].clone();
    for kind in [
        "missing_root",
        "non_utf8_path",
        "malformed_tracker",
        "malformed_record",
        "duplicate_record",
        "unreadable_copy",
        "malformed_manifest",
    ] {
        let problems = problems.as_array().expect("an array");
        assert!(problems.iter().any(|problem| problem["kind"] == kind), "{kind}: {problems:#?}");
    }
}

#[test]
fn on_a_terminal_it_is_the_same_too() {
    let place = Place::new();
    let _service = place.service(live());
    let socket = place.socket();
    let skillstat = place.skillstat.clone().terminal(60);
    for question in [&[][..], &["projects"], &["show", "review"]] {
        let said = Place::compare(&skillstat, question, &socket);
        assert!(said.starts_with("answered by the service"), "{said}");
    }
}

#[test]
fn without_a_service_the_command_looks_itself() {
    let place = Place::new();
    assert_eq!(place.said(&[]), "looked at the disk: no service at SOCKET");
    drop(place.service(live()));
    assert_eq!(place.said(&["projects"]), "looked at the disk: no service at SOCKET");
}

#[test]
fn a_service_that_may_lack_a_change_is_not_taken_at_its_word() {
    let place = Place::new();
    let gap = Problem {
        path: "/home".to_owned(),
        line: None,
        kind: ProblemKind::NotWatched,
        reason: "is too large".to_owned(),
        fix: "raise it".to_owned(),
        artifact: None,
    };
    for (coverage, expected) in [
        (Coverage::none(), "off"),
        (Coverage { complete: false, ..live() }, "starting"),
        (Coverage { gaps: vec![gap], ..live() }, "degraded; reason=\"/home is too large\""),
    ] {
        let service = place.service(coverage);
        assert_eq!(
            place.said(&["status"]),
            format!(
                "looked at the disk: the service at SOCKET does not see every change (`{expected}`)"
            )
        );
        assert_eq!(service.asked(), 1, "it refuses without computing anything");
    }
}

#[test]
fn a_service_with_other_settings_is_another_service() {
    let place = Place::new();
    let _service = place.service(live());
    for arguments in [
        &["--max-depth", "2"][..],
        &["--root", place.disk.root.as_str()],
        &["--skillmeat-home", "/nowhere"],
    ] {
        let said = place.said(arguments);
        assert!(said.starts_with("looked at the disk: no service at "), "{said}");
    }
    // The same socket, whoever listens there.
    let skillstat = place.skillstat.clone().variable("SKILLSTAT_SOCKET", place.socket());
    assert_eq!(
        Place::compare(&skillstat, &["--max-depth", "2"], &place.socket()),
        "looked at the disk: the service at SOCKET has other search roots, depth, excludes or \
         collections"
    );
    let said = Place::compare(&skillstat, &[], &place.socket());
    assert!(said.starts_with("answered by the service at SOCKET"), "{said}");
}

#[test]
fn nobody_is_asked_when_that_is_switched_off() {
    let place = Place::new();
    let service = place.service(live());
    let config = place.disk.home.join("config.toml.skillstat");
    fs::write(&config, "\nask_service = false\n").expect("writable");
    let said = place.said(&["--config", config.as_str()]);
    assert_eq!(said, format!("looked at the disk: no service is to be asked ({config}:2)"));
    let off = place.skillstat.clone().variable("SKILLSTAT_ASK_SERVICE", "false");
    assert_eq!(
        Place::compare(&off, &[], &place.socket()),
        "looked at the disk: no service is to be asked (SKILLSTAT_ASK_SERVICE)"
    );
    fs::write(&config, "socket = false\n").expect("writable");
    let said = place.said(&["--config", config.as_str()]);
    assert_eq!(said, format!("looked at the disk: no service has a socket ({config}:1)"));
    assert_eq!(
        place.skillstat.run(&["-v", "--no-service", "projects"]).err.lines().next(),
        Some("looked at the disk: no service is to be asked (--no-service)")
    );
    assert_eq!(service.asked(), 0);
}

#[test]
fn what_answers_with_rubbish_or_could_be_anybody_is_no_service() {
    let place = Place::new();
    let socket = place.socket();
    let directory = Path::new(&socket).parent().expect("a parent");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).expect("writable");
    let listener = UnixListener::bind(&socket).expect("nobody listens");
    fs::set_permissions(&socket, PermissionsExt::from_mode(0o600)).expect("ours");
    let rubbish = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody asks");
        std::io::Write::write_all(&mut stream, b"rubbish\r\n\r\n").expect("it reads");
        listener
    });
    let said = place.said(&["status"]);
    assert!(said.starts_with("looked at the disk: the service at SOCKET broke off"), "{said}");
    let _listener = rubbish.join().expect("it was asked once");

    fs::set_permissions(directory, PermissionsExt::from_mode(0o720)).expect("ours");
    let said = place.said(&["status"]);
    assert!(said.contains("is not asked") && said.contains("written by others"), "{said}");
}

#[test]
fn an_edit_that_is_finished_is_in_the_answer_of_the_service() {
    let place = Place::new();
    let service = Service::follow(&place.skillstat.config(Flags::default()));
    let shop = place.disk.root.join("shop/.claude");
    let plan = |said: &str| {
        assert!(said.starts_with("answered by the service at SOCKET, "), "{said}");
        place.skillstat.json(&["show", "command:plan"])["projects"][1]["state"].clone()
    };
    assert_eq!(plan(&place.said(&["status"])), "conflict");
    fs::write(shop.join("commands/plan"), "text").expect("writable");
    assert_eq!(plan(&place.said(&["status"])), "outdated");
    fs::remove_file(shop.join("commands/plan")).expect("writable");
    assert_eq!(plan(&place.said(&["show", "plan"])), "missing");
    fs::rename(place.disk.root.join("odd"), place.disk.root.join("even")).expect("writable");
    assert!(place.said(&["projects"]).starts_with("answered"));
    let manifest = place.disk.home.join("collections/default/collection.toml");
    fs::write(manifest, "").expect("writable");
    assert!(place.said(&["status", "--all"]).starts_with("answered"));
    assert!(service.asked() > 0);
}
