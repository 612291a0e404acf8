//! `status --format`: what is handed on, on the example fleet.

use insta::assert_snapshot;
use skillstat_cli::Exit;

use crate::support::{Skillstat, workspace};

/// A report, without what differs from machine to machine and from time to time.
fn report(arguments: &[&str]) -> String {
    let fleet = Skillstat::at(workspace());
    let answer =
        fleet.run(&[&["--root", "examples/fleet", "status", "--format"], arguments].concat());
    assert_eq!(answer.exit, Exit::Fine);
    // Rows are copies, so that what is no copy is told beside them.
    let is_told = arguments[0] == "csv";
    assert_eq!(answer.err.contains("problem:"), is_told, "{}", answer.err);
    let text = answer.out.replace(workspace().to_str().expect("UTF-8"), "[workspace]");
    let Some((before, made)) = text.split_once("Made ") else { return text };
    let (made, after) = made.split_once(" by skillstat ").expect("who made it");
    let (date, _) = made.split_once(" UTC").expect("a date");
    assert_eq!(date.len(), "2026-01-02 03:04:05".len(), "{date}");
    let (_, after) = after
        .split_once('.')
        .map_or(("", after), |(_, after)| after.split_once('.').expect("three numbers"));
    format!(
        "{before}Made [date] by skillstat [version]{}",
        after.trim_start_matches(|c: char| c.is_ascii_digit())
    )
}

#[test]
fn markdown_has_a_table_of_all_and_one_of_what_needs_a_look() {
    assert_snapshot!(report(&["markdown"]));
}

#[test]
fn csv_has_a_row_for_each_copy() {
    let csv = report(&["csv"]);
    assert_snapshot!(csv.replace("\r\n", "\n"));
    let rows: Vec<_> = csv.split_terminator("\r\n").collect();
    assert!(rows.iter().all(|row| row.matches(',').count() == 10), "{rows:?}");
}

#[test]
fn an_artifact_that_is_nowhere_has_a_row_of_its_own() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let collection = home.path().join("collections/default");
    std::fs::create_dir_all(&collection).expect("writable");
    let manifest = "[[artifacts]]\nname = \"idle\"\ntype = \"skill\"\npath = \"skills/idle\"\norigin = \"local\"\n\
                    added = \"2026-01-02\"\n";
    std::fs::write(collection.join("collection.toml"), manifest).expect("writable");
    let home = home.path().to_str().expect("UTF-8");
    let report = |format| report(&[format, "--all", "--skillmeat-home", home]);
    assert!(report("csv").ends_with("\r\nskill:idle,,,,,,,,,,\r\n"));
    assert!(report("markdown").contains("\n| - | `skill:idle` | 0 | 0 |\n"));
    assert!(report("html").contains("<bdi>skill:idle</bdi></th><td>0</td><td>0</td>"));
}

#[test]
fn html_is_the_picture() {
    let html = report(&["html"]);
    assert!(html.starts_with("<!DOCTYPE html>\n"));
    let cells = |state: &str| html.matches(&format!("<td class=\"{state}\"")).count();
    let status = Skillstat::at(workspace()).json(&["--root", "examples/fleet", "status"]);
    let artifacts = status["artifacts"].as_array().expect("an array");
    let projects = artifacts.iter().flat_map(|one| one["projects"].as_array().expect("an array"));
    let states: Vec<_> = projects.map(|one| one["state"].as_str().expect("a text")).collect();
    for state in ["synced", "outdated", "modified", "conflict", "missing", "unreadable"] {
        let expected = states.iter().filter(|found| **found == state).count();
        assert_eq!(cells(state), expected, "{state}");
    }
    assert!(cells("modified") == 1 && cells("missing") == 1, "the fleet has both");
    assert!(html.contains("title=\"shop; .claude: modified, unexplained\">M"), "{html}");
}

#[test]
fn two_formats_at_once_are_refused() {
    let answer = Skillstat::at(workspace()).run(&["status", "--json", "--format", "csv"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert!(answer.err.contains("--json and --format"), "{}", answer.err);
    let table = Skillstat::at(workspace()).run(&["status", "--format", "table"]);
    assert_eq!(table, Skillstat::at(workspace()).run(&["status"]));
}
