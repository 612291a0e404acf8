//! Settings: all of them are listed, with what holds when nothing is said, and those that are shown can be
//! read.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use skillstat_app::Flags;

use super::blocks::blocks;
use super::tables::{codes, first_codes, rows};
use super::{document, documents};
use crate::support::Skillstat;

const HEADING: &str = "## All settings";

#[test]
fn settings_in_the_documents_can_be_read() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("config.toml");
    let mut read = 0;
    for page in documents() {
        for block in blocks(&page.text, "toml") {
            fs::write(&file, &block).expect("writable");
            let answer = at_home().run(&["config", "--config", file.to_str().expect("UTF-8")]);
            assert_eq!(answer.exit.code(), 0, "{}: {}\n{block}", page.path, answer.err);
            read += 1;
        }
    }
    assert!(read > 1, "only {read} were found");
}

#[test]
fn every_key_and_variable_is_listed() {
    let page = document("docs/settings.md");
    let (keys, variables) = known();
    let listed: BTreeSet<_> =
        first_codes(&page, HEADING).into_iter().map(ToOwned::to_owned).collect();
    assert_eq!(listed, keys);
    let listed: BTreeSet<_> = rows(&page, HEADING)
        .iter()
        .flat_map(|cells| codes(cells[1]))
        .map(ToOwned::to_owned)
        .collect();
    let mut beside =
        BTreeSet::from(["SKILLSTAT_CONFIG", "SKILLSTAT_REDIS_PASSWORD"].map(ToOwned::to_owned));
    for variable in &beside {
        assert!(page.text.contains(&format!("`{variable}`")), "{variable} is not told of");
    }
    beside.extend(listed);
    assert_eq!(beside, variables);
}

#[test]
fn defaults_are_those_that_hold() {
    let settings = at_home().json(&["config"]);
    let page = document("docs/settings.md");
    let mut compared = 0;
    for cells in rows(&page, HEADING) {
        let key = codes(cells[0]).next().expect("a key");
        let default = cells[3];
        // Whatever is no single value is told in words.
        if default.matches('`').count() == 2 && default.starts_with('`') && default.ends_with('`') {
            let value = settings[key]["value"].to_string().replace("/home/you", "~");
            assert_eq!(default.trim_matches('`'), value, "{key}");
            compared += 1;
        }
    }
    assert!(compared >= 15, "only {compared} defaults were compared");
}

#[test]
fn flags_for_settings_are_flags() {
    let known = super::commands::flags();
    for cells in rows(&document("docs/settings.md"), HEADING) {
        for flag in codes(cells[2]).filter_map(|code| code.split(' ').next()) {
            assert!(known.contains(flag), "there is no `{flag}`");
        }
    }
}

#[test]
fn the_container_says_what_it_means() {
    let file = document("packaging/Containerfile").text;
    let (_, environment) = file.split_once("\nENV ").expect("it sets variables");
    let words = environment.split_whitespace().filter(|word| *word != "\\");
    let variables: Vec<_> = words.map_while(|word| word.split_once('=')).collect();
    let service = variables
        .iter()
        .fold(Skillstat::at("/").home("/state"), |at, (name, value)| at.variable(name, value));
    let config = service.config(Flags::default());
    assert_eq!(config.listen.value.to_string(), "0.0.0.0:8787");
    assert_eq!(config.key_file.value, Path::new("/state/key"));
    assert_eq!(config.state_directory.value, Path::new("/state/backups"));
    assert_eq!(config.socket.value, None);
}

fn at_home() -> Skillstat {
    Skillstat::at("/home/you/dev").home("/home/you")
}

/// Returns the keys and variables that are known; who names one that looks like none of them is told all.
fn known() -> (BTreeSet<String>, BTreeSet<String>) {
    let all = |error: &str| {
        let (_, names) = error.split_once("known are ").unwrap_or_else(|| panic!("{error}"));
        names.trim().split(", ").map(ToOwned::to_owned).collect()
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("config.toml");
    fs::write(&file, "\"0000000000000000000000000000\" = 1\n").expect("writable");
    let of_file = at_home().run(&["config", "--config", file.to_str().expect("UTF-8")]).err;
    let unlike = format!("SKILLSTAT_{}", "0".repeat(60));
    let of_environment = at_home().variable(&unlike, "1").run(&["config"]).err;
    (all(&of_file), all(&of_environment))
}

#[test]
fn the_reader_of_settings_is_asked() {
    // Were blocks not read, or read by something else, this would go unseen.
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("config.toml");
    fs::write(&file, "max_dept = 3\n").expect("writable");
    let answer = at_home().run(&["config", "--config", file.to_str().expect("UTF-8")]);
    assert!(answer.err.contains("did you mean `max_depth`?"), "{}", answer.err);
    assert_eq!(at_home().config(Flags::default()).max_depth.value, 3);
}
