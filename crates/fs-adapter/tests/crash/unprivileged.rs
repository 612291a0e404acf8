//! As a user whom permissions stop: copies that their owner may not write are replaced all the same, and
//! what others own is not.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown, lchown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::{World, entries, example, said};

/// A user that owns nothing else.
const NOBODY: u32 = 65534;

fn mode(world: &World, path: &str, mode: u32) {
    fs::set_permissions(world.path(path), Permissions::from_mode(mode)).unwrap();
}

/// Gives a world to nobody, if that is needed for permissions to count.
fn given_away(world: &World) {
    let mut all: Vec<PathBuf> = entries(world.base());
    all.push(world.base().to_owned());
    for path in all {
        let _only_root_can = lchown(path, Some(NOBODY), Some(NOBODY));
    }
}

fn run(world: &World, words: &[&str]) -> (bool, String) {
    // Where nobody may enter the directory of the tests, the program is started from elsewhere.
    let program = world.path("deploy");
    fs::copy(example(), &program).unwrap();
    let mut command = Command::new(&program);
    if chown(&program, Some(NOBODY), Some(NOBODY)).is_ok() {
        command.uid(NOBODY).gid(NOBODY);
    }
    said(&command.arg(world.base()).args(words).output().unwrap())
}

/// A world in which a skill is deployed that its owner may read but not write, as a package manager
/// leaves it.
fn read_only() -> World {
    let world = World::empty();
    world.version("one");
    for path in ["lib/run.py", "SKILL.md"] {
        mode(&world, &format!("collection/skills/pdf/{path}"), 0o444);
    }
    mode(&world, "collection/skills/pdf/lib", 0o555);
    mode(&world, "collection/skills/pdf", 0o555);
    given_away(&world);
    let (success, said) = run(&world, &["deploy", "skill:pdf"]);
    assert!(success, "{said}");
    world
}

fn modes(world: &World, path: &str) -> Vec<u32> {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let of = |inner: &str| mode(&world.path(path).join(inner));
    ["", "SKILL.md", "lib", "lib/run.py"].map(of).to_vec()
}

#[test]
fn a_copy_that_may_not_be_written_is_replaced_restored_and_removed() {
    let world = read_only();
    let copy = "projects/app/.claude/skills/pdf";
    let expected = [0o555, 0o444, 0o555, 0o444];
    assert_eq!(modes(&world, copy), expected);
    for words in [["overwrite", "skill:pdf"], ["undeploy", "skill:pdf"]] {
        let (success, said) = run(&world, &words);
        assert!(success, "{words:?}: {said}");
    }
    assert!(!world.path(copy).try_exists().unwrap());
    let (_, backups) = run(&world, &["backups"]);
    let (success, said) = run(&world, &["restore", backups.lines().next().unwrap()]);
    assert!(success, "{said}");
    assert_eq!(modes(&world, copy), expected);
    assert_eq!(world.seen().states, ["synced"]);
    world.nothing_lies_about();
}

#[test]
fn what_may_not_be_written_stays_and_is_named() {
    for (closed, fault) in [
        ("projects/app/.claude", ".claude"),
        ("projects/app/.claude/skills", "skills"),
        ("state/backups", "backups"),
    ] {
        let world = read_only();
        let (success, said) = run(&world, &["overwrite", "skill:pdf"]);
        assert!(success, "{said}");
        let (seen, project) = (world.seen(), world.project());
        mode(&world, closed, 0o555);
        let (success, said) = run(&world, &["overwrite", "skill:pdf"]);
        mode(&world, closed, 0o755);
        assert!(!success, "{closed}: {said}");
        assert!(
            said.contains(fault) && said.contains("permission denied") && said.contains("chmod"),
            "{said}"
        );
        assert_eq!((world.seen(), world.project()), (seen, project), "{closed}");
        let (success, said) = run(&world, &["overwrite", "skill:pdf"]);
        assert!(success, "{said}");
        world.nothing_lies_about();
    }
}
