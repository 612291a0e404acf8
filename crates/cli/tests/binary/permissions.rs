//! What a user may not read is unknown: never synced, never modified, never a lost neighbour.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Sandbox, mode, run};

/// The content hash of a directory with one empty file, `lib/a`.
const SYNCED: &str = "52003f4259dc6b3f5faaf41bd3b9e765a91e47def4848e98c5b212202205dad2";

/// Two projects, one copy each: that in `closed` is synced, that in `open` modified.
fn fleet() -> Sandbox {
    let sandbox = Sandbox::new();
    for project in ["closed", "open"] {
        let profile_root = sandbox.tree().join(project).join(".claude");
        fs::create_dir_all(profile_root.join("skills/pdf/lib")).expect("writable");
        fs::write(profile_root.join("skills/pdf/lib/a"), "").expect("writable");
        // SHA-256 of the relative path `lib/a` and nothing else, for one; the neighbour is edited.
        let hash = if project == "closed" { SYNCED } else { &"0".repeat(64) };
        fs::write(
            profile_root.join(".skillmeat-deployed.toml"),
            format!(
                "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"default\"\n\
                 deployed_at = \"2026-01-02T03:04:05\"\nartifact_path = \"skills/pdf\"\ncontent_hash = \"{hash}\"\n"
            ),
        )
        .expect("writable");
    }
    sandbox
}

#[test]
fn what_is_open_is_synced() {
    let sandbox = fleet();
    let (_, out, _) = run(sandbox.unprivileged().args(["--json", "status"]));
    let status: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(status["artifacts"][0]["projects"][0]["state"], "synced", "{status:#}");
}

/// Closes something in project `closed` and checks the answer.
#[track_caller]
fn check(closed: &str, kind: &str, state: Option<&str>) {
    let sandbox = fleet();
    let mut command = sandbox.unprivileged();
    let closed = sandbox.tree().join("closed").join(closed);
    mode(&closed, 0);
    let tree = sandbox.tree().canonicalize().expect("it exists");
    let (code, out, err) = run(command.args(["--json", "status", "--root"]).arg(&tree));
    mode(&closed, 0o755);
    assert_eq!(code, Some(0), "{err}");
    let status: Value = serde_json::from_str(&out).expect("JSON");

    let problems = status["problems"].as_array().expect("an array");
    let [problem] = problems.as_slice() else { panic!("not one problem: {problems:#?}") };
    assert_eq!(problem["kind"], kind);
    let path = Path::new(problem["path"].as_str().expect("a string")).to_owned();
    assert_eq!(path, tree.join(closed.strip_prefix(sandbox.tree()).expect("below")));
    assert!(
        problem["reason"].as_str().expect("a string").contains("permission denied"),
        "{problem:#}"
    );
    assert!(problem["fix"].as_str().expect("a string").contains("chmod"), "{problem:#}");

    let projects = status["artifacts"][0]["projects"].as_array().expect("an array");
    let found = |name: &str| projects.iter().find(|project| project["project_name"] == name);
    assert_eq!(found("open").expect("the neighbour")["state"], "modified");
    assert_eq!(found("closed").map(|project| project["state"].as_str().expect("a string")), state);
    if let Some(closed) = found("closed") {
        assert_eq!(closed["is_modified"], false, "an error is not a modification");
    }
}

#[test]
fn an_unreadable_file_makes_the_copy_unreadable() {
    check(".claude/skills/pdf/lib/a", "unreadable_copy", Some("unreadable"));
}

#[test]
fn an_unreadable_directory_in_a_copy_makes_the_copy_unreadable() {
    check(".claude/skills/pdf/lib", "unreadable_copy", Some("unreadable"));
}

#[test]
fn an_unreadable_copy_is_unreadable() {
    check(".claude/skills/pdf", "unreadable_copy", Some("unreadable"));
}

#[test]
fn an_unreadable_tracker_is_a_problem_and_not_an_empty_one() {
    check(".claude/.skillmeat-deployed.toml", "unreadable_tracker", None);
}

#[test]
fn an_unreadable_profile_root_may_hide_a_project() {
    check(".claude", "unreadable_directory", None);
}

#[test]
fn an_unreadable_directory_may_hide_projects() {
    check("", "unreadable_directory", None);
}
