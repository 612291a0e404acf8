//! A file that is cut short while it is read, as by who writes it in place.

use serde_json::Value;

use crate::strace::cut_short;
use crate::world::{Operation, World};

const STATUS: [&str; 4] = ["--json", "--no-service", "--no-index", "status"];

/// Returns what the status says when some of the reads of a file bring nothing.
fn status(world: &World, file: &str, which: &str) -> Value {
    let output = cut_short(world, &STATUS, &world.path(file), which);
    assert!(output.status.success(), "{file}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(file: &str, states: [&str; 2], problems: usize) {
    let world = World::before(Operation::Overwrite);
    let truth: Value =
        serde_json::from_slice(&world.skillstat(&STATUS).output().unwrap().stdout).unwrap();
    assert_eq!(status(&world, file, "1"), truth, "{file} is read again");
    let each_time = status(&world, file, "1+");
    let artifacts = each_time["artifacts"].as_array().unwrap();
    let found: Vec<_> =
        artifacts.iter().map(|artifact| artifact["projects"][0]["state"].as_str()).collect();
    let expected: Vec<_> = states.into_iter().filter(|it| !it.is_empty()).map(Some).collect();
    assert_eq!(found, expected, "{file}: {each_time}");
    assert_eq!(each_time["problems"].as_array().unwrap().len(), problems, "{file}: {each_time}");
}

#[test]
fn a_copy_that_is_cut_short_is_read_again_and_else_unknown() {
    check("projects/app/.claude/skills/pdf/SKILL.md", ["synced", "unreadable"], 1);
    check("projects/app/.claude/commands/note.md", ["unreadable", "conflict"], 1);
}

#[test]
fn a_tracker_that_is_cut_short_is_read_again_and_else_unknown() {
    check("projects/app/.claude/.skillmeat-deployed.toml", ["", ""], 1);
}
