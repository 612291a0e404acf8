//! `skillstat diff`: which copy, against what, and how it is shown.

use std::fs;

use serde_json::Value;
use skillstat_cli::Exit;
use tempfile::TempDir;

use crate::support::{Answer, Skillstat};

/// Two projects with a copy of a skill each, one of them with a second one, and a collection.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().expect("a temporary directory"));
        for root in ["root/shop/.claude", "root/shop/.codex", "root/blog/.claude"] {
            let record = format!(
                "[[deployed]]\nartifact_name = \"pdf\"\nartifact_type = \"skill\"\nfrom_collection = \"work\"\n\
                 deployed_at = \"2026-01-02\"\nartifact_path = \"skills/pdf\"\ncontent_hash = \"{}\"\n",
                "0".repeat(64)
            );
            place.write(&format!("{root}/.skillmeat-deployed.toml"), &record);
            place.write(&format!("{root}/skills/pdf/SKILL.md"), "one\ntwo\nthree\n");
        }
        for collection in ["work", "other"] {
            let manifest = "[[artifacts]]\nname = \"pdf\"\ntype = \"skill\"\npath = \"skills/pdf\"\norigin = \"local\"\n\
                            added = \"2026-01-02\"\n";
            place.write(&format!("home/collections/{collection}/collection.toml"), manifest);
            let text = format!("one\n{collection}\nthree\n");
            place.write(&format!("home/collections/{collection}/skills/pdf/SKILL.md"), &text);
        }
        place
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    fn run(&self, arguments: &[&str]) -> Answer {
        run(&Skillstat::at(self.0.path()), arguments)
    }
}

/// Runs the command in a place.
fn run(skillstat: &Skillstat, arguments: &[&str]) -> Answer {
    skillstat.run(&[&["--root", "root", "--skillmeat-home", "home", "diff"], arguments].concat())
}

/// So many lines, each with its number.
fn lines(count: usize, end: &str) -> String {
    (0..count).map(|line| line.to_string() + end).collect()
}

#[test]
fn the_copy_is_compared_with_the_collection_it_is_from() {
    let place = Place::new();
    let answer = place.run(&["pdf", "--project", "blog"]);
    let expected = "diff --git a/SKILL.md b/SKILL.md\n--- a/SKILL.md\n+++ b/SKILL.md\n@@ -1,3 +1,3 @@\n one\n-work\n\
                    +two\n three\n";
    assert_eq!((answer.exit, answer.out.as_str()), (Exit::Fine, expected));
    let said = ".claude/skills/pdf in root/blog (conflict, unexplained) against collection work\n";
    assert_eq!(answer.err, said);
    let other = place.run(&["skill:pdf", "--project", "root/blog", "--collection", "other"]);
    assert!(other.out.contains("\n-other\n+two\n"), "{}", other.out);
    assert_eq!(place.run(&["pdf", "--project", "blog", "--exit-code"]).exit, Exit::Drift);
    place.write("root/blog/.claude/skills/pdf/SKILL.md", "one\nwork\nthree\n");
    let same = place.run(&["pdf", "--project", "blog", "--exit-code"]);
    assert_eq!((same.exit, same.out.as_str()), (Exit::Fine, ""));
}

#[test]
fn of_several_copies_the_first_is_taken_and_the_others_are_named() {
    let place = Place::new();
    place.write("root/shop/.codex/skills/pdf/SKILL.md", "codex\n");
    let first = place.run(&["pdf", "--project", "shop"]);
    assert!(!first.out.contains("+codex"), "{}", first.out);
    let said = "not compared: .codex/skills/pdf; name it with --profile-root .codex\n";
    assert!(first.err.ends_with(said), "{}", first.err);
    let second = place.run(&["pdf", "--project", "shop", "--profile-root", ".codex"]);
    assert!(second.out.contains("+codex\n"), "{}", second.out);
    let none = place.run(&["pdf", "--project", "shop", "--profile-root", ".zed"]);
    assert_eq!(none.exit, Exit::Usage);
    assert!(none.err.contains("`skill:pdf` is not deployed in root/shop/.zed"), "{}", none.err);
}

#[test]
fn a_project_need_not_be_named_where_there_is_only_one() {
    let place = Place::new();
    let answer = place.run(&["pdf"]);
    assert_eq!(answer.exit, Exit::Usage);
    let said = "say which with --project: root/blog (conflict), root/shop (conflict)\n";
    assert!(answer.err.ends_with(said), "{}", answer.err);
    fs::remove_dir_all(place.0.path().join("root/shop")).expect("ours");
    assert!(place.run(&["pdf"]).out.contains("\n-work\n+two\n"));
    let nowhere = place.run(&["skill:none"]);
    assert_eq!(nowhere.exit, Exit::Usage);
    assert!(nowhere.err.contains("`skill:none` is deployed nowhere"), "{}", nowhere.err);
}

#[test]
fn a_collection_that_is_named_is_the_one_that_is_compared_with() {
    let place = Place::new();
    let check = |arguments: &[&str], said: &str| {
        let answer = place.run(arguments);
        assert_eq!((answer.exit, answer.out.as_str()), (Exit::Usage, ""), "{answer:?}");
        assert!(answer.err.ends_with(said), "{}", answer.err);
    };
    let said = "there is no collection `nosuch`; there are: other, work\n";
    check(&["pdf", "--project", "blog", "--collection", "nosuch"], said);
    place.write("home/collections/empty/collection.toml", "[collection]\nname = \"empty\"\n");
    let said = "the collection `empty` does not hold `skill:pdf`; `other` does\n";
    check(&["pdf", "--project", "blog", "--collection", "empty"], said);
    check(&["pdf", "--project", ""], "For more information, try '--help'.\n");
}

#[test]
fn what_only_a_collection_has_is_deployed_nowhere() {
    let place = Place::new();
    for project in ["root/shop", "root/blog"] {
        fs::remove_dir_all(place.0.path().join(project)).expect("ours");
    }
    let answer = place.run(&["pdf"]);
    assert_eq!(answer.exit, Exit::Usage);
    assert!(answer.err.contains("`skill:pdf` is deployed nowhere"), "{}", answer.err);
}

#[test]
fn what_cannot_be_compared_is_a_failure_that_says_what_to_do() {
    let place = Place::new();
    let link = place.0.path().join("root/blog/.claude/skills/pdf/link");
    std::os::unix::fs::symlink("/etc/hostname", &link).expect("writable");
    let answer = place.run(&["pdf", "--project", "blog"]);
    assert_eq!((answer.exit, answer.out.as_str()), (Exit::Failure, ""));
    assert!(answer.err.contains("link that leaves the profile root"), "{}", answer.err);
    assert!(answer.err.contains("to mend it: "), "{}", answer.err);
    fs::remove_dir_all(place.0.path().join("home")).expect("ours");
    let answer = place.run(&["pdf", "--project", "shop"]);
    assert_eq!(answer.exit, Exit::Failure);
    assert!(answer.err.contains("no collection holds `skill:pdf`"), "{}", answer.err);
}

#[test]
fn stat_counts_lines() {
    let place = Place::new();
    place.write("root/blog/.claude/skills/pdf/new file", "1\n2\n");
    place.write("root/blog/.claude/skills/pdf/logo", "\0");
    let answer = place.run(&["pdf", "--project", "blog", "--stat"]);
    let expected = " SKILL.md | 2 +-\n logo     | no text, 0 -> 1 bytes\n new file | 2 ++\n 3 files changed, \
                    3 lines added, 1 line removed\n";
    assert_eq!(answer.out, expected);
    let lines = lines(1000, "\n");
    place.write("root/blog/.claude/skills/pdf/SKILL.md", &lines);
    let terminal = Skillstat::at(place.0.path()).terminal(40);
    let answer = run(&terminal, &["pdf", "--project", "blog", "--stat"]);
    let first = answer.out.lines().next().expect("a line");
    let bar = first.matches(['+', '-']).count();
    assert!((20..=40).contains(&bar), "{first}");
}

#[test]
fn json_is_what_the_service_says() {
    let answer = Place::new().run(&["pdf", "--project", "blog", "--json"]);
    let diff: Value = serde_json::from_str(&answer.out).expect("it is JSON");
    assert_eq!(answer.err, "");
    assert_eq!(
        (&diff["artifact_id"], &diff["collection_name"]),
        (&"skill:pdf".into(), &"work".into())
    );
    assert_eq!(diff["summary"]["modified"], 1);
    let text = diff["files"][0]["unified_diff"].as_str().expect("a text");
    assert!(text.starts_with("--- collection/SKILL.md\n+++ project/SKILL.md\n@@ -1,3 +1,3 @@\n"));
}

#[test]
fn a_terminal_gets_colours_and_a_pager_where_it_is_too_small() {
    let place = Place::new();
    let shown = place.0.path().join("shown");
    let pager = format!("cat > '{}'", shown.display());
    let terminal = || Skillstat::at(place.0.path()).terminal(80).variable("PAGER", &pager);
    let short = run(&terminal(), &["pdf", "--project", "blog"]);
    assert!(
        short.out.contains("\u{1b}[31m-work\u{1b}[0m\n\u{1b}[32m+two\u{1b}[0m\n"),
        "{:?}",
        short.out
    );
    assert!(fs::metadata(&shown).is_err(), "it fits");

    let lines = lines(100, "\u{1b}[2J\r\n");
    place.write("root/blog/.claude/skills/pdf/SKILL.md", &lines);
    let long = run(&terminal(), &["pdf", "--project", "blog"]);
    assert_eq!((long.exit, long.out.as_str()), (Exit::Fine, ""), "the pager shows it");
    let paged = fs::read_to_string(&shown).expect("it was run");
    assert!(paged.contains("\u{1b}[32m+99\\u{1b}[2J\\u{d}\u{1b}[0m\n"), "{paged:?}");
    fs::remove_file(&shown).expect("ours");
    let at_once = run(&terminal(), &["pdf", "--project", "blog", "--no-pager"]);
    assert_eq!((at_once.out, fs::metadata(&shown).is_err()), (paged.clone(), true));
    let broken =
        Skillstat::at(place.0.path()).terminal(80).variable("PAGER", "exec /nonexistent/x 2>&-");
    assert_eq!(run(&broken, &["pdf", "--project", "blog"]).out, paged, "shown all the same");

    // In a pipe it is the patch, byte by byte.
    let piped = place.run(&["pdf", "--project", "blog"]).out;
    assert!(piped.contains("\n+99\u{1b}[2J\r\n"), "{piped:?}");
}
