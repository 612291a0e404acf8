//! What a person sees, on the example fleet.

use std::fs;

use insta::assert_snapshot;
use skillstat_cli::Exit;

use crate::support::{Skillstat, without_limits, workspace};

fn fleet() -> Skillstat {
    Skillstat::at(workspace())
}

#[test]
fn status_is_a_table_and_the_problems_stand_beside_it() {
    let answer = fleet().run(&[]);
    assert_snapshot!(answer.out);
    assert_snapshot!(answer.err);
    assert_eq!(answer.exit, Exit::Fine);
}

#[test]
fn show_lists_every_copy() {
    assert_snapshot!(fleet().run(&["show", "api-review"]).out);
    assert_snapshot!(fleet().run(&["show", "skill:sql-explain"]).out);
}

#[test]
fn projects_counts_copies() {
    assert_snapshot!(fleet().run(&["projects"]).out);
}

#[test]
fn doctor_tells_everything_and_how_to_mend_it() {
    let out = fleet().run(&["doctor", "--root", "examples/fleet"]).out;
    assert_snapshot!(without_limits(&out));
}

#[test]
fn tables_fit_the_terminal_and_states_have_colours() {
    let answer = fleet().terminal(44).run(&["projects"]);
    for line in answer.out.lines() {
        assert!(without_colours(line).chars().count() <= 44, "{line:?}");
    }
    assert!(answer.out.contains("\u{1b}[1m\u{1b}[31mmodified"), "{:?}", answer.out);
    assert!(!fleet().run(&["projects"]).out.contains('\u{1b}'), "no colour without a terminal");
}

fn without_colours(line: &str) -> String {
    let mut plain = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[test]
fn filters_choose_what_is_shown() {
    let shown = |arguments: &[&str]| -> Vec<String> {
        let status = fleet().json(&[&["status"], arguments].concat());
        let artifacts = status["artifacts"].as_array().expect("an array").iter();
        artifacts
            .map(|artifact| artifact["artifact"].as_str().expect("a string").to_owned())
            .collect()
    };
    assert_eq!(shown(&["--modified"]), ["skill:api-review"]);
    assert_eq!(shown(&["--type", "command"]), ["command:commit-message"]);
    assert_eq!(shown(&["--project", "website"]), shown(&["--project", "examples/fleet/website"]));
    assert_eq!(shown(&["--project", "website"]).len(), 2);
}

#[test]
fn exit_codes_tell_drift_from_doubt_from_misuse() {
    let code = |arguments: &[&str]| fleet().run(arguments).exit;
    assert_eq!(code(&["status", "--exit-code"]), Exit::Drift);
    assert_eq!(code(&["status"]), Exit::Fine);
    assert_eq!(code(&["status", "--exit-code", "--project", "shop"]), Exit::Drift, "modified");
    assert_eq!(
        code(&["status", "--exit-code", "--project", "data-pipeline"]),
        Exit::Drift,
        "missing"
    );
    assert_eq!(
        code(&["status", "--exit-code", "--project", "website"]),
        Exit::Failure,
        "a bad record"
    );
    assert_eq!(code(&["status", "--exit-code", "--project", "blog"]), Exit::Fine);
    assert_eq!(code(&["doctor", "--exit-code"]), Exit::Drift);
    // A bad record of another artifact is no doubt about this one.
    assert_eq!(code(&["show", "test-writer", "--exit-code"]), Exit::Fine);
    assert_eq!(
        code(&["show", "skill:x", "--exit-code", "--root", "nowhere"]),
        Exit::Failure,
        "not looked for"
    );
    assert_eq!(code(&["show", "sql-explain", "--exit-code"]), Exit::Drift);
    assert_eq!(code(&["--nonsense"]), Exit::Usage);
    assert_eq!(code(&["show", "nobody"]), Exit::Usage);
    assert_eq!(code(&["status", "--project", "nobody"]), Exit::Usage);
    assert_eq!(code(&["status", "--config", "nowhere.toml"]), Exit::Usage);
    assert_eq!(code(&["hash", "nowhere"]), Exit::Failure);
}

#[test]
fn a_filter_that_leaves_nothing_says_so() {
    let answer = fleet().run(&["status", "--type", "nope"]);
    assert_eq!(answer.out, "");
    assert!(answer.err.starts_with("nothing matches"), "{}", answer.err);
}

#[test]
fn what_is_shown_can_be_asked_for() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    write_tracker(directory.path(), &record_of("command", "review.md.md"));
    let skillstat = Skillstat::at(directory.path());
    let shown = skillstat.json(&["status"])["artifacts"][0]["artifact"].clone();
    assert_eq!(shown, "command:review.md");
    for wanted in ["command:review.md", "review.md"] {
        let answer = skillstat.run(&["show", wanted]);
        assert!(answer.out.starts_with("command:review.md: in 1 project"), "{answer:?}");
    }
}

#[test]
fn all_with_a_project_adds_only_what_is_deployed_nowhere() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    write_tracker(directory.path(), &record_of("command", "one"));
    let manifest = directory.path().join("home/collections/default/collection.toml");
    fs::create_dir_all(manifest.parent().expect("a parent")).expect("writable");
    let entry = |name: &str| {
        format!(
            "[[artifacts]]\nname = \"{name}\"\ntype = \"command\"\npath = \"x\"\norigin = \"local\"\nadded = \"2026-01-02\"\n"
        )
    };
    fs::write(manifest, entry("one") + &entry("two")).expect("writable");
    let empty = directory.path().join("empty/.claude");
    fs::create_dir_all(&empty).expect("writable");
    fs::write(empty.join(".skillmeat-deployed.toml"), "deployed = []\n").expect("writable");
    let status = Skillstat::at(directory.path()).json(&[
        "status",
        "--all",
        "--project",
        "empty",
        "--skillmeat-home",
        "home",
    ]);
    let ids: Vec<_> = status["artifacts"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|found| found["artifact"].clone())
        .collect();
    assert_eq!(ids, ["command:two"]);
}

/// Writes the tracker of a project `p`.
fn write_tracker(directory: &std::path::Path, text: &str) {
    let tracker = directory.join("p/.claude/.skillmeat-deployed.toml");
    fs::create_dir_all(tracker.parent().expect("a parent")).expect("writable");
    fs::write(tracker, text).expect("writable");
}

/// A record whose copy is missing.
fn record_of(kind: &str, name: &str) -> String {
    format!(
        "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"{kind}\"\ndeployed_at = \"2026-01-02\"\n\
         artifact_path = \"{kind}s/x\"\ncontent_hash = \"{}\"\n",
        "0".repeat(64)
    )
}

#[test]
fn a_name_that_several_artifacts_share_is_refused_with_the_candidates() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    write_tracker(directory.path(), &(record_of("skill", "x") + &record_of("command", "x")));
    let answer = Skillstat::at(directory.path()).run(&["show", "x"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert_eq!(
        answer.err,
        "skillstat: `x` is the name of several artifacts; say which: command:x, skill:x\n"
    );
}

#[test]
fn help_names_every_command() {
    assert_snapshot!(fleet().run(&["--help"]).out);
}

#[test]
fn completions_and_the_manual_page_are_printed_even_with_a_broken_configuration() {
    for arguments in [&["completions", "bash"][..], &["completions", "fish"], &["man"]] {
        let answer = fleet().run(&[arguments, &["--config", "nowhere.toml"]].concat());
        assert_eq!(answer.exit, Exit::Fine, "{arguments:?}: {}", answer.err);
        assert!(
            answer.out.contains("max-depth") || answer.out.contains("max\\-depth"),
            "{arguments:?}"
        );
    }
}

#[test]
fn names_from_trackers_cannot_steer_the_terminal() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let text = format!(
        "[[deployed]]\nartifact_name = \"a\\u001b[2Jb\\nc\"\nartifact_type = \"skill\"\ndeployed_at = \"x\\u001b[31m\"\n\
         artifact_path = \"x\\u001b\"\ncontent_hash = \"{0}\"\n\
         [[deployed]]\nartifact_name = \"e\\u001b[2Jf\"\nartifact_type = \"skill\"\ndeployed_at = \"2026-01-02\"\n\
         artifact_path = \"../x\\u001b\"\ncontent_hash = \"{0}\"\n",
        "0".repeat(64)
    );
    write_tracker(directory.path(), &text);
    let collection = directory.path().join("home/collections/evil\u{1b}[31m");
    fs::create_dir_all(&collection).expect("writable");
    fs::write(collection.join("collection.toml"), "").expect("writable");
    let skillstat = Skillstat::at(directory.path());
    for arguments in
        [&["status"][..], &["show", "skill:e\u{1b}[2Jf"], &["doctor"], &["show", "\u{1b}[2J"]]
    {
        let answer = skillstat.run(&[arguments, &["--skillmeat-home", "home"]].concat());
        assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'), "{answer:?}");
    }
}
