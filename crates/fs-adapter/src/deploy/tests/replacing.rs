//! What replaces what, and what survives it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::*;

#[test]
fn a_new_version_takes_the_place_of_the_old_one() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old"), ("gone", "x")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Nothing)), "AlreadyDeployed");
    assert_eq!(
        world.deploy("skill:pdf", Replace::Unmodified).unwrap().plan.action,
        Action::UpToDate
    );
    world.skill("pdf", &[("SKILL.md", "new")]);
    let done = world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    assert_eq!(done.plan.action, Action::Replace);
    assert!(done.backup.is_some());
    assert_eq!(world.read("skills/pdf/SKILL.md"), "new");
    assert!(!world.is_there("skills/pdf/gone"), "files that are no more are gone");
    assert_eq!(world.states(), ["skill:pdf synced"]);
    world.nothing_is_left_over();
}

#[test]
fn an_edited_copy_needs_force_and_is_kept() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    world.file("skills/pdf/SKILL.md", "edited");
    world.skill("pdf", &[("SKILL.md", "new")]);
    let before = world.everything();
    let refused = world.deploy("skill:pdf", Replace::Unmodified).unwrap_err();
    let DeployError::NeedsForce { path, why: NeedsForce::LocallyModified } = &refused else {
        panic!("{refused:?}")
    };
    assert!(path.ends_with("/.claude/skills/pdf"));
    assert!(matches!(world.undeploy("skill:pdf", false), Err(DeployError::NeedsForce { .. })));
    assert_eq!(world.everything(), before, "not even a lock file");
    world.deploy("skill:pdf", Replace::Anything).unwrap();
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn what_no_record_knows_needs_force() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.file("skills/pdf", "a file, of all things");
    for replace in [Replace::Nothing, Replace::Unmodified] {
        let refused = world.deploy("skill:pdf", replace);
        assert!(
            matches!(refused, Err(DeployError::NeedsForce { why: NeedsForce::Untracked, .. })),
            "{refused:?}"
        );
    }
    world.deploy("skill:pdf", Replace::Anything).unwrap();
    assert_eq!(world.read("skills/pdf/SKILL.md"), "new");
    let restored = world.restore_latest(false).unwrap();
    assert_eq!(restored.plan.action, Action::Restore);
    assert_eq!(world.read("skills/pdf"), "a file, of all things");
    assert_eq!(world.states(), [""; 0], "there was no record then");
}

#[test]
fn a_copy_moves_to_the_place_that_is_asked_for() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let task = DeployTask {
        dest_path: Some(".claude/skills/dev".to_owned()),
        ..world.task("skill:pdf", Replace::Unmodified)
    };
    let done = world.carry_out(Task::Deploy(task)).unwrap();
    assert_eq!(done.plan.action, Action::Move { from: "skills/pdf".into() });
    assert!(!world.is_there("skills/pdf") && world.is_there("skills/dev/pdf/SKILL.md"));
    assert_eq!(world.states(), ["skill:pdf synced"]);
    // Without a place of its own it stays where it is.
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    assert_eq!(world.read("skills/dev/pdf/SKILL.md"), "new");
    assert_eq!(world.states(), ["skill:pdf synced"]);
    world.nothing_is_left_over();
}

#[test]
fn unusual_trees_are_replaced_whole() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "new")]);
    let set = |path: PathBuf, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    set(world.tree.path("home/skills/pdf/SKILL.md"), 0o555);
    set(world.tree.path("home/skills/pdf"), 0o555);
    // What was there is a link that leads out; it is replaced itself, never what it leads to.
    world.tree.link("root/shop/.claude/skills/pdf", "../../../../outside");
    assert!(matches!(
        world.deploy("skill:pdf", Replace::Unmodified),
        Err(DeployError::NeedsForce { .. })
    ));
    world.deploy("skill:pdf", Replace::Anything).unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions();
    assert_eq!(mode(world.path("skills/pdf")), mode(world.tree.path("home/skills/pdf")));
    world.restore_latest(true).unwrap();
    let target = fs::read_link(world.path("skills/pdf")).unwrap();
    assert_eq!(target.to_str(), Some("../../../../outside"));
    world.nothing_is_left_over();
}

#[test]
fn records_of_other_profiles_go_with_the_copy() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let record = world.read(TRACKER_FILE);
    let other = record
        .replace("deployment_profile_id = \"claude_code\"", "deployment_profile_id = \"mine\"");
    world.file(TRACKER_FILE, &format!("{record}\n{other}"));
    world.skill("pdf", &[("SKILL.md", "new")]);
    world.deploy("skill:pdf", Replace::Unmodified).unwrap();
    assert_eq!(world.states(), ["skill:pdf synced"]);
    assert_eq!(world.read(TRACKER_FILE).matches("deployment_profile_id = \"mine\"").count(), 1);
    world.undeploy("skill:pdf", false).unwrap();
    assert_eq!(world.read(TRACKER_FILE), "deployed = []\n");
}

#[test]
fn the_tracker_keeps_its_permissions_and_what_stands_in_it() {
    let world = World::new();
    world.file(TRACKER_FILE, "# mine\r\nx = 1\r\n");
    fs::set_permissions(world.path(TRACKER_FILE), fs::Permissions::from_mode(0o640)).unwrap();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let text = world.read(TRACKER_FILE);
    assert!(text.starts_with("# mine\r\nx = 1\r\n\r\n[[deployed]]\r\n"), "{text:?}");
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let mode = fs::metadata(world.path(TRACKER_FILE)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn a_record_that_is_too_long_to_be_remembered_is_refused() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "old")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let long = format!("own = \"{}\"\nlocal_mod", "x".repeat(1024 * 1024));
    world.file(TRACKER_FILE, &world.read(TRACKER_FILE).replacen("local_mod", &long, 1));
    world.skill("pdf", &[("SKILL.md", "new")]);
    let before = world.everything_in_project();
    let refused = world.deploy("skill:pdf", Replace::Unmodified);
    let Err(DeployError::Failed { path, reason, .. }) = &refused else { panic!("{refused:?}") };
    assert!(path.ends_with(TRACKER_FILE) && reason.contains("so much"), "{path} {reason}");
    assert_eq!(world.everything_in_project(), before);
    assert_eq!(world.deployer.backups().value, []);
}

#[test]
fn lock_files_that_a_copy_has_left_are_in_nobody_s_way() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]).skill("web", &[("SKILL.md", "text")]);
    let task = DeployTask {
        dest_path: Some(".claude/skills/web/x".to_owned()),
        ..world.task("skill:pdf", Replace::Nothing)
    };
    world.carry_out(Task::Deploy(task)).unwrap();
    world.undeploy("skill:pdf", false).unwrap();
    let lock = format!("skills/web/x/{}", lock_file("pdf"));
    assert!(world.is_there(&lock));
    let done = world.deploy("skill:web", Replace::Nothing).unwrap();
    assert_eq!(done.plan.action, Action::Create);
    assert_eq!(world.states(), ["skill:web synced"]);
    assert!(!world.is_there("skills/web/x"));
    world.nothing_is_left_over();
    // Anything else is somebody's.
    for (file, content) in [("x/note", ""), ("x/.pdf.skillmeat-lock", "text"), (".x/y", "")] {
        world.undeploy("skill:web", true).unwrap();
        world.file(&format!("skills/web/{file}"), content);
        assert_eq!(kinds(&world.deploy("skill:web", Replace::Nothing)), "NeedsForce", "{file}");
        world.deploy("skill:web", Replace::Anything).unwrap();
    }
}
