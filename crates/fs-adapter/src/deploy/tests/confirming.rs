//! Records that another program takes away are written again, and missed.

use std::fs;
use std::path::PathBuf;

use super::*;

/// Lets somebody write the tracker during the first so many waits.
fn meanwhile(world: &World, times: usize, write: impl Fn(PathBuf) + Send + 'static) {
    let (path, mut left) = (world.path(TRACKER_FILE), times);
    world.waits.0.lock().unwrap().1 = Some(Box::new(move |_| {
        if left > 0 {
            left -= 1;
            write(path.clone());
        }
    }));
}

fn world_with_other() -> (World, String) {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]).skill("other", &[("SKILL.md", "x")]);
    world.deploy("skill:other", Replace::Nothing).unwrap();
    let before = world.read(TRACKER_FILE);
    world.waits.0.lock().unwrap().0.clear();
    (world, before)
}

#[test]
fn one_wait_serves_all_tasks() {
    let (world, _) = world_with_other();
    world.skill("a", &[("SKILL.md", "a")]);
    let tasks = ["skill:pdf", "skill:a"].map(|id| Task::Deploy(world.task(id, Replace::Nothing)));
    let results = world.deployer.carry_out(&tasks, &());
    assert!(results.iter().all(Result::is_ok));
    assert_eq!(world.waits.0.lock().unwrap().0, [Duration::from_millis(300)]);
}

#[test]
fn a_record_that_is_taken_away_is_written_again() {
    let (world, before) = world_with_other();
    meanwhile(&world, 3, move |path| fs::write(path, &before).unwrap());
    let done = world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!(done.written_again, 3);
    assert_eq!(world.states(), ["skill:other synced", "skill:pdf synced"]);
    assert_eq!(world.waits.0.lock().unwrap().0.len(), 4);
}

#[test]
fn a_record_that_never_stays_is_given_up_and_missed() {
    let (world, before) = world_with_other();
    meanwhile(&world, usize::MAX, move |path| fs::write(path, &before).unwrap());
    let refused = world.deploy("skill:pdf", Replace::Nothing);
    assert!(
        matches!(&refused, Err(DeployError::RecordErased { times: 4, tracker, backup: None }) if tracker.ends_with(TRACKER_FILE)),
        "{refused:?}"
    );
    world.waits.0.lock().unwrap().1 = None;
    let vanished = world.deployer.vanished_records();
    assert_eq!(vanished.len(), 1, "{vanished:?}");
    assert_eq!(vanished[0].kind, ProblemKind::VanishedRecord);
    let command = format!(
        "`skillstat deploy skill:pdf --project {} --profile claude_code`",
        world.tree.project("root/shop")
    );
    assert!(vanished[0].fix.contains(&command), "{}", vanished[0].fix);
    // The command that mends it does, and needs no force.
    assert_eq!(world.deploy("skill:pdf", Replace::Unmodified).unwrap().plan.action, Action::Record);
    assert_eq!(world.deployer.vanished_records(), []);
}

#[test]
fn what_cannot_be_looked_at_again_is_written_and_its_backup_known() {
    let (world, _) = world_with_other();
    world.skill("other", &[("SKILL.md", "new")]);
    meanwhile(&world, 1, |path| fs::write(path, "no TOML").unwrap());
    let refused = world.deploy("skill:other", Replace::Unmodified);
    let Err(DeployError::Unconfirmed { reason, backup: Some(backup), .. }) = &refused else {
        panic!("{refused:?}")
    };
    assert!(reason.contains(TRACKER_FILE), "{reason}");
    assert!(world.deployer.backups().value.iter().any(|kept| kept.id == *backup));
    assert_eq!(world.read("skills/other/SKILL.md"), "new");
}

#[test]
fn a_record_that_comes_back_without_its_copy_is_taken_away_again() {
    let (world, before) = world_with_other();
    meanwhile(&world, 1, move |path| fs::write(path, &before).unwrap());
    let done = world.undeploy("skill:other", false).unwrap();
    assert_eq!(done.written_again, 1);
    assert_eq!(world.states(), [""; 0]);
}

#[test]
fn an_old_record_in_the_place_of_the_new_one_is_replaced_again() {
    let (world, before) = world_with_other();
    world.skill("other", &[("SKILL.md", "new")]);
    world.at("2026-11-25T11:00:00");
    meanwhile(&world, 1, move |path| fs::write(path, &before).unwrap());
    let done = world.deploy("skill:other", Replace::Unmodified).unwrap();
    assert_eq!(done.written_again, 1);
    assert_eq!(world.states(), ["skill:other synced"]);
}

#[test]
fn what_others_do_knowing_of_the_record_is_left_alone() {
    // They undeploy it.
    let (world, before) = world_with_other();
    let copy = world.path("skills/pdf");
    meanwhile(&world, 1, move |path| {
        fs::remove_dir_all(&copy).unwrap();
        fs::write(path, &before).unwrap();
    });
    assert_eq!(world.deploy("skill:pdf", Replace::Nothing).unwrap().written_again, 0);
    assert_eq!(world.states(), ["skill:other synced"]);
    assert_eq!(world.deployer.vanished_records(), []);
    // They deploy another version.
    let (world, _) = world_with_other();
    meanwhile(&world, 1, |path| {
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text.replace("2026-11-25T10", "2026-12-25T10")).unwrap();
    });
    assert_eq!(world.deploy("skill:pdf", Replace::Nothing).unwrap().written_again, 0);
}

#[test]
fn receipts_are_for_the_owner_alone_and_go_with_the_copy() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let receipts = world.tree.path("state/skillstat/receipts");
    let files =
        || fs::read_dir(&receipts).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let mode = |path: PathBuf| {
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(
        (files().len(), mode(files()[0].clone()), mode(receipts.clone())),
        (1, 0o600, 0o700)
    );
    world.undeploy("skill:pdf", false).unwrap();
    assert_eq!(files().len(), 0);
}
