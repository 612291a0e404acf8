//! Following what a user may not read, and may read again.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::service::Service;
use crate::watching::{say, wait_until, watch_state};
use crate::{is_root, mode, own, run};

const AS_NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// Starts a service of a user for whom permissions count; nothing when there is none.
fn service() -> Option<Service> {
    if !is_root() {
        say("NOT RUN: only root may be another user");
        return None;
    }
    let add = |tree: &Path| {
        deploy(&tree.join("bank/.claude"));
        own(tree);
    };
    let service = Service::start_by(&AS_NOBODY, add, &[]);
    wait_until("live", || watch_state(&service) == "live");
    same(&service, "before");
    Some(service)
}

/// Makes a profile root with a record and its copy.
fn deploy(profile_root: &Path) {
    fs::create_dir_all(profile_root.join("skills/pdf/lib")).expect("writable");
    fs::write(profile_root.join("skills/pdf/lib/file"), "text").expect("writable");
    let record = format!(
        "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"default\"\n\
         deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"skills/pdf\"\ncontent_hash = \"{:064}\"\n",
        0
    );
    fs::write(profile_root.join(".skillmeat-deployed.toml"), record).expect("writable");
}

/// Compares what the service answers with what the command finds, run by the same user.
#[track_caller]
fn same(service: &Service, what: &str) {
    let tree = service.sandbox.tree();
    let mut command = Command::new(AS_NOBODY[0]);
    command.args(&AS_NOBODY[1..]).arg(service.sandbox.directory.path().join("skillstat"));
    // With another socket it asks nobody.
    command.env_clear().env("HOME", &tree).env("SKILLSTAT_ROOTS", &tree).current_dir(&tree);
    command.env("SKILLSTAT_SOCKET", "/no/socket");
    let (code, out, err) = run(command.args(["--json", "status"]));
    assert_eq!(code, Some(0), "{err}");
    let expected: Value = serde_json::from_str(&out).expect("JSON");
    let told = service.ask("GET /api/v1/status", "", "").json();
    for part in ["artifacts", "problems"] {
        assert_eq!(told[part], expected[part], "{what}");
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_as_long_as_that_is_so() {
    let Some(service) = service() else { return };
    let tree = service.sandbox.tree();
    let closed = tree.join("closed");
    fs::DirBuilder::new().mode(0o0).create(&closed).expect("writable");
    same(&service, "a closed directory is made");
    fs::remove_dir(&closed).expect("ours");
    same(&service, "and removed");
    let outside = service.sandbox.directory.path().join("outside");
    deploy(&outside.join("shop/.claude"));
    mode(&outside, 0);
    fs::rename(&outside, &closed).expect("ours");
    same(&service, "one is moved in");
    mode(&closed, 0o755);
    same(&service, "and opened");
    fs::write(closed.join("shop/.claude/skills/pdf/lib/file"), "edited").expect("ours");
    same(&service, "a file in it is edited");
    mode(&closed.join("shop"), 0o700);
    same(&service, "the project is closed");
    fs::rename(closed.join("shop"), tree.join("shop2")).expect("ours");
    same(&service, "and moved");
    mode(&tree.join("shop2"), 0o755);
    same(&service, "and opened");
    fs::write(tree.join("shop2/.claude/skills/pdf/lib/file"), "edited again").expect("ours");
    same(&service, "its file is edited");
    for part in [".claude", ".claude/skills", ".claude/skills/pdf", ".claude/skills/pdf/lib"] {
        mode(&tree.join("bank").join(part), 0o700);
        own(&tree.join("shop2"));
        same(&service, &format!("{part} is nobody's and closed"));
    }
    let bank = tree.join("bank/.claude");
    fs::set_permissions(&bank, fs::metadata(&tree).expect("there").permissions()).expect("ours");
    assert_eq!(watch_state(&service), "live");
}

#[test]
fn profile_roots_that_cannot_be_read_at_the_limit() {
    let Some(service) = service() else { return };
    let tree = service.sandbox.tree();
    let profile_root = tree.join("a/b/c/.claude");
    fs::create_dir_all(profile_root.parent().expect("it has one")).expect("writable");
    fs::DirBuilder::new().mode(0o0).create(&profile_root).expect("writable");
    same(&service, "it is made");
    fs::remove_dir(&profile_root).expect("ours");
    same(&service, "it is removed");
    deploy(&profile_root);
    same(&service, "deployed to");
    mode(&profile_root, 0);
    same(&service, "closed");
    mode(&profile_root, 0o755);
    same(&service, "opened");
    fs::write(profile_root.join("skills/pdf/lib/file"), "edited").expect("ours");
    same(&service, "edited");
    fs::set_permissions(
        profile_root.join(".skillmeat-deployed.toml"),
        std::os::unix::fs::PermissionsExt::from_mode(0o0),
    )
    .expect("ours");
    same(&service, "the tracker is closed");
}

#[test]
fn what_may_be_read_but_not_listed_is_looked_at_and_named() {
    let Some(service) = service() else { return };
    let tree = service.sandbox.tree();
    let copy = tree.join("bank/.claude/skills/pdf");
    for directory in ["bank/.claude/skills", "bank/.claude"] {
        let directory = tree.join(directory);
        // Moved in as it is then: one that is watched already stays so.
        let outside = service.sandbox.directory.path().join("outside");
        fs::rename(&directory, &outside).expect("ours");
        mode(&outside, 0o711);
        std::os::unix::fs::chown(&outside, Some(0), Some(0)).expect("root may");
        fs::rename(&outside, &directory).expect("ours");
        wait_until("degraded", || watch_state(&service) == "degraded");
        same(&service, "not listed");
        let watch = service.ask("GET /api/v1/watch", "", "").json();
        assert_eq!(watch["gaps"][0]["path"], directory.to_str().expect("UTF-8"), "{watch}");
        assert!(watch["gaps"][0]["fix"].as_str().is_some_and(|fix| fix.contains("chmod")));
        let state = || {
            let ask = "GET /api/v1/artifacts/skill:pdf?include_deployments=true";
            let stats = &service.ask(ask, "", "").json()["deployment_stats"];
            stats["projects"][0]["state"].as_str().expect("a state").to_owned()
        };
        let away = tree.join("away");
        fs::rename(&copy, &away).expect("ours");
        wait_until("missing", || state() == "missing");
        fs::rename(&away, &copy).expect("ours");
        wait_until("modified", || state() == "modified");
        mode(&directory, 0o755);
        wait_until("live", || watch_state(&service) == "live");
        fs::rename(&copy, &away).expect("ours");
        same(&service, "away");
        fs::rename(&away, &copy).expect("ours");
        same(&service, "and back");
    }
}
