//! Nothing outside is read, written or deleted, whatever anybody says.

use std::fs;

use super::*;

fn record(path: &str) -> String {
    format!(
        "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"work\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = {path:?}\ncontent_hash = \"{}\"\n",
        "0".repeat(64)
    )
}

#[test]
fn a_record_that_points_outside_only_loses_its_record() {
    for path in [
        "../../../outside/canary",
        "/etc/hostname",
        "skills/../../../../outside",
        "",
        "skills/\u{0}",
    ] {
        let world = World::new();
        let escaped = record(path).replace("\\0", "\\u0000");
        world.file(TRACKER_FILE, &escaped);
        let done = world.undeploy("skill:pdf", true).unwrap();
        assert_eq!((done.plan.action, done.backup), (Action::RemoveRecord, None));
        assert_eq!(world.read(TRACKER_FILE), "deployed = []\n");
        world.nothing_is_left_over();
    }
}

#[test]
fn a_link_on_the_way_is_not_followed_out() {
    let world = World::new();
    world.tree.link("root/shop/.claude/skills", "../../../outside");
    world.file(TRACKER_FILE, &record("skills/canary"));
    world.skill("pdf", &[("SKILL.md", "text")]).skill("x", &[("SKILL.md", "text")]);
    let before = world.everything();
    assert_eq!(kinds(&world.deploy("skill:x", Replace::Anything)), "InTheWay");
    assert_eq!(world.everything(), before);
    assert_eq!(world.undeploy("skill:pdf", false).unwrap().plan.action, Action::RemoveRecord);
    assert_eq!(world.read(TRACKER_FILE), "deployed = []\n");
    world.nothing_is_left_over();
}

#[test]
fn what_belongs_to_the_deployments_is_no_copy() {
    for path in [
        TRACKER_FILE,
        ".skillstat-intent",
        "..skillmeat-deployed.toml.skillmeat-lock",
        "skills/.skillstat-staging/0",
    ] {
        let world = World::new();
        world.file(TRACKER_FILE, &record(path)).file(path, &record(path));
        world.file(TRACKER_FILE, &record(path));
        if path == ".skillstat-intent" {
            continue;
        }
        let done = world.undeploy("skill:pdf", true).unwrap();
        assert_eq!(done.plan.action, Action::RemoveRecord, "{path}");
        assert_eq!(world.read(TRACKER_FILE), "deployed = []\n");
    }
}

#[test]
fn a_directory_of_other_copies_is_not_taken_away_as_one() {
    let world = World::new();
    world.skill("other", &[("SKILL.md", "x")]);
    world.deploy("skill:other", Replace::Nothing).unwrap();
    let tracker = format!("{}\n{}", world.read(TRACKER_FILE), record("skills"));
    world.file(TRACKER_FILE, &tracker);
    world.skill("pdf", &[("SKILL.md", "x")]);
    for dest_path in [None, Some(".claude/skills/other".to_owned())] {
        let task = DeployTask { dest_path, ..world.task("skill:pdf", Replace::Anything) };
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "InTheWay");
    }
    let done = world.undeploy("skill:pdf", true).unwrap();
    assert_eq!((done.plan.action, done.backup), (Action::RemoveRecord, None));
    assert_eq!(world.states(), ["skill:other synced"]);
}

#[test]
fn what_two_records_say_is_theirs_stays_for_the_other() {
    let world = World::new();
    world.skill("other", &[("SKILL.md", "x")]);
    world.deploy("skill:other", Replace::Nothing).unwrap();
    let tracker = format!("{}\n{}", world.read(TRACKER_FILE), record("skills/other"));
    world.file(TRACKER_FILE, &tracker);
    assert_eq!(world.undeploy("skill:pdf", true).unwrap().plan.action, Action::RemoveRecord);
    assert_eq!(world.states(), ["skill:other synced"]);
}

#[test]
fn restoring_takes_no_copies_of_others_with_it() {
    let world = World::new();
    world.file(TRACKER_FILE, &record("skills")).file("skills/SKILL.md", "mine");
    world.undeploy("skill:pdf", true).unwrap();
    world.skill("other", &[("SKILL.md", "x")]);
    world.deploy("skill:other", Replace::Nothing).unwrap();
    assert_eq!(kinds(&world.restore_latest(true)), "InTheWay");
    assert_eq!(world.states(), ["skill:other synced"]);
}

#[test]
fn a_profile_root_that_leads_out_is_read_and_not_written() {
    let world = World::new();
    world.tree.link("root/shop/.claude", "../../outside");
    world.skill("pdf", &[("SKILL.md", "text")]);
    let before = world.everything();
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "ProfileRootLeaves");
    assert_eq!(kinds(&world.undeploy("skill:pdf", true)), "ProfileRootLeaves");
    assert_eq!(world.everything(), before);
    // One that stays inside is as good as a directory.
    fs::remove_file(world.project(".claude")).unwrap();
    world.tree.directory("root/shop/dot").link("root/shop/.claude", "dot");
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    assert!(world.project("dot/skills/pdf/SKILL.md").is_file());
}

#[test]
fn what_is_on_record_outside_is_not_told() {
    let world = World::new();
    world.tree.file(format!("outside/{TRACKER_FILE}"), record("skills/pdf"));
    world.file(TRACKER_FILE, "");
    let recorded = || {
        let found = world.deployer.recorded(&world.tree.project("root/shop")).unwrap();
        let shown = |found: RecordedArtifacts| {
            format!("{} {} {}", found.profile_root, found.artifacts.len(), found.complete)
        };
        found.into_iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(recorded(), [".claude 0 true"]);
    world.tree.link("root/shop/.agents", "../../outside").directory("root/shop/.codex");
    let outside = world.tree.path(format!("outside/{TRACKER_FILE}"));
    world.tree.link(format!("root/shop/.codex/{TRACKER_FILE}"), outside);
    world.tree.file(format!("root/shop/.mine/{TRACKER_FILE}"), record("skills/pdf"));
    world.tree.file(format!("root/shop/.slip/{TRACKER_FILE}"), "[[deployed]]\n");
    world.tree.directory("root/shop/.empty").file("root/shop/.gitignore", "");
    assert_eq!(
        recorded(),
        [".claude 0 true", ".agents 0 false", ".codex 0 false", ".mine 1 true", ".slip 0 false"]
    );
}

#[test]
fn a_tracker_that_is_a_link_is_not_written() {
    let world = World::new();
    world.tree.file("root/shop/real.toml", "deployed = []\n");
    world.tree.link(format!("root/shop/.claude/{TRACKER_FILE}"), "../real.toml");
    world.skill("pdf", &[("SKILL.md", "text")]);
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Tracker");
    assert_eq!(fs::read_to_string(world.project("real.toml")).unwrap(), "deployed = []\n");
}

#[test]
fn a_tracker_that_claims_to_be_huge_is_refused_and_costs_nothing() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]).file(TRACKER_FILE, "");
    fs::File::options()
        .write(true)
        .open(world.path(TRACKER_FILE))
        .unwrap()
        .set_len(1 << 42)
        .unwrap();
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Tracker");
    assert_eq!(kinds(&world.undeploy("skill:pdf", true)), "Tracker");
}

#[test]
fn projects_lie_below_a_search_root() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.tree.directory("elsewhere/app").directory("root-2/app").link("root/link", "../elsewhere");
    for project in ["elsewhere/app", "root-2/app", "root/link/app", "root/link", "root/link/new"] {
        let task = DeployTask {
            project: world.tree.project(project),
            create_project: true,
            ..world.task("skill:pdf", Replace::Anything)
        };
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "OutsideRoots", "{project}");
    }
    assert_eq!(fs::read_dir(world.tree.path("elsewhere/app")).unwrap().count(), 0);
    let task = DeployTask {
        project: world.tree.project("root"),
        ..world.task("skill:pdf", Replace::Anything)
    };
    world.carry_out(Task::Deploy(task)).unwrap();
    assert!(
        world.tree.path("root/.claude/skills/pdf/SKILL.md").is_file(),
        "the root itself is a project"
    );
}

#[test]
fn nothing_is_deployed_where_nobody_would_find_it() {
    let world = World::with(2, &["ex*", "**/skip/", ".codex"]);
    world.skill("pdf", &[("SKILL.md", "text")]);
    for path in ["root/a/b/c", "root/ex1/a", "root/a/skip", "root/a/b"] {
        world.tree.directory(path);
    }
    let before = world.everything();
    let check = |project: &str, profile: &str, expected: &str| {
        let task = DeployTask {
            project: world.tree.project(project),
            profile: profile.parse().unwrap(),
            create_project: true,
            ..world.task("skill:pdf", Replace::Anything)
        };
        let task = Task::Deploy(task);
        let planned = world.deployer.plan(&task);
        assert_eq!(kinds(&planned), "NeverFound", "{project}");
        let refused = world.carry_out(task).unwrap_err().to_string();
        assert!(refused.ends_with(expected), "{refused}");
        assert_eq!(world.everything(), before, "nothing was made");
    };
    let deep = "lies 3 below a search root, and projects are looked for 2 deep";
    check("root/a/b/c", ".claude", deep);
    check("root/a/b/new", ".claude", deep);
    let excluded = |path: &str, glob: &str| {
        format!("`{}` is excluded by `{glob}`", world.tree.path(path).display())
    };
    check("root/ex1/a", ".claude", &excluded("root/ex1/a", "ex*"));
    check("root/a/skip", ".claude", &excluded("root/a/skip", "**/skip/"));
    check("root/shop", ".codex", &excluded("root/shop/.codex", ".codex"));
    let task = DeployTask {
        project: world.tree.project("root/a/b"),
        ..world.task("skill:pdf", Replace::Anything)
    };
    world.carry_out(Task::Deploy(task)).unwrap();
}

#[test]
fn a_source_stays_in_its_collection() {
    let world = World::new();
    world.tree.file("outside/SKILL.md", "secret").link("home/skills/pdf", "../../outside");
    for path in
        ["skills/pdf", "../outside", "/etc", "skills/../../outside", "", "gone", "skills/\0"]
    {
        let mut task = world.task("skill:pdf", Replace::Anything);
        task.source.path = path.to_owned();
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "Source", "{path:?}");
    }
    assert_eq!(world.states(), [""; 0]);
    // A link that stays inside is followed.
    world.tree.file("home/shared/pdf/SKILL.md", "text").link("home/skills/inside", "../shared/pdf");
    let mut task = world.task("skill:pdf", Replace::Anything);
    task.source.path = "skills/inside".to_owned();
    world.carry_out(Task::Deploy(task)).unwrap();
    assert_eq!(world.read("skills/pdf/SKILL.md"), "text");
}

#[test]
fn names_and_places_that_cannot_be_are_refused() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    let long = "n".repeat(256);
    for id in
        ["skill:a/b", "skill:..", "skill:a\nb", "skill:\0", &format!("skill:{long}"), "widget:x"]
    {
        let mut task = world.task(id, Replace::Anything);
        task.source.path = "skills/pdf".to_owned();
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "Destination", "{id:?}");
    }
    for dest_path in
        ["tools", "../x", "/etc", ".claude/../..", ".claude/\0", &format!(".claude/{long}")]
    {
        let task = DeployTask {
            dest_path: Some(dest_path.to_owned()),
            ..world.task("skill:pdf", Replace::Anything)
        };
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "Destination", "{dest_path:?}");
    }
    for dest_path in [".claude/.skillstat-staging", ".claude/skills/.skillstat-staging/0"] {
        let task = DeployTask {
            dest_path: Some(dest_path.to_owned()),
            ..world.task("skill:pdf", Replace::Anything)
        };
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "InTheWay", "{dest_path:?}");
    }
    for profile in [format!(".{long}"), ".a\0".to_owned()] {
        let task = DeployTask {
            profile: profile.parse().unwrap(),
            ..world.task("skill:pdf", Replace::Anything)
        };
        assert_eq!(kinds(&world.carry_out(Task::Deploy(task))), "Failed", "{profile:?}");
    }
    assert_eq!(fs::read_dir(world.project("")).unwrap().count(), 0, "nothing was made");
}

#[test]
fn an_intent_that_came_with_a_repository_does_no_harm() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let intent = |phase: &str, path: &str, extra: &str| {
        format!(
            "version = 1\nphase = {phase:?}\nartifact = \"skill:pdf\"\nmade = [\"skills/pdf\"]\nblocks = []\n{extra}[[swap]]\npath = {path:?}\n"
        )
    };
    let before = world.read(TRACKER_FILE);
    for (phase, path) in
        [("staging", "skills/pdf"), ("swapping", "skills/pdf"), ("staging", "x/y/z")]
    {
        world.file(".skillstat-intent", &intent(phase, path, "backup = \"x\"\n"));
        let _whatever_comes_of_it = world.undeploy("skill:none", true);
        let _whatever_comes_of_it = world.deploy("skill:pdf", Replace::Unmodified);
        assert_eq!(world.read(TRACKER_FILE), before);
        assert_eq!(world.read("skills/pdf/SKILL.md"), "text");
    }
    for garbage in [
        "",
        "version = 2\n",
        &intent("staging", "../../outside", ""),
        &intent("staging", "/etc", ""),
    ] {
        world.file(".skillstat-intent", garbage);
        assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Interrupted");
        fs::remove_file(world.path(".skillstat-intent")).unwrap();
    }
    world.tree.directory("root/shop/.claude/skills/.skillstat-staging");
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Interrupted");
    assert_eq!(world.states(), ["skill:pdf synced"]);
}

#[test]
fn what_is_ours_is_no_copy_that_could_be_replaced() {
    for ours in [".skillstat-intent", ".skillstat-staging", ".skillmeat-deployed.toml"] {
        let world = World::new();
        world.skill("pdf", &[("SKILL.md", "text")]);
        world.deploy("skill:pdf", Replace::Nothing).unwrap();
        let backup = world.undeploy("skill:pdf", true).unwrap().backup.unwrap();
        world.deploy("skill:pdf", Replace::Nothing).unwrap();
        let hostile = world.read(TRACKER_FILE).replace("\"skills/pdf\"", &format!("\"{ours}\""));
        world.file(TRACKER_FILE, &hostile);
        let task = DeployTask {
            dest_path: Some(".claude/x".to_owned()),
            ..world.task("skill:pdf", Replace::Anything)
        };
        world.carry_out(Task::Deploy(task)).unwrap();
        assert_eq!(world.states(), ["skill:pdf synced"], "{ours}");
        assert_eq!(world.read("x/pdf/SKILL.md"), "text");
        world.nothing_is_left_over();
        world.file(TRACKER_FILE, &hostile);
        let task = skillstat_domain::RestoreTask { backup, force: true };
        world.carry_out(Task::Restore(task)).unwrap();
        assert_eq!(world.states(), ["skill:pdf synced"], "{ours}");
        world.nothing_is_left_over();
    }
}
