//! What others do while a write goes on is neither lost nor mixed with it.

use std::fs::{self, File};
use std::sync::Mutex;

use super::*;

/// The lock of the copy, for which a write waits when everything is staged and kept.
const OF_COPY: &str = "root/shop/.claude/skills/.pdf.skillmeat-lock";

/// The lock of the backups, for which it waits when everything is staged and nothing is kept.
const OF_BACKUPS: &str = "state/skillstat/backups/.lock";

/// A world in which a new version of a skill is to be deployed over the old one.
fn world() -> World {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.skill("pdf", &[("SKILL.md", "new")]);
    world
}

/// Deploys, and does something while that waits for a lock.
fn deploy(
    world: &World,
    lock: &str,
    act: impl Fn(&std::path::Path) + Send + 'static,
) -> Result<Done, DeployError> {
    let path = world.tree.path(lock);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let held = File::create(path).unwrap();
    held.lock().unwrap();
    let (profile_root, held) = (world.path(""), Mutex::new(Some(held)));
    world.waits.0.lock().unwrap().1 = Some(Box::new(move |_| {
        // Once, and not while it is looked whether the record has stayed.
        if held.lock().unwrap().take().is_some() {
            act(&profile_root);
        }
    }));
    world.deploy("skill:pdf", Replace::Anything)
}

#[track_caller]
fn is_given_up(world: &World, deployed: &Result<Done, DeployError>) {
    assert!(matches!(deployed, Err(DeployError::Changed { .. })), "{deployed:?}");
    assert!(world.deployer.backups().value.is_empty(), "what was kept is where it was");
    world.nothing_is_left_over();
}

#[test]
fn a_copy_that_is_edited_is_not_replaced() {
    for lock in [OF_COPY, OF_BACKUPS] {
        for edit in ["skills/pdf/SKILL.md", "skills/pdf/added"] {
            let world = world();
            let deployed =
                deploy(&world, lock, move |root| fs::write(root.join(edit), "edited").unwrap());
            is_given_up(&world, &deployed);
            assert_eq!(world.read(edit), "edited");
            assert_eq!(world.states(), ["skill:pdf modified"]);
        }
    }
}

#[test]
fn a_copy_that_is_taken_away_stays_away() {
    for lock in [OF_COPY, OF_BACKUPS] {
        let world = world();
        let deployed =
            deploy(&world, lock, |root| fs::remove_dir_all(root.join("skills/pdf")).unwrap());
        is_given_up(&world, &deployed);
        assert_eq!(world.states(), ["skill:pdf missing"]);
    }
}

#[test]
fn what_comes_to_an_empty_place_is_not_replaced() {
    let world = world();
    world.undeploy("skill:pdf", false).unwrap();
    let kept = world.deployer.backups().value;
    let deployed =
        deploy(&world, OF_COPY, |root| fs::write(root.join("skills/pdf"), "mine").unwrap());
    assert!(matches!(deployed, Err(DeployError::Changed { .. })), "{deployed:?}");
    assert_eq!(world.read("skills/pdf"), "mine");
    assert_eq!(world.deployer.backups().value, kept);
    world.nothing_is_left_over();
}

#[test]
fn a_record_that_somebody_adds_without_the_lock_stays() {
    let world = world();
    let other = world
        .read(TRACKER_FILE)
        .replace("\"pdf\"", "\"other\"")
        .replace("skills/pdf", "skills/other");
    let deployed = deploy(&world, OF_COPY, move |root| {
        let tracker = root.join(TRACKER_FILE);
        let text = fs::read_to_string(&tracker).unwrap();
        fs::write(tracker, format!("{text}\n{other}")).unwrap();
    });
    deployed.unwrap();
    assert_eq!(world.read("skills/pdf/SKILL.md"), "new");
    assert_eq!(world.states(), ["skill:pdf synced", "skill:other missing"]);
}

#[test]
fn a_record_that_somebody_else_writes_meanwhile_is_theirs() {
    let world = world();
    let deployed = deploy(&world, OF_COPY, |root| {
        let tracker = root.join(TRACKER_FILE);
        let text = fs::read_to_string(&tracker).unwrap();
        fs::write(tracker, text.replace("\"work\"", "\"theirs\"")).unwrap();
    });
    is_given_up(&world, &deployed);
    assert_eq!(world.read("skills/pdf/SKILL.md"), "old");
    assert!(world.read(TRACKER_FILE).contains("\"theirs\""));
}
