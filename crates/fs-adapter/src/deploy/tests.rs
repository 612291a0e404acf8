//! Deploying over real directories: what is there afterwards, and what is not.

mod backups;
mod confirming;
mod containment;
mod limits;
mod meanwhile;
mod racing;
mod replacing;
pub(super) mod world;

use std::path::PathBuf;
use std::time::Duration;

use skillstat_domain::{Action, DeployTask, NeedsForce, Replace, UndeployTask};
use world::{World, kinds};

use super::*;

#[test]
fn a_skill_is_copied_and_recorded_as_skillmeat_does() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text"), ("lib/run.py", "1"), ("__pycache__/x.pyc", "no")]);
    let done = world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!((done.plan.action, done.plan.path.as_str()), (Action::Create, "skills/pdf"));
    assert_eq!((done.backup, done.written_again), (None, 0));
    assert_eq!(world.read("skills/pdf/lib/run.py"), "1");
    assert!(!world.is_there("skills/pdf/__pycache__"));
    let hash = done.plan.hash.unwrap();
    let expected = format!(
        "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"work\"\n\
         deployed_at = \"2026-11-25T10:00:00.000001\"\nartifact_path = \"skills/pdf\"\n\
         content_hash = \"{hash}\"\nlocal_modifications = false\nmerge_base_snapshot = \"{hash}\"\n\
         deployment_profile_id = \"claude_code\"\nplatform = \"claude_code\"\n\
         profile_root_dir = \".claude\"\ncollection_sha = \"{hash}\"\n"
    );
    assert_eq!(world.read(TRACKER_FILE), expected);
    assert_eq!(done.deployed_at.unwrap().to_string(), "2026-11-25T10:00:00.000001");
    assert_eq!(world.states(), ["skill:pdf synced"]);
    world.nothing_is_left_over();
}

#[test]
fn each_profile_has_its_own_root_and_tracker() {
    let world = World::new();
    world.command("review", "text");
    for profile in ["codex", ".mine"] {
        let task = DeployTask {
            profile: profile.parse().unwrap(),
            ..world.task("command:review", Replace::Nothing)
        };
        world.carry_out(Task::Deploy(task)).unwrap();
    }
    let record =
        |root: &str| std::fs::read_to_string(world.project(root).join(TRACKER_FILE)).unwrap();
    assert!(record(".agents").contains(
        "deployment_profile_id = \"codex\"\nplatform = \"codex\"\nprofile_root_dir = \".agents\""
    ));
    assert!(record(".mine").contains(
        "deployment_profile_id = \".mine\"\nplatform = \"other\"\nprofile_root_dir = \".mine\""
    ));
    assert_eq!(world.states(), ["command:review synced", "command:review synced"]);
}

#[test]
fn a_place_of_its_own_is_recorded_truthfully() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let task = DeployTask {
        dest_path: Some(".claude/skills/dev/".to_owned()),
        ..world.task("skill:pdf", Replace::Nothing)
    };
    let done = world.carry_out(Task::Deploy(task)).unwrap();
    assert_eq!(done.plan.path, "skills/dev/pdf");
    assert_eq!(world.read("skills/dev/pdf/SKILL.md"), "text");
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn an_undeploy_takes_copy_and_record_and_leaves_an_empty_list() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]).command("review", "x");
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.deploy("command:review", Replace::Nothing).unwrap();
    let done = world.undeploy("skill:pdf", false).unwrap();
    assert_eq!((done.plan.action, done.plan.hash, done.deployed_at), (Action::Remove, None, None));
    assert!(done.backup.is_some() && !world.is_there("skills/pdf"));
    assert_eq!(world.states(), ["command:review synced"]);
    world.undeploy("command:review", false).unwrap();
    assert_eq!(world.read(TRACKER_FILE), "deployed = []\n");
    assert_eq!(kinds(&world.undeploy("command:review", false)), "NotDeployed");
    world.nothing_is_left_over();
}

#[test]
fn a_copy_that_is_gone_goes_with_its_record() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    std::fs::remove_dir_all(world.path("skills/pdf")).unwrap();
    assert_eq!(world.states(), ["skill:pdf missing"]);
    let done = world.undeploy("skill:pdf", false).unwrap();
    assert_eq!((done.plan.action, done.backup), (Action::RemoveRecord, None));
    assert_eq!(world.states(), [""; 0]);
}

#[test]
fn a_copy_can_stay_without_its_record() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let task = UndeployTask { keep_copy: true, ..world.undeploy_task("skill:pdf", false) };
    let done = world.carry_out(Task::Undeploy(task)).unwrap();
    assert_eq!(done.plan.action, Action::RemoveRecord);
    assert!(world.is_there("skills/pdf/SKILL.md"));
    // Deployed again it is only recorded, because nothing would be lost.
    let done = world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    assert_eq!(done.plan.action, Action::Record);
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn a_plan_changes_nothing() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let before = world.everything();
    let plan =
        world.deployer.plan(&Task::Deploy(world.task("skill:pdf", Replace::Nothing))).unwrap();
    assert_eq!(plan.action, Action::Create);
    assert_eq!(world.everything(), before);
    let done = world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!(done.plan, plan);
    let before = world.everything();
    let plan =
        world.deployer.plan(&Task::Undeploy(world.undeploy_task("skill:pdf", false))).unwrap();
    assert_eq!(plan.action, Action::Remove);
    assert_eq!(world.everything(), before);
}

#[test]
fn a_project_is_made_only_when_that_is_wanted() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let project = world.tree.project("root/new/app");
    let task = DeployTask { project, ..world.task("skill:pdf", Replace::Nothing) };
    assert_eq!(kinds(&world.carry_out(Task::Deploy(task.clone()))), "ProjectMissing");
    let task = DeployTask { create_project: true, ..task };
    assert_eq!(world.deployer.plan(&Task::Deploy(task.clone())).unwrap().action, Action::Create);
    assert!(!world.tree.path("root/new").try_exists().unwrap());
    world.carry_out(Task::Deploy(task)).unwrap();
    assert!(world.tree.path("root/new/app/.claude/skills/pdf/SKILL.md").is_file());
}

#[test]
fn what_cannot_be_copied_leaves_everything_as_it_was() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let before = world.everything_in_project();
    world.tree.link("home/skills/pdf/out", "../../../outside");
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Source");
    std::fs::remove_file(world.tree.path("home/skills/pdf/out")).unwrap();
    world.tree.link("home/skills/pdf/abs", world.tree.path("home/skills/pdf/SKILL.md"));
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Source");
    std::fs::remove_file(world.tree.path("home/skills/pdf/abs")).unwrap();
    world.tree.fifo("home/skills/pdf/pipe");
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Source");
    std::fs::remove_dir_all(world.tree.path("home/skills/pdf")).unwrap();
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Source");
    assert_eq!(world.everything_in_project(), before);
    world.nothing_is_left_over();
}

#[test]
fn links_inside_an_artifact_stay_links() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text"), ("a/b", "1")]);
    world.tree.link("home/skills/pdf/a/up", "../SKILL.md").link("home/skills/pdf/dir", "a");
    world.tree.link("home/skills/pdf/nowhere", "gone");
    let done = world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!(
        std::fs::read_link(world.path("skills/pdf/a/up")).unwrap().to_str(),
        Some("../SKILL.md")
    );
    assert_eq!(
        std::fs::read_link(world.path("skills/pdf/nowhere")).unwrap().to_str(),
        Some("gone")
    );
    assert_eq!(world.states(), ["skill:pdf synced"]);
    assert_eq!(world.hash_of_copy("skills/pdf"), done.plan.hash);
}

#[test]
fn malformed_records_are_left_alone_and_told() {
    let world = World::new();
    let bad = "[[deployed]]\nartifact_name = \"x\"\n";
    world.file(TRACKER_FILE, bad);
    world.skill("pdf", &[("SKILL.md", "text")]);
    let done = world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!(done.plan.warnings.len(), 1, "{:?}", done.plan.warnings);
    assert!(world.read(TRACKER_FILE).starts_with(bad));
    world.file(TRACKER_FILE, "x = \n");
    let refused = world.deploy("skill:pdf", Replace::Anything);
    let Err(DeployError::Tracker { line: Some(1), path, .. }) = &refused else {
        panic!("{refused:?}")
    };
    assert!(path.ends_with("/.claude/.skillmeat-deployed.toml"));
    assert_eq!(world.read(TRACKER_FILE), "x = \n");
}

#[test]
fn the_lock_is_waited_for_and_named() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.tree.directory("root/shop/.claude");
    let held = FileLock::take(
        std::os::fd::AsFd::as_fd(&std::fs::File::open(world.path("")).unwrap()),
        ("", &lock_file(TRACKER_FILE)),
        world.deployer.patience(),
    )
    .unwrap();
    let refused = world.deploy("skill:pdf", Replace::Nothing).unwrap_err();
    let DeployError::Busy { lock, holder: Some(holder), .. } = &refused else {
        panic!("{refused:?}")
    };
    assert!(lock.ends_with("/.claude/..skillmeat-deployed.toml.skillmeat-lock"));
    assert!(holder.contains(&std::process::id().to_string()));
    drop(held);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
}

#[test]
fn an_observer_hears_of_every_project_that_may_have_changed() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let mut observer = skillstat_domain::testing::MockDeployObserver::new();
    observer.expect_begin().withf(|&tasks| tasks == 3).times(1).return_const(());
    observer.expect_advance().times(3).return_const(());
    let shop = world.tree.project("root/shop");
    // Once by the first; the second needs nothing done and the third is refused before it writes.
    observer.expect_changed().withf(move |project| *project == shop).times(1).return_const(());
    let tasks = [Replace::Nothing, Replace::Unmodified, Replace::Nothing]
        .map(|replace| Task::Deploy(world.task("skill:pdf", replace)));
    let results = world.deployer.carry_out(&tasks, &observer);
    assert_eq!(results[1].as_ref().unwrap().plan.action, Action::UpToDate);
    assert_eq!(kinds(&results[2]), "AlreadyDeployed");
}
