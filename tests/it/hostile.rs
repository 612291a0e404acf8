//! Names that want to be something else: whatever projects, artifacts and files are called, a terminal obeys
//! nothing and a report holds no markup but its own.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use skillstat_cli::Exit;
use tempfile::TempDir;

use crate::support::{Answer, Skillstat};

/// Names of directories and files, which hold no slash and at most 255 bytes.
fn names() -> Vec<String> {
    let names = [
        "<script>alert(1)<script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "&lt;b&gt;",
        "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}",
        "\u{9b}2J",
        "line\nbreak\r",
        "tab\tname",
        "\u{202e}gpj.exe",
        "\u{2067}isolated\u{200f}\u{61c}",
        "=cmd|' -C calc'!A0",
        "@everyone `code` [x](javascript:alert(1)) | cell",
        "\u{7f}del",
    ];
    let mut names: Vec<_> = names.map(str::to_owned).into();
    names.push("x".repeat(255));
    names
}

/// A profile root.
const ROOT: &str = ".\u{1b}[2J\u{202e}<script>";

/// A place where each name is that of a project, of an artifact, of a file in it and of a collection.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut manifest = String::new();
        let place = Self(directory);
        let mut artifacts = names();
        // No name of a file, but one of an artifact.
        artifacts.push("long ".repeat(60));
        for (number, name) in artifacts.iter().enumerate() {
            let entry = |kind: &str| {
                format!(
                    "[[{kind}]]\n{} = {}\n{} = \"skill\"\n{} = \"skills/{number}\"\n",
                    if kind == "deployed" { "artifact_name" } else { "name" },
                    toml(name),
                    if kind == "deployed" { "artifact_type" } else { "type" },
                    if kind == "deployed" { "artifact_path" } else { "path" },
                )
            };
            let project = place.path("root").join(name.chars().take(255).collect::<String>());
            let mut tracker = entry("deployed");
            write!(
                tracker,
                "from_collection = \"work\"\ndeployed_at = \"2026-01-02\"\ncontent_hash = \"{}\"\n\
                 [[deployed]]\nartifact_name = {}\nartifact_type = \"skill\"\n",
                "0".repeat(64),
                toml(name)
            )
            .expect("a String");
            write!(manifest, "{}origin = \"local\"\nadded = \"2026-01-02\"\n", entry("artifacts"))
                .expect("a String");
            write(&project.join(".claude/.skillmeat-deployed.toml"), &tracker);
            write(&project.join(ROOT).join(".skillmeat-deployed.toml"), &tracker);
            for (side, content) in [
                (
                    project.join(".claude/skills").join(number.to_string()),
                    "copy\u{1b}[2J\u{202e}\r\n",
                ),
                (place.path("home/collections/work/skills").join(number.to_string()), "original\n"),
            ] {
                write(&side.join("SKILL.md"), content);
                for file in names() {
                    write(&side.join(file), content);
                }
            }
        }
        write(&place.path("home/collections/work/collection.toml"), &manifest);
        place
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.0.path().join(path)
    }

    fn run(&self, skillstat: &Skillstat, arguments: &[&str]) -> Answer {
        let (root, home) = (self.path("root"), self.path("home"));
        let flags = [
            "--root",
            root.to_str().expect("UTF-8"),
            "--skillmeat-home",
            home.to_str().expect("UTF-8"),
        ];
        skillstat.run(&[&flags, arguments].concat())
    }
}

/// A text as TOML has it.
fn toml(text: &str) -> String {
    let mut toml = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => toml.extend(['\\', character]),
            other if other.is_control() => {
                write!(toml, "\\u{:04x}", u32::from(other)).expect("a String");
            }
            other => toml.push(other),
        }
    }
    toml + "\""
}

fn write(path: &Path, content: &str) {
    fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("writable");
    fs::write(path, content).expect("writable");
}

/// Checks that a terminal would do nothing but show it; a tab within a line of a file is shown.
#[track_caller]
fn is_harmless(text: &str, what: &str) {
    let active = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(line) = text.lines().find(|line| line.chars().any(active)) {
        panic!("{what}: {line:?}");
    }
}

/// Takes out the colours that the command itself gives.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('m') {
            Some((colour, rest)) if colour.bytes().all(|b| b.is_ascii_digit() || b == b';') => {
                plain.push_str(rest);
            }
            _ => {
                plain.push_str("\u{1b}[");
                plain.push_str(part);
            }
        }
    }
    plain
}

#[test]
fn a_terminal_obeys_no_name() {
    let place = Place::new();
    let piped = Skillstat::at("/");
    let terminal = Skillstat::at("/").terminal(100).variable("PAGER", "cat");
    let names: Vec<_> = names().into_iter().chain(["long ".repeat(60)]).collect();
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["status"],
        vec!["status", "--all", "--format", "markdown"],
        vec!["status", "--format", "csv"],
        vec!["status", "--format", "html"],
        vec!["status", "--project", "\u{1b}[2J"],
        vec!["show", "\u{1b}[2J\u{202e}"],
        vec!["projects"],
        vec!["doctor"],
    ];
    for name in &names {
        commands.push(vec!["show", name]);
        commands.push(vec!["diff", name, "--stat"]);
        commands.push(vec!["diff", name, "--profile-root", ROOT, "--stat"]);
    }
    for command in &commands {
        let what = format!("{command:?}");
        let answer = place.run(&piped, command);
        assert!(!answer.out.is_empty() || answer.exit == Exit::Usage, "{what}: {answer:?}");
        is_harmless(&answer.out.replace("\r\n", "\n"), &what);
        is_harmless(&answer.err, &what);
        let answer = place.run(&terminal, command);
        is_harmless(&without_colours(&answer.out.replace("\r\n", "\n")), &what);
        is_harmless(&without_colours(&answer.err), &what);
    }
    for name in &names {
        let answer = place.run(&terminal, &["diff", name]);
        assert!(answer.out.contains("original"), "{answer:?}");
        is_harmless(&without_colours(&answer.out), name);
        is_harmless(&without_colours(&answer.err), name);
        // For a program it is what it is: names are quoted, lines are those of the files.
        let patch = place.run(&piped, &["diff", name]).out;
        let headers = patch.lines().filter(|line| !line.starts_with(['+', '-', ' ', '@', '\\']));
        is_harmless(&headers.collect::<Vec<_>>().join("\n"), name);
    }
}

#[test]
fn a_report_holds_no_markup_but_its_own() {
    const TAGS: [&str; 26] = [
        "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p",
        "ul", "li", "b", "div", "table", "thead", "tbody", "tr", "th", "td", "span", "bdi", "code",
        "br", "abbr",
    ];
    const ATTRIBUTES: [&str; 11] = [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "aria-label",
        "tabindex",
        "role",
        "scope",
        "title",
    ];
    let place = Place::new();
    let html = place.run(&Skillstat::at("/"), &["status", "--all", "--format", "html"]).out;
    let mut rest = html.as_str();
    let mut tags = 0;
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').expect("every tag ends");
        rest = after;
        tags += 1;
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(TAGS.contains(&name.trim_start_matches('/')), "<{tag}>");
        if name == "!DOCTYPE" {
            continue;
        }
        while let Some((attribute, value)) = attributes.split_once("=\"") {
            assert!(ATTRIBUTES.contains(&attribute.trim()), "{attribute} in <{tag}>");
            attributes = value.split_once('"').expect("every value ends").1;
        }
        assert_eq!(attributes.trim(), "", "<{tag}>");
    }
    assert!(tags > 200, "{tags} tags");
    for (from, _) in html.match_indices("http") {
        assert!(html[from..].starts_with("http-equiv"), "it loads something");
    }
    assert!(html.contains("&lt;script&gt;alert(1)&lt;script&gt;"), "the name is shown");
}
