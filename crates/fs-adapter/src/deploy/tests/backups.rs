//! What was taken away can be had back, for a while.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use skillstat_domain::RestoreTask;

use super::*;

impl World {
    pub(super) fn restore_latest(&self, force: bool) -> Result<Done, DeployError> {
        let backup = self.deployer.backups().value.first().expect("there is one").id.clone();
        self.carry_out(Task::Restore(RestoreTask { backup, force }))
    }
}

#[test]
fn an_edited_copy_comes_back_with_its_record() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old"), ("run", "1")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let noted = world
        .read(TRACKER_FILE)
        .replace("[[deployed]]", "[[deployed]] # mine")
        .replace("local_mod", "own = 1\nlocal_mod");
    world.file(TRACKER_FILE, &noted);
    world.file("skills/pdf/SKILL.md", "edited");
    fs::set_permissions(world.path("skills/pdf/run"), fs::Permissions::from_mode(0o711)).unwrap();
    let before = world.everything_in_project();
    world.undeploy("skill:pdf", true).unwrap();
    let done = world.restore_latest(false).unwrap();
    assert_eq!((done.plan.action, done.plan.path.as_str()), (Action::Restore, "skills/pdf"));
    assert_eq!(world.everything_in_project(), before);
    assert_eq!(world.states(), ["skill:pdf modified"]);
    assert_eq!(done.plan.hash, world.hash_of_copy("skills/pdf"));
}

#[test]
fn a_restore_can_be_undone_by_a_restore() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let old = world.everything_in_project();
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.at("2026-11-25T11:00:00");
    world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    let new = world.everything_in_project();
    world.at("2026-11-25T12:00:00");
    world.restore_latest(false).unwrap();
    assert_eq!(world.everything_in_project(), old);
    world.restore_latest(false).unwrap();
    assert_eq!(world.everything_in_project(), new);
    world.file("skills/pdf/SKILL.md", "edited");
    assert!(matches!(world.restore_latest(false), Err(DeployError::NeedsForce { .. })));
    world.restore_latest(true).unwrap();
}

#[test]
fn a_move_comes_back_whole() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let task = DeployTask {
        dest_path: Some(".claude/skills/dev".to_owned()),
        ..world.task("skill:pdf", Replace::Unmodified)
    };
    world.carry_out(Task::Deploy(task)).unwrap();
    world.restore_latest(false).unwrap();
    assert!(world.is_there("skills/pdf/SKILL.md") && !world.is_there("skills/dev/pdf"));
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn a_copy_that_was_deployed_elsewhere_since_goes() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.undeploy("skill:pdf", false).unwrap();
    let task = DeployTask {
        dest_path: Some(".claude/x".to_owned()),
        ..world.task("skill:pdf", Replace::Unmodified)
    };
    world.carry_out(Task::Deploy(task)).unwrap();
    world.restore_latest(false).unwrap();
    assert!(world.is_there("skills/pdf/SKILL.md") && !world.is_there("x/pdf"));
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn backups_are_listed_latest_first_and_tell_what_they_are() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]).command("review", "12345");
    for artifact in ["skill:pdf", "command:review"] {
        world.deploy(artifact, Replace::Nothing).unwrap();
        world.undeploy(artifact, false).unwrap();
        world.at("2026-11-25T10:00:01");
    }
    let listed = world.deployer.backups();
    assert_eq!(listed.problems, []);
    let shown: Vec<_> = listed
        .value
        .iter()
        .map(|backup| {
            (backup.artifact.as_str(), backup.paths[0].as_str(), backup.size_bytes, backup.recorded)
        })
        .collect();
    assert_eq!(
        shown,
        [("command:review", "commands/review.md", 5, true), ("skill:pdf", "skills/pdf", 4, true)]
    );
    assert_eq!(listed.value[0].at.to_string(), "2026-11-25T10:00:01.000001Z");
    assert_eq!(listed.value[0].project, world.tree.project("root/shop"));
}

#[test]
fn only_so_many_are_kept_and_none_for_too_long() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let again = |at: &str| {
        world.at(at);
        world.deploy("skill:pdf", Replace::Nothing).unwrap();
        world.undeploy("skill:pdf", false).unwrap();
        world
            .deployer
            .backups()
            .value
            .iter()
            .map(|backup| backup.at.to_string())
            .collect::<Vec<_>>()
    };
    for hour in 0..4 {
        again(&format!("2026-11-25T1{hour}:00:00"));
    }
    let kept = again("2026-11-25T20:00:00");
    assert_eq!(
        kept,
        [
            "2026-11-25T20:00:00.000001Z",
            "2026-11-25T13:00:00.000001Z",
            "2026-11-25T12:00:00.000001Z"
        ]
    );
    assert_eq!(
        again("2026-11-26T12:30:00"),
        [
            "2026-11-26T12:30:00.000001Z",
            "2026-11-25T20:00:00.000001Z",
            "2026-11-25T13:00:00.000001Z"
        ]
    );
    assert_eq!(again("2026-11-28T12:30:00").len(), 1);
}

#[test]
fn what_was_edited_is_kept_longest() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let taken_away = |at: &str, edited: bool| {
        world.at(at);
        world.deploy("skill:pdf", Replace::Nothing).unwrap();
        if edited {
            world.file("skills/pdf/SKILL.md", at);
        }
        world.undeploy("skill:pdf", true).unwrap();
    };
    taken_away("2026-11-25T10:00:00", true);
    taken_away("2026-11-25T11:00:00", false);
    for hour in 12..16 {
        taken_away(&format!("2026-11-25T{hour}:00:00"), hour == 14);
    }
    let kept = world.deployer.backups().value;
    let hours: Vec<_> = kept.iter().map(|kept| kept.at.to_string()[11..13].to_owned()).collect();
    assert_eq!(hours, ["15", "14", "10"], "of three the two that were edited, and the latest");
    world.file("skills/pdf", "nobody's");
    world.deploy("skill:pdf", Replace::Anything).unwrap();
    assert!(world.deployer.backups().value[0].id.as_str().ends_with("-e"), "no record knew it");
}

#[test]
fn nobody_else_can_look_at_what_is_kept() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.undeploy("skill:pdf", false).unwrap();
    let mode =
        |path: &str| fs::metadata(world.tree.path(path)).unwrap().permissions().mode() & 0o777;
    let id = world.deployer.backups().value[0].id.to_string();
    for path in
        ["state/skillstat/backups", "state/skillstat", &format!("state/skillstat/backups/{id}")]
    {
        assert_eq!(mode(path), 0o700, "{path}");
    }
    assert_eq!(mode(&format!("state/skillstat/backups/{id}/meta.toml")), 0o600);
}

#[test]
fn what_is_no_backup_is_a_problem_and_not_restored() {
    let world = World::new();
    let task = |id: &str| Task::Restore(RestoreTask { backup: id.parse().unwrap(), force: false });
    assert_eq!(kinds(&world.carry_out(task("nothing"))), "BackupNotFound");
    world
        .tree
        .file("state/skillstat/backups/half/meta.toml", "version = 1\n")
        .directory("state/skillstat/backups/.unfinished-x");
    let listed = world.deployer.backups();
    assert_eq!((listed.value.len(), listed.problems.len()), (0, 1));
    assert_eq!(kinds(&world.carry_out(task("half"))), "Failed");
}

#[test]
fn what_cannot_be_kept_is_not_replaced() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.tree.fifo("root/shop/.claude/skills/pdf/pipe");
    let before = world.everything_in_project();
    let refused = world.undeploy("skill:pdf", true).unwrap_err();
    let DeployError::Failed { path, .. } = &refused else { panic!("{refused:?}") };
    assert!(path.ends_with("/skills/pdf/pipe"), "{path}");
    assert_eq!(world.everything_in_project(), before);
    fs::remove_dir_all(world.tree.path("state")).unwrap();
    world.tree.file("state", "in the way");
    assert_eq!(kinds(&world.undeploy("skill:pdf", true)), "Failed");
    assert_eq!(world.everything_in_project(), before);
}

#[test]
fn what_is_no_copy_at_all_is_named_and_not_its_source() {
    let world = World::new();
    world.command("note", "text");
    world.deploy("command:note", Replace::Nothing).unwrap();
    fs::remove_file(world.path("commands/note.md")).unwrap();
    world.tree.fifo("root/shop/.claude/commands/note.md");
    let refused = world.undeploy("command:note", true).unwrap_err();
    let DeployError::Failed { path, reason, .. } = &refused else { panic!("{refused:?}") };
    assert!(path.ends_with("/.claude/commands/note.md"), "{path}");
    assert!(reason.contains("cannot be kept"), "{reason}");
}

#[test]
fn what_is_back_already_is_not_brought_back_again() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old"), ("run", "1")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    let backup = world.deployer.backups().value[0].id.clone();
    let restore = || {
        let task = RestoreTask { backup: backup.clone(), force: false };
        world.carry_out(Task::Restore(task)).unwrap()
    };
    assert_eq!(restore().plan.action, Action::Restore);
    let before = world.everything();
    let again = restore();
    assert_eq!((again.plan.action, again.backup), (Action::UpToDate, None));
    assert_eq!(world.everything(), before);
    // One that lacks its record, or differs in a permission, is brought back.
    world.file(TRACKER_FILE, "");
    let recorded = restore();
    assert_eq!((recorded.plan.action, recorded.backup), (Action::Restore, None));
    assert_eq!(world.states(), ["skill:pdf synced"]);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(world.path("skills/pdf/run"), executable).unwrap();
    assert_eq!(restore().plan.action, Action::Restore);
}
