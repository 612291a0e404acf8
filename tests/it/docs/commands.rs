//! The chapter on commands has every command and flag of the command line, and no other.

use std::collections::{BTreeMap, BTreeSet};

use super::tables::{codes, first_codes};
use super::{Document, document};

#[test]
fn every_command_and_flag_is_listed() {
    let page = document("docs/commands.md");
    let mut expected = BTreeMap::new();
    for command in skillstat_cli::command_line().get_subcommands() {
        let flags = command.get_arguments().filter(|argument| !argument.is_global_set());
        let flags = flags.filter_map(|argument| argument.get_long()).map(long);
        expected.insert(command.get_name().to_owned(), flags.collect::<BTreeSet<_>>());
    }
    expected.remove("help");
    // Those that stand before or after any command.
    let line = skillstat_cli::command_line();
    let everywhere = line.get_arguments().filter(|argument| argument.is_global_set());
    let everywhere = everywhere.filter_map(|argument| argument.get_long()).map(long);
    expected.insert("Flags of every command".to_owned(), everywhere.collect());
    assert_eq!(sections(&page), expected);
}

#[test]
fn the_readme_names_every_command() {
    let page = document("README.md");
    let named = first_codes(&page, "## Commands");
    let named = named.into_iter().filter_map(|code| code.split(' ').next()).map(ToOwned::to_owned);
    let line = skillstat_cli::command_line();
    let expected = line.get_subcommands().map(|command| command.get_name().to_owned());
    assert_eq!(named.collect::<BTreeSet<_>>(), expected.collect());
}

/// Returns every flag.
pub(super) fn flags() -> BTreeSet<String> {
    let line = skillstat_cli::command_line();
    let mut flags = BTreeSet::new();
    for command in line.get_subcommands().chain([&line]) {
        let of_command = command.get_arguments().filter_map(|argument| argument.get_long());
        flags.extend(of_command.map(long));
    }
    flags
}

fn long(name: &str) -> String {
    format!("--{name}")
}

/// Returns the flags in the table of each section of the second rank.
fn sections(page: &Document) -> BTreeMap<String, BTreeSet<String>> {
    let mut sections = BTreeMap::new();
    for section in page.text.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').expect("a section has a body");
        let name = heading.trim_matches('`').to_owned();
        if name == "How a command ends" || name == "What is remembered" {
            continue;
        }
        let rows = body.lines().filter(|line| line.starts_with("| `-"));
        let cells = rows.filter_map(|row| row.split('|').nth(1));
        let words = cells.flat_map(codes).flat_map(str::split_whitespace);
        let flags = words.filter(|word| word.starts_with("--")).map(ToOwned::to_owned);
        sections.insert(name, flags.collect());
    }
    sections
}
