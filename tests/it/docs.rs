//! What the documents show, name and list is so. `UPDATE_DOCS=1` writes anew what they show.

mod blocks;
mod commands;
mod following;
mod links;
mod names;
mod routes;
mod settings;
mod snippets;
mod stable;
mod tables;
mod world;

use std::fs;
use std::path::Path;
use std::process::Command;

use blocks::rewritten;
use world::World;

use crate::support::{Skillstat, workspace};

/// How wide the terminal in the picture is.
const COLUMNS: u16 = 72;

/// A page that people read.
#[derive(Debug)]
struct Document {
    /// Where it lies below the root of the workspace.
    path: String,
    text: String,
}

/// Returns every page that people read, sorted by path.
fn documents() -> Vec<Document> {
    let places =
        [":(glob)*.md", ":(glob)docs/**/*.md", ":(glob)crates/*/*.md", "examples/fleet/README.md"];
    let listed = Command::new("git")
        .args(["ls-files", "-co", "--exclude-standard", "--"])
        .args(places)
        .current_dir(workspace())
        .output();
    let listed = String::from_utf8(listed.expect("git runs").stdout).expect("our names are UTF-8");
    let documents: Vec<_> = listed.lines().map(document).collect();
    assert!(documents.len() > 20, "only {} pages were found", documents.len());
    documents
}

/// Reads one of them.
#[track_caller]
fn document(path: &str) -> Document {
    let text = fs::read_to_string(workspace().join(path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    Document { path: path.to_owned(), text }
}

#[test]
fn what_the_documents_show_is_so() {
    let (mut commands, mut snippets) = (0, 0);
    for Document { path, text } in documents() {
        // The commands of one page follow one another; most pages have none.
        let mut world = None;
        let mut marks = text.lines().filter_map(snippets::mark);
        let anew = rewritten(&text, |info, body| match info {
            "console" => {
                let world = world.get_or_insert_with(World::new);
                let run = |command: &str| format!("$ {command}\n{}", world.run(command));
                let lines = body.lines().filter_map(|line| line.strip_prefix("$ "));
                let anew: Vec<_> = lines.map(run).collect();
                commands += anew.len();
                Some(anew.concat())
            }
            "rust" if !path.starts_with("crates/") => {
                let mark = marks.next().unwrap_or_else(|| panic!("{path}: where is it from?"));
                snippets += 1;
                Some(snippets::of_source(mark))
            }
            _ => None,
        });
        assert_eq!(marks.next(), None, "{path} names what it does not show");
        compare(&workspace().join(path), &text, &anew);
    }
    assert!(commands > 30 && snippets > 3, "{commands} commands and {snippets} snippets");
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
    if text == anew {
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(path, anew).expect("writable");
    }
    let same = text.lines().zip(anew.lines()).take_while(|(shown, is)| shown == is).count();
    let (shown, is) = (text.lines().nth(same), anew.lines().nth(same));
    panic!(
        "{}:{}: not as it is; UPDATE_DOCS=1 writes it\n  shown: {shown:?}\n     is: {is:?}",
        path.display(),
        same + 1
    );
}
