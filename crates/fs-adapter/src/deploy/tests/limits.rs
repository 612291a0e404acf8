//! Backups over the limits go when something was written, and not what somebody asks for.

use std::fs::File;

use skillstat_domain::{BackupId, RestoreTask};

use super::*;

impl World {
    /// Deploys a skill, edits it and takes it away; returns where it is kept.
    fn edited_and_taken_away(&self, at: &str) -> BackupId {
        self.at(at);
        self.deploy("skill:pdf", Replace::Nothing).unwrap();
        self.file("skills/pdf/SKILL.md", at);
        self.undeploy("skill:pdf", true).unwrap().backup.unwrap()
    }

    fn kept(&self) -> Vec<BackupId> {
        self.deployer.backups().value.into_iter().map(|backup| backup.id).collect()
    }
}

fn restore(backup: &BackupId) -> Task {
    Task::Restore(RestoreTask { backup: backup.clone(), force: true })
}

#[test]
fn none_that_an_order_names_is_too_old() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let ids = ["2026-11-25T10:00:00", "2026-11-25T11:00:00", "2026-11-25T12:00:00"]
        .map(|at| world.edited_and_taken_away(at));
    world.at("2026-12-25T10:00:00");
    // Something must go for a backup to be made.
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let done = world.deployer.carry_out(&[restore(&ids[0]), restore(&ids[1])], &());
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(world.read("skills/pdf/SKILL.md"), "2026-11-25T11:00:00");
    let kept = world.kept();
    assert!(
        kept.contains(&ids[0]) && kept.contains(&ids[1]) && !kept.contains(&ids[2]),
        "{kept:?}"
    );
}

#[test]
fn a_restore_that_fails_can_be_tried_again() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let id = world.edited_and_taken_away("2026-11-25T10:00:00");
    world.at("2026-12-25T10:00:00");
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let lock = File::create(world.path(&format!("skills/{}", lock_file("pdf")))).unwrap();
    lock.lock().unwrap();
    assert_eq!(kinds(&world.carry_out(restore(&id))), "Busy");
    assert_eq!(world.kept(), std::slice::from_ref(&id));
    lock.unlock().unwrap();
    world.carry_out(restore(&id)).unwrap();
    assert_eq!(world.read("skills/pdf/SKILL.md"), "2026-11-25T10:00:00");
}

#[test]
fn a_write_that_fails_drives_nothing_out() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let mut ids: Vec<_> = (10..13)
        .map(|hour| world.edited_and_taken_away(&format!("2026-11-25T{hour}:00:00")))
        .collect();
    ids.reverse();
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.file("skills/pdf/SKILL.md", "edited");
    world.skill("pdf", &[("SKILL.md", "new")]);
    let lock = File::create(world.path(&format!("skills/{}", lock_file("pdf")))).unwrap();
    lock.lock().unwrap();
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Busy");
    assert_eq!(world.kept(), ids);
}
