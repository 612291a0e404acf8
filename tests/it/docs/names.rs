//! What the documents name is there: types, files, scripts, sorts of problems, and what is said of them.

use std::collections::BTreeSet;
use std::fs;

use skillstat_domain::{DriftKind, ProblemKind, StateName, WatchState};

use super::blocks::code;
use super::tables::first_codes;
use super::{Document, document, documents};
use crate::support::workspace;

/// Returns all Rust below a directory, with texts that go on in the next line joined.
fn sources() -> String {
    let mut text = String::new();
    let mut places = vec![workspace().join("crates")];
    while let Some(place) = places.pop() {
        for entry in fs::read_dir(place).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                places.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text += &fs::read_to_string(path).expect("readable");
            }
        }
    }
    let mut parts = text.split("\\\n");
    let mut joined = parts.next().unwrap_or_default().to_owned();
    joined.extend(parts.map(str::trim_start));
    joined.replace("\\\"", "\"")
}

fn is_type(word: &str) -> bool {
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    let letters = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    letters
        && capitals > 1
        && word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[test]
fn types_that_are_named_are_there() {
    let sources = sources();
    let words: BTreeSet<_> =
        sources.split(|letter: char| !letter.is_ascii_alphanumeric()).collect();
    let pages = ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/how-it-works.md", "docs/library.md"];
    let mut named = 0;
    for Document { path, text } in pages.map(document) {
        for code in code(&text) {
            for word in code.split("::").filter(|word| is_type(word)) {
                assert!(words.contains(word), "{path} names `{word}`, which is nowhere");
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named} types are named");
    // What a picture names.
    for picture in ["layers", "cold", "warm", "change", "write"] {
        let text = fs::read_to_string(workspace().join(format!("docs/how-{picture}.svg")))
            .expect("readable");
        for word in
            text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| is_type(word))
        {
            assert!(
                words.contains(word),
                "docs/how-{picture}.svg names `{word}`, which is nowhere"
            );
        }
    }
}

#[test]
fn files_that_are_named_are_there() {
    let below = ["docs/", "scripts/", "examples/", "packaging/", "tests/", "crates/", ".ci/"];
    let mut named = 0;
    for Document { path, text } in
        documents().into_iter().filter(|page| !page.path.starts_with("crates/"))
    {
        for code in code(&text) {
            let word = code.split([' ', ':']).next().unwrap_or_default().trim_end_matches(',');
            if below.iter().any(|below| word.starts_with(below))
                && !word.contains(['*', '<', '{', '…'])
            {
                assert!(
                    fs::symlink_metadata(workspace().join(word)).is_ok(),
                    "{path} names `{word}`, which is not there"
                );
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named} files are named");
}

#[test]
fn every_script_has_its_line() {
    let page = document("CONTRIBUTING.md");
    let listed = first_codes(&page, "## Scripts");
    let mut scripts = BTreeSet::from([".ci/run".to_owned()]);
    for entry in fs::read_dir(workspace().join("scripts")).expect("readable") {
        let entry = entry.expect("readable");
        if entry.file_type().expect("it has one").is_file() {
            scripts.insert(format!("scripts/{}", entry.file_name().to_string_lossy()));
        }
    }
    assert_eq!(listed, scripts.iter().map(String::as_str).collect());
}

#[test]
fn every_state_kind_and_problem_is_explained() {
    let states = document("docs/states.md");
    assert_eq!(first_codes(&states, "## States"), StateName::ALL.map(StateName::as_str).into());
    assert_eq!(
        first_codes(&states, "## In what way it differs"),
        DriftKind::ALL.map(DriftKind::as_str).into()
    );
    let troubleshooting = document("docs/troubleshooting.md");
    let explained: BTreeSet<_> = troubleshooting
        .text
        .lines()
        .filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'))
        .collect();
    assert_eq!(explained, ProblemKind::ALL.map(ProblemKind::as_str).into());
    let watch = [WatchState::Live, WatchState::Starting, WatchState::Degraded, WatchState::Off];
    assert_eq!(
        first_codes(&document("docs/service.md"), "## How current an answer is"),
        watch.map(WatchState::as_str).into()
    );
}

#[test]
fn messages_that_are_quoted_are_said() {
    let sources = sources();
    let mut quoted = 0;
    for Document { path, text } in
        documents().into_iter().filter(|page| page.path.starts_with("docs/"))
    {
        for message in text.lines().filter_map(|line| line.strip_prefix("> ")) {
            // What stands in backticks is often a value; the words around it are ours.
            for part in message.split('…').map(str::trim).filter(|part| part.len() > 5) {
                assert!(sources.contains(part), "{path} quotes `{part}`, which nobody says");
                quoted += 1;
            }
        }
    }
    assert!(quoted > 30, "only {quoted} quotations were found");
}
