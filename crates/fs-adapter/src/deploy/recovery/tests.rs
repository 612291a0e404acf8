//! What was edited after a write was interrupted is not lost when the next one finishes it.

use std::fs;

use cap_std::ambient_authority;
use cap_std::fs::Dir;
use skillstat_domain::{BackupId, Deployer, Done, ProfileRoot, Replace, RestoreTask, Task};

use super::super::backup_store::Keep;
use super::super::intent::{Identity, Swap};
use super::super::tests::world::{World, kinds};
use super::*;
use crate::file_lock::Patience;
use crate::layout::TRACKER_FILE;

/// Where the copy was.
const OLD: &str = "skills/pdf";

/// A project in which `skill:pdf` was deployed and a writer died.
struct Killed {
    world: World,
    backup: BackupId,
}

impl Killed {
    /// `arrange` makes of the deployed copy what the writer left; `swaps` are the places of what comes and
    /// what goes, each with where that lies.
    fn new(
        new_path: &str,
        arrange: fn(&World),
        swaps: &[(&str, Option<&str>, Option<&str>)],
    ) -> Self {
        let world = World::new();
        world.skill("pdf", &[("SKILL.md", "old")]);
        world.deploy("skill:pdf", Replace::Nothing).unwrap();
        let dir = Dir::open_ambient_dir(world.path(""), ambient_authority()).unwrap();
        let root = Beneath::new(dir, world.path("").to_string_lossy().into_owned());
        let locate = |path: &str| root.locate(Utf8Path::new(path)).unwrap();
        let blocks = vec![world.read(TRACKER_FILE)];
        let backup = world.deployer.backups.next_id(false);
        let entry = |path: &str| {
            let nothing_was_there = path != OLD;
            if nothing_was_there { None } else { locate(path).entry().unwrap() }
        };
        let places = swaps.iter().map(|(path, ..)| ((*path).into(), entry(path))).collect();
        let keep = Keep {
            artifact: &"skill:pdf".parse().unwrap(),
            project: &world.tree.project("root/shop"),
            profile_root: &ProfileRoot::new(".claude").unwrap(),
            blocks: &blocks,
            places,
        };
        let patience = Patience { limit: std::time::Duration::ZERO, pause: &crate::Sleep };
        world.deployer.backups.keep(&backup, &keep, patience).unwrap();
        arrange(&world);
        let identity =
            |path: Option<&str>| path.map(|path| Identity::of(&locate(path)).unwrap().unwrap());
        let swap = |(path, new, old): &(&str, Option<&str>, Option<&str>)| Swap {
            path: (*path).into(),
            new: identity(*new),
            old: identity(*old),
        };
        let intent = Intent {
            artifact: "skill:pdf".parse().unwrap(),
            blocks: vec![blocks[0].replace(OLD, new_path)],
            backup: Some(backup.clone()),
            made: Vec::new(),
            swaps: swaps.iter().map(swap).collect(),
            phase: Phase::Swapping,
        };
        intent.write(&root).unwrap();
        Self { world, backup }
    }

    /// Moved to another directory, but still at the old place too.
    fn moving() -> Self {
        let arrange = |world: &World| {
            world.file("skills/x/pdf/SKILL.md", "new");
            for staging in ["skills/.skillstat-staging", "skills/x/.skillstat-staging"] {
                fs::create_dir(world.path(staging)).unwrap();
            }
        };
        let coming = ("skills/x/pdf", Some("skills/x/pdf"), None);
        Self::new("skills/x/pdf", arrange, &[coming, (OLD, None, Some(OLD))])
    }

    /// Exchanged, and not looked at any more.
    fn exchanging() -> Self {
        let arrange = |world: &World| {
            fs::create_dir(world.path("skills/.skillstat-staging")).unwrap();
            fs::rename(world.path(OLD), world.path("skills/.skillstat-staging/0")).unwrap();
            world.file("skills/pdf/SKILL.md", "new");
        };
        Self::new(OLD, arrange, &[(OLD, Some(OLD), Some("skills/.skillstat-staging/0"))])
    }

    /// Another write.
    fn next(&self) -> Result<Done, DeployError> {
        self.world.command("note", "x").deploy("command:note", Replace::Unmodified)
    }

    /// The backups beside that of the interrupted write.
    fn further(&self) -> Vec<BackupId> {
        let all = self.world.deployer.backups().value.into_iter();
        all.map(|backup| backup.id).filter(|id| *id != self.backup).collect()
    }

    #[track_caller]
    fn brings_back(&self, edited: &str) {
        self.next().unwrap();
        let further = self.further();
        let [backup] = &*further else { panic!("{further:?}") };
        assert!(backup.as_str().ends_with("-e"), "{backup}");
        let task = RestoreTask { backup: backup.clone(), force: true };
        self.world.carry_out(Task::Restore(task)).unwrap();
        assert_eq!(self.world.read("skills/pdf/SKILL.md"), edited);
        assert!(!self.world.is_there("skills/x/pdf"));
        assert_eq!(self.world.states(), ["skill:pdf modified", "command:note synced"]);
        self.world.nothing_is_left_over();
    }
}

#[test]
fn an_edit_after_half_a_move_is_kept() {
    let killed = Killed::moving();
    killed.world.file("skills/pdf/SKILL.md", "edited");
    killed.brings_back("edited");
}

#[test]
fn an_edit_just_before_the_exchange_is_kept() {
    let killed = Killed::exchanging();
    killed.world.file("skills/.skillstat-staging/0/SKILL.md", "edited");
    killed.brings_back("edited");
}

#[test]
fn what_nobody_edited_is_kept_once() {
    for killed in [Killed::moving(), Killed::exchanging()] {
        killed.next().unwrap();
        assert_eq!(killed.further(), []);
        assert_eq!(killed.world.states(), ["skill:pdf modified", "command:note synced"]);
        killed.world.nothing_is_left_over();
    }
}

#[test]
fn what_is_gone_already_is_in_nobody_s_way() {
    let killed = Killed::moving();
    fs::remove_dir_all(killed.world.path(OLD)).unwrap();
    killed.next().unwrap();
    assert_eq!(killed.further(), []);
    killed.world.nothing_is_left_over();
}

#[test]
fn an_edit_that_cannot_be_kept_is_not_deleted() {
    let killed = Killed::moving();
    killed.world.file("skills/pdf/SKILL.md", "edited");
    killed.world.tree.fifo("root/shop/.claude/skills/pdf/pipe");
    for _ in 0..2 {
        let refused = killed.next();
        assert_eq!(kinds(&refused), "Interrupted");
        let said = refused.unwrap_err().to_string();
        assert!(said.contains("/skills/.skillstat-staging/1/pipe"), "{said}");
    }
    fs::remove_file(killed.world.path("skills/.skillstat-staging/1/pipe")).unwrap();
    killed.brings_back("edited");
}
