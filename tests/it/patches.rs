//! What `skillstat diff` prints is a patch: with it `git apply` makes the copy of the original.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use skillstat_cli::Exit;
use skillstat_domain::testing::{
    COLLECTION, CollectionSketch, CopySketch, RecordSketch, Sketch, TrackerSketch,
};
use tempfile::TempDir;

use crate::support::{OnDisk, Skillstat};

/// The files of one side, by path.
type Tree = BTreeMap<String, Vec<u8>>;

/// Names that mean something to `git`, to a shell or to a terminal.
const NAMES: [&str; 18] = [
    "SKILL.md",
    "a b",
    "a b ",
    "-dash",
    ".hidden",
    "b/a/x",
    "dev/null",
    "lib/deep/er/f.py",
    "tab\there",
    "new\nline",
    "\"quoted\"",
    "back\\slash",
    "ü/技.md",
    "\u{1b}[2J",
    "\u{202e}rtl",
    "=>",
    "x{a => b}",
    "' $(x) `y`",
];

/// Lines, some of which look like those of a patch.
const LINES: [&[u8]; 16] = [
    b"a",
    b"b",
    b"c",
    b"",
    b"}",
    b"\ttab",
    b" blank ",
    b"\r",
    b"carriage\r",
    b"\x1b[31m",
    b"-- a/SKILL.md",
    b"++ b/SKILL.md",
    b"@@ -1 +1 @@",
    b"diff --git a/x b/x",
    b"\\ No newline at end of file",
    "\u{fc}\u{202e}".as_bytes(),
];

fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![8 => select(LINES.to_vec()), 1 => Just(b"\xff\xfe".as_slice())];
    (prop::collection::vec(line, 0..40), any::<bool>()).prop_map(|(lines, ends)| {
        let mut text = lines.join(b"\n".as_slice());
        if ends && !text.is_empty() {
            text.push(b'\n');
        }
        text
    })
}

/// What becomes of a file on the way from the collection to the copy.
#[derive(Debug, Clone)]
enum Fate {
    Stays,
    Goes,
    /// A file of that name becomes a directory with one file, or is moved deeper into its own.
    IsNested,
    /// Some lines are others, here and there.
    IsEdited(Vec<Edit>),
    IsReplaced(Vec<u8>),
}

/// Where, how many lines go, and what comes.
type Edit = (prop::sample::Index, usize, Vec<u8>);

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Stays),
        1 => Just(Fate::Goes),
        1 => Just(Fate::IsNested),
        4 => prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize, text()), 1..4)
            .prop_map(Fate::IsEdited),
        1 => text().prop_map(Fate::IsReplaced),
    ]
}

/// The collection's side and the copy's.
fn pair() -> impl Strategy<Value = (Tree, Tree)> {
    let names = subsequence(NAMES.to_vec(), 0..=6);
    let files = names.prop_flat_map(|names| {
        let count = names.len();
        let files = prop::collection::vec((text(), fate()), count);
        files.prop_map(move |files| names.iter().copied().zip(files).collect::<Vec<_>>())
    });
    let new = subsequence(NAMES.to_vec(), 0..=3).prop_flat_map(|names| {
        let count = names.len();
        let texts = prop::collection::vec(text(), count);
        texts.prop_map(move |texts| names.iter().copied().zip(texts).collect::<Vec<_>>())
    });
    (files, new).prop_map(|(files, new)| {
        let (mut original, mut copy) = (Tree::new(), Tree::new());
        for (name, (text, fate)) in files {
            original.insert(name.to_owned(), text.clone());
            match fate {
                Fate::Stays => copy.insert(name.to_owned(), text),
                Fate::Goes => None,
                Fate::IsNested => copy.insert(format!("{name}/in"), text),
                Fate::IsEdited(edits) => copy.insert(
                    name.to_owned(),
                    edits.iter().fold(text, |text, edit| edited(&text, edit)),
                ),
                Fate::IsReplaced(text) => copy.insert(name.to_owned(), text),
            };
        }
        for (name, text) in new {
            if !original.contains_key(name) {
                copy.insert(name.to_owned(), text);
            }
        }
        (original, copy)
    })
}

fn edited(text: &[u8], (at, count, new): &Edit) -> Vec<u8> {
    let mut lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let at = at.index(lines.len() + 1);
    let end = (at + count).min(lines.len());
    lines.splice(at..end, new.split_inclusive(|byte| *byte == b'\n').take(3));
    lines.concat()
}

/// A project with a copy of a skill, whose original is in the collection.
fn world(original: &CopySketch, copy: &CopySketch) -> OnDisk {
    let record = RecordSketch {
        kind: "skill".to_owned(),
        name: "pdf".to_owned(),
        path: "skills/pdf".to_owned(),
        deployed_at: "2026-01-02T03:04:05".to_owned(),
        baseline: Some("0".repeat(64)),
        copy: copy.clone(),
    };
    let mut sketch =
        Sketch::default().tracker("shop", ".claude", TrackerSketch::Records(vec![record]));
    let path = "skills/pdf".to_owned();
    let collection = CollectionSketch {
        artifacts: vec![("skill".to_owned(), "pdf".to_owned(), path.clone())],
        contents: BTreeMap::from([(path, original.clone())]),
        ..CollectionSketch::default()
    };
    sketch.collections.insert(COLLECTION.to_owned(), collection);
    OnDisk::new(&sketch, false)
}

fn diff(disk: &OnDisk, arguments: &[&str]) -> (Exit, Vec<u8>, String) {
    let (root, home) = (disk.root.as_str(), disk.home.as_str());
    let flags = ["--root", root, "--skillmeat-home", home, "diff", "pdf"];
    Skillstat::at("/").bytes(&[&flags, arguments].concat())
}

/// Applies a patch to a tree, and returns what becomes of it, or why it could not be applied.
fn applied(tree: &Tree, patch: &[u8]) -> Result<Tree, String> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let place = directory.path().join("place");
    fs::create_dir(&place).expect("writable");
    for (path, text) in tree {
        let path = place.join(path);
        fs::create_dir_all(path.parent().expect("below the place")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    git_apply(&directory, &place, patch)?;
    let mut found = Tree::new();
    read(&place, "", &mut found);
    Ok(found)
}

fn git_apply(directory: &TempDir, place: &Path, patch: &[u8]) -> Result<(), String> {
    let mut git = Command::new("git");
    git.args(["apply", "--whitespace=nowarn", "-"]).current_dir(place);
    // No repository above it, and no settings of this machine.
    git.env("GIT_CEILING_DIRECTORIES", directory.path()).env("GIT_CONFIG_NOSYSTEM", "1");
    git.env("HOME", directory.path()).env_remove("GIT_DIR").env_remove("XDG_CONFIG_HOME");
    git.stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut git = git.spawn().expect("git is installed");
    git.stdin.take().expect("it is piped").write_all(patch).expect("git reads all of it");
    let output = git.wait_with_output().expect("git ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(said) }
}

fn read(directory: &Path, prefix: &str, tree: &mut Tree) {
    for entry in fs::read_dir(directory).expect("readable") {
        let entry = entry.expect("readable");
        let name = entry.file_name().into_string().expect("UTF-8");
        if entry.file_type().expect("it is there").is_dir() {
            read(&entry.path(), &format!("{prefix}{name}/"), tree);
        } else {
            tree.insert(format!("{prefix}{name}"), fs::read(entry.path()).expect("readable"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn applied_to_the_original_it_gives_the_copy((original, copy) in pair()) {
        let sides = [&original, &copy].map(|tree| CopySketch::Directory(tree.clone()));
        let (exit, patch, said) = diff(&world(&sides[0], &sides[1]), &["--exit-code"]);
        if original == copy {
            prop_assert_eq!((exit, patch), (Exit::Fine, Vec::new()));
        } else {
            prop_assert_eq!(exit, Exit::Drift, "{}", said);
            let found = applied(&original, &patch).map_err(|said| {
                TestCaseError::fail(format!("{said}\n{}", String::from_utf8_lossy(&patch)))
            })?;
            prop_assert_eq!(found, copy, "{}", String::from_utf8_lossy(&patch));
        }
    }
}

#[test]
fn an_artifact_that_is_a_file_is_patched_by_its_name() {
    let file = |text: &str| CopySketch::File(text.as_bytes().to_vec());
    let (_, patch, _) = diff(&world(&file("one\ntwo\n"), &file("one\n2")), &[]);
    let original = Tree::from([("pdf".to_owned(), b"one\ntwo\n".to_vec())]);
    let expected = Tree::from([("pdf".to_owned(), b"one\n2".to_vec())]);
    assert_eq!(applied(&original, &patch), Ok(expected));
}

#[test]
fn a_name_with_blanks_stands_in_quotes() {
    // Without them the `git` of Debian 12 does not find the name of a file that is empty.
    let copy = Tree::from([("a b /in".to_owned(), Vec::new())]);
    let sides = [&Tree::new(), &copy].map(|tree| CopySketch::Directory(tree.clone()));
    let (_, patch, _) = diff(&world(&sides[0], &sides[1]), &[]);
    let header = "diff --git \"a/a b /in\" \"b/a b /in\"\nnew file mode 100644\n";
    assert_eq!(String::from_utf8_lossy(&patch), header);
    assert_eq!(applied(&Tree::new(), &patch), Ok(copy));
}

#[test]
fn a_copy_that_is_gone_is_a_patch_that_takes_everything_away() {
    let original =
        Tree::from([("SKILL.md".to_owned(), b"x\n".to_vec()), ("empty".to_owned(), Vec::new())]);
    let (exit, patch, _) =
        diff(&world(&CopySketch::Directory(original.clone()), &CopySketch::Missing), &[]);
    assert_eq!(exit, Exit::Fine);
    assert_eq!(applied(&original, &patch), Ok(Tree::new()));
}

#[test]
fn a_file_that_is_new_keeps_its_mode() {
    let disk = world(
        &CopySketch::Directory(Tree::from([("SKILL.md".to_owned(), b"x\n".to_vec())])),
        &CopySketch::Directory(Tree::from([
            ("SKILL.md".to_owned(), b"x\n".to_vec()),
            ("run.sh".to_owned(), b"#!/bin/sh\n".to_vec()),
        ])),
    );
    let script = disk.root.join("shop/.claude/skills/pdf/run.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("ours");
    let (_, patch, _) = diff(&disk, &[]);
    let directory = tempfile::tempdir().expect("a temporary directory");
    let place = directory.path().join("place");
    fs::create_dir(&place).expect("writable");
    git_apply(&directory, &place, &patch).expect("it applies");
    let mode = fs::metadata(place.join("run.sh")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o100, 0o100);
}

#[test]
fn a_patch_without_the_bytes_of_a_binary_file_is_refused_as_a_whole() {
    let tree = |binary: &[u8], text: &[u8]| {
        Tree::from([("logo.png".to_owned(), binary.to_vec()), ("z.md".to_owned(), text.to_vec())])
    };
    let (original, copy) = (tree(b"\0one", b"1\n"), tree(b"\0two", b"2\n"));
    let sides = [&original, &copy].map(|tree| CopySketch::Directory(tree.clone()));
    let (_, patch, said) = diff(&world(&sides[0], &sides[1]), &[]);
    let shown = String::from_utf8(patch.clone()).expect("UTF-8");
    assert!(shown.contains("Binary files a/logo.png and b/logo.png differ\n"), "{shown}");
    assert!(said.contains("logo.png (binary)"), "{said}");
    let refused = applied(&original, &patch).expect_err("the patch is not complete");
    assert!(refused.contains("binary"), "{refused}");
}

#[test]
fn large_files_are_named_and_not_dumped() {
    let large = vec![b'x'; 2 << 20];
    let tree = |text: &[u8]| CopySketch::Directory(Tree::from([("big".to_owned(), text.to_vec())]));
    let (_, patch, said) = diff(&world(&tree(b"small\n"), &tree(&large)), &[]);
    assert!(patch.len() < 200, "{} bytes", patch.len());
    assert!(said.contains("big (too large)"), "{said}");
}
