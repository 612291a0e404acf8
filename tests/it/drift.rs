//! Drift explained: copies, records and a collection on disk, and what the command says of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use skillstat_cli::Exit;
use skillstat_domain::testing::CopySketch;
use tempfile::TempDir;

use crate::support::{Skillstat, hash_copy};

/// Files by path; the path of an artifact that is one file is empty.
type Files<'a> = &'a [(&'a str, &'a str)];

/// A project `p` and a collection `work`.
struct Place {
    directory: TempDir,
    tracker: String,
    manifest: String,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        Self { directory, tracker: String::new(), manifest: String::new() }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// Records a skill, and puts its copy and its original where they are said to be.
    fn skill(
        &mut self,
        name: &str,
        copy: Option<Files<'_>>,
        deployed: Files<'_>,
        original: Option<Files<'_>>,
    ) -> &mut Self {
        let baseline = hash(deployed);
        write!(
            self.tracker,
            "[[deployed]]\nartifact_name = \"{name}\"\nartifact_type = \"skill\"\nfrom_collection = \"work\"\n\
             deployed_at = \"2026-01-02\"\nartifact_path = \"skills/{name}\"\ncontent_hash = \"{baseline}\"\n"
        )
        .expect("a String");
        if let Some(copy) = copy {
            write(&self.path(&format!("p/.claude/skills/{name}")), copy);
        }
        if let Some(original) = original {
            write!(
                self.manifest,
                "[[artifacts]]\nname = \"{name}\"\ntype = \"skill\"\npath = \"skills/{name}\"\norigin = \"local\"\n\
                 added = \"2026-01-02\"\n"
            )
            .expect("a String");
            write(&self.path(&format!("home/collections/work/skills/{name}")), original);
        }
        self
    }

    fn run(&self, arguments: &[&str]) -> crate::support::Answer {
        let tracker = self.path("p/.claude/.skillmeat-deployed.toml");
        write(&tracker, &[("", &self.tracker)]);
        if !self.manifest.is_empty() {
            let manifest = self.path("home/collections/work/collection.toml");
            write(&manifest, &[("", &self.manifest)]);
        }
        let home = ["--skillmeat-home", "home"];
        Skillstat::at(self.directory.path()).run(&[&home, arguments].concat())
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.run(&["status", "--json"]).out).expect("it is JSON")
    }

    /// State and kind of each skill by name.
    #[track_caller]
    fn check(&self, expected: &[(&str, &str, Option<&str>)]) {
        let status = self.status();
        let artifacts = status["artifacts"].as_array().expect("an array");
        let found: Vec<_> = artifacts
            .iter()
            .map(|artifact| {
                let project = &artifact["projects"][0];
                let copy = &project["copies"][0];
                let id = artifact["artifact"].as_str().expect("a text");
                let state = copy["state"].as_str().expect("a text");
                assert_eq!(project["state"], state);
                assert_eq!(
                    project["is_modified"],
                    matches!(state, "modified" | "conflict"),
                    "{id}"
                );
                (id.trim_start_matches("skill:"), state, copy["kind"].as_str())
            })
            .collect();
        assert_eq!(found, expected);
    }
}

fn write(path: &Path, files: Files<'_>) {
    let create = |path: &Path| fs::create_dir_all(path).expect("writable");
    if files.is_empty() {
        create(path);
    }
    for (file, content) in files {
        let whole = if file.is_empty() { path.to_owned() } else { path.join(file) };
        create(whole.parent().expect("a file lies in a directory"));
        fs::write(whole, content).expect("writable");
    }
}

fn hash(files: Files<'_>) -> String {
    let bytes = |(path, content): &(&str, &str)| (String::from(*path), content.as_bytes().to_vec());
    hash_copy(&match files {
        [("", content)] => CopySketch::File(content.as_bytes().to_vec()),
        files => CopySketch::Directory(files.iter().map(bytes).collect()),
    })
    .to_string()
}

const A: Files<'_> = &[("SKILL.md", "a\n"), ("lib/x.py", "1\n")];
const B: Files<'_> = &[("SKILL.md", "b\n"), ("lib/x.py", "1\n")];
const C: Files<'_> = &[("SKILL.md", "c\n"), ("lib/x.py", "1\n")];

#[test]
fn every_row_of_the_table_of_states() {
    let mut place = Place::new();
    place
        .skill("conflict", Some(B), A, Some(C))
        .skill("edited", Some(B), A, Some(A))
        .skill("edited-alone", Some(B), A, None)
        .skill("gone", None, A, Some(B))
        .skill("outdated", Some(A), A, Some(B))
        .skill("synced", Some(A), A, Some(A))
        .skill("synced-alone", Some(A), A, None)
        .skill("updated", Some(B), A, Some(B));
    place.check(&[
        ("conflict", "conflict", Some("unexplained")),
        ("edited", "modified", Some("content")),
        ("edited-alone", "modified", Some("unexplained")),
        ("gone", "missing", None),
        ("outdated", "outdated", None),
        ("synced", "synced", None),
        ("synced-alone", "synced", None),
        ("updated", "modified", Some("unrecorded-update")),
    ]);
    let answer = place.run(&["status"]);
    let summary = "8 copies in 1 project: 1 conflict, 3 modified, 1 missing, 1 outdated, 2 synced";
    assert!(answer.out.contains(summary), "{}", answer.out);
    assert_eq!(answer.err, "", "a collection that lacks artifacts is no problem");
}

#[test]
fn noise_is_told_from_content() {
    let litter = [A[0], A[1], ("lib/__pycache__/x.cpython-312.pyc", "\0"), (".DS_Store", "x")];
    let crlf: Files<'_> = &[("SKILL.md", "a\r\n"), ("lib/x.py", "1\r\n")];
    let mut place = Place::new();
    place
        .skill("cache-alone", Some(&litter), A, None)
        .skill("cache-kept", Some(&litter), A, Some(A))
        .skill("cache-newer", Some(&litter), A, Some(B))
        .skill("ends-alone", Some(crlf), A, None)
        .skill("ends-back", Some(A), crlf, Some(crlf))
        .skill("ends-newer", Some(crlf), A, Some(B))
        .skill("file-ends", Some(&[("", "x\r\n")]), &[("", "x\n")], Some(&[("", "x\n")]))
        .skill("less", Some(&A[..1]), A, Some(A))
        .skill("more", Some(&[A[0], A[1], ("z", "")]), A, Some(A))
        .skill("source-cache", Some(A), A, Some(&litter));
    place.check(&[
        ("cache-alone", "modified", Some("ignored-files-only")),
        ("cache-kept", "modified", Some("ignored-files-only")),
        ("cache-newer", "conflict", Some("ignored-files-only")),
        ("ends-alone", "modified", Some("line-endings-only")),
        ("ends-back", "modified", Some("line-endings-only")),
        ("ends-newer", "conflict", Some("line-endings-only")),
        ("file-ends", "modified", Some("line-endings-only")),
        ("less", "modified", Some("removals-only")),
        ("more", "modified", Some("additions-only")),
        ("source-cache", "synced", None),
    ]);
    let shown = place.run(&["show", "ends-alone"]).out;
    assert!(shown.lines().nth(3).expect("a row").ends_with("line-endings-only"), "{shown}");
}

#[test]
fn a_collection_that_cannot_be_read_makes_nothing_worse_and_is_told() {
    let mut place = Place::new();
    place.skill("as-deployed", Some(A), A, Some(B)).skill("edited", Some(B), A, Some(C));
    let outside = place.path("secret");
    fs::write(&outside, "s").expect("writable");
    for name in ["as-deployed", "edited"] {
        let link = place.path(&format!("home/collections/work/skills/{name}/link"));
        std::os::unix::fs::symlink(&outside, link).expect("writable");
    }
    let check = |place: &Place, kind: &str, file: &str| {
        place
            .check(&[("as-deployed", "synced", None), ("edited", "modified", Some("unexplained"))]);
        let status = place.status();
        for problems in [&status["problems"], &status["artifacts"][0]["problems"]] {
            let problem = &problems[0];
            assert_eq!(problem["kind"], kind, "{status:#}");
            let path = problem["path"].as_str().expect("a text");
            assert!(path.ends_with(file), "{path}");
        }
        let code = |arguments: &[&str]| place.run(arguments).exit;
        assert_eq!(code(&["show", "as-deployed", "--exit-code"]), Exit::Failure, "in doubt");
        assert_eq!(code(&["show", "edited", "--exit-code"]), Exit::Drift);
    };
    check(&place, "unreadable_collection", "work/skills/as-deployed/link");

    place.manifest = "[[artifacts]]\nname = \"edited\n".to_owned();
    check(&place, "malformed_manifest", "work/collection.toml");
    let problems = place.run(&["status"]).err;
    assert_eq!(problems.matches("problem:").count(), 1, "told once: {problems}");
    let doctor = place.run(&["doctor"]).out;
    assert!(doctor.contains("\n1 problem:"), "told once: {doctor}");
}

#[test]
fn an_outdated_copy_is_no_drift() {
    let mut place = Place::new();
    place.skill("outdated", Some(A), A, Some(B));
    let code = |place: &Place| place.run(&["status", "--exit-code"]).exit;
    assert_eq!(code(&place), Exit::Fine);
    place.skill("conflict", Some(B), A, Some(C));
    assert_eq!(code(&place), Exit::Drift);
}

#[test]
fn nothing_is_asked_of_a_collection_that_no_record_names() {
    let mut place = Place::new();
    place.skill("synced", Some(A), A, None);
    place.manifest = "broken".to_owned();
    place.tracker = place.tracker.replace("from_collection = \"work\"\n", "");
    place.check(&[("synced", "synced", None)]);
    assert_eq!(place.run(&["status", "--exit-code"]).exit, Exit::Fine);
}
