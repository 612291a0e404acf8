//! What README.md shows is what the program prints. `UPDATE_DOCS=1` writes it anew.

use std::fs;
use std::path::Path;

use crate::support::{Skillstat, without_limits, workspace};

/// How wide the terminal in the picture is.
const COLUMNS: u16 = 72;

#[test]
fn the_commands_in_the_readme_print_what_it_shows() {
    let path = workspace().join("README.md");
    let text = fs::read_to_string(&path).expect("readable");
    let mut shown = 0;
    let mut parts = text.split("```console\n");
    let mut anew = parts.next().expect("there is a first part").to_owned();
    for part in parts {
        let (block, rest) = part.split_once("```").expect("a block ends");
        anew.push_str("```console\n");
        for command in block.lines().filter_map(|line| line.strip_prefix("$ ")) {
            anew.push_str(&run(command));
            shown += 1;
        }
        anew.push_str("```");
        anew.push_str(rest);
    }
    assert!(shown >= 3, "only {shown} commands were found");
    compare(&path, &text, &anew);
}

/// Runs a command of the README where its reader runs it, at the root of the repository.
fn run(command: &str) -> String {
    let arguments =
        command.strip_prefix("skillstat").or_else(|| command.strip_prefix("cargo run --release"));
    let arguments = arguments.unwrap_or_else(|| panic!("what is `{command}`?"));
    let answer = Skillstat::at(workspace()).run(&arguments.split_whitespace().collect::<Vec<_>>());
    format!("$ {command}\n{}{}", without_limits(&answer.out), answer.err)
}

#[test]
fn the_picture_shows_what_the_terminal_shows() {
    let answer = Skillstat::at(workspace()).terminal(COLUMNS).run(&[]);
    let prompt = "\u{1b}[2m$\u{1b}[0m skillstat\n";
    let svg = anstyle_svg::Term::new().render_svg(&format!("{prompt}{}", answer.out));
    let path = workspace().join("docs/terminal.svg");
    let text = fs::read_to_string(&path).unwrap_or_default();
    compare(&path, &text, &svg);
}

#[track_caller]
fn compare(path: &Path, text: &str, anew: &str) {
    if text != anew && std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, anew).expect("writable");
    } else {
        assert_eq!(
            text,
            anew,
            "{} is not what is printed; UPDATE_DOCS=1 writes it",
            path.display()
        );
    }
}
