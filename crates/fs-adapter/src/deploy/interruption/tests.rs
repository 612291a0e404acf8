//! Readers of a profile root in which something was interrupted.

use std::fs::File;
use std::os::fd::AsFd;

use skillstat_domain::{Deployer, DeploymentReader, Replace, Scanned, Task};

use super::super::intent::{Identity, Phase, Swap};
use super::super::tests::world::{World, kinds};
use super::*;
use crate::TomlDeploymentReader;

/// A project in which `skill:pdf` was to be replaced when the writer died, with the new copy in its place
/// or not.
fn interrupted(swapped: bool) -> World {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let old = world.read(TRACKER_FILE);
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.at("2026-12-01T00:00:00");
    world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    let blocks = vec![world.read(TRACKER_FILE)];
    world.file(TRACKER_FILE, &old);
    world.file("skills/.skillstat-staging/0/SKILL.md", "old");
    let dir = Dir::open_ambient_dir(world.path(""), ambient_authority()).unwrap();
    let root = Beneath::new(dir, "/x".to_owned());
    let identity = |path: &str| Identity::of(&root.locate(Utf8Path::new(path)).unwrap()).unwrap();
    let (mut new, mut old) = (identity("skills/pdf"), identity("skills/.skillstat-staging/0"));
    if !swapped {
        std::mem::swap(&mut new, &mut old);
        world
            .file("skills/pdf/SKILL.md", "old")
            .file("skills/.skillstat-staging/0/SKILL.md", "new");
    }
    let intent = Intent {
        artifact: "skill:pdf".parse().unwrap(),
        blocks,
        backup: None,
        made: Vec::new(),
        swaps: vec![Swap { path: "skills/pdf".into(), new, old }],
        phase: Phase::Swapping,
    };
    intent.write(&root).unwrap();
    world
}

fn read(world: &World) -> Scanned<Vec<skillstat_domain::DeploymentRecord>> {
    TomlDeploymentReader.read(&world.tree.project("root/shop"))
}

#[test]
fn a_reader_answers_as_it_will_be_and_says_why() {
    for swapped in [true, false] {
        let world = interrupted(swapped);
        assert_eq!(world.states(), ["skill:pdf synced"]);
        let read = read(&world);
        let year = read.value[0].deployed_at.to_string();
        assert_eq!(year.starts_with("2026-12"), swapped, "{year}");
        let [problem] = &*read.problems else { panic!("{:?}", read.problems) };
        assert_eq!(problem.kind, ProblemKind::Interrupted);
        assert_eq!(problem.artifact, Some("skill:pdf".parse().unwrap()));
        assert!(problem.path.ends_with("/.claude/.skillstat-intent"));
        assert!(problem.reason.contains(if swapped { "finishes" } else { "takes it back" }));
        // The next writer, whatever they write.
        world.command("note", "x");
        world.deploy("command:note", Replace::Nothing).unwrap();
        assert_eq!(world.read("skills/pdf/SKILL.md"), if swapped { "new" } else { "old" });
        assert_eq!(self::read(&world).problems, []);
        assert_eq!(world.states(), ["skill:pdf synced", "command:note synced"]);
        world.nothing_is_left_over();
    }
}

#[test]
fn a_plan_says_what_is_put_in_order_first() {
    let world = interrupted(true);
    world.command("note", "x").command("more", "x");
    let warnings = |artifact: &str| {
        let task = world.task(artifact, Replace::Nothing);
        world.deployer.plan(&Task::Deploy(task)).unwrap().warnings
    };
    let [warning] = &*warnings("command:note") else { panic!("it is not told") };
    assert_eq!(warning.kind, ProblemKind::Interrupted);
    world.deploy("command:note", Replace::Nothing).unwrap();
    assert_eq!(warnings("command:more"), []);
}

#[test]
fn while_somebody_is_at_it_nothing_is_wrong() {
    let world = interrupted(true);
    let lock = File::create(world.path(&lock_file(TRACKER_FILE))).unwrap();
    lock.lock().unwrap();
    assert_eq!(read(&world).problems, []);
    assert_eq!(world.states(), ["skill:pdf synced"]);
    let directory = File::open(world.path("")).unwrap();
    assert!(FileLock::is_held(directory.as_fd(), &lock_file(TRACKER_FILE)));
}

#[test]
fn what_is_no_intent_is_a_problem_and_changes_no_answer() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.file(INTENT_FILE, "garbage");
    assert_eq!(read(&world).problems[0].kind, ProblemKind::Interrupted);
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn what_nobody_can_finish_is_told_and_no_state_is_guessed() {
    let world = interrupted(true);
    // As in a copy of the project: nothing is what it was.
    let staging = world.path("skills/.skillstat-staging");
    fs::rename(staging.join("0"), world.tree.path("elsewhere")).unwrap();
    world.file("skills/.skillstat-staging/0/SKILL.md", "old");
    assert_eq!(world.states(), ["skill:pdf unreadable"]);
    let read = read(&world);
    let [problem] = &*read.problems else { panic!("{:?}", read.problems) };
    assert_eq!(problem.kind, ProblemKind::Interrupted);
    assert_eq!(problem.artifact, Some("skill:pdf".parse().unwrap()));
    assert!(problem.path.ends_with("/skills/.skillstat-staging/0"), "{}", problem.path);
    world.command("note", "x");
    let refused = world.deploy("command:note", Replace::Nothing);
    assert_eq!(kinds(&refused), "Interrupted");
    assert_eq!(refused.unwrap_err().fix(), problem.fix);
    let (_, delete) = problem.fix.split_once("then delete ").unwrap();
    for path in delete.split('`').filter(|path| path.starts_with('/')) {
        let path = std::path::Path::new(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }
    world.deploy("command:note", Replace::Nothing).unwrap();
    assert_eq!(self::read(&world).problems, []);
    world.nothing_is_left_over();
}

#[test]
fn a_first_write_is_told_too() {
    for swapped in [true, false] {
        let world = interrupted(swapped);
        fs::remove_file(world.path(TRACKER_FILE)).unwrap();
        let states: &[&str] = if swapped { &["skill:pdf synced"] } else { &[] };
        assert_eq!(world.states(), states);
        let read = read(&world);
        let [problem] = &*read.problems else { panic!("{:?}", read.problems) };
        assert_eq!(problem.kind, ProblemKind::Interrupted);
    }
}
