//! Reading collections: SkillMeat's own sample, and manifests and settings that are broken.

use proptest::collection::vec;
use proptest::prelude::*;
use skillstat_domain::{ArtifactDetails, ArtifactMetadata};

use super::*;
use crate::test_support::{TempTree, finishes, name};

const MANIFEST: &str = "home/collections/default/collection.toml";

fn home(path: impl AsRef<Path>) -> Scanned<Vec<Collection>> {
    let home = Utf8PathBuf::from_path_buf(path.as_ref().to_owned()).unwrap();
    finishes(|| SkillmeatHome::new(home).collections())
}

fn read(tree: &TempTree) -> Scanned<Vec<Collection>> {
    home(tree.path("home"))
}

/// A manifest with these entries; each takes seven lines, the first starts on line 4.
fn manifest(entries: &[String]) -> String {
    "[collection]\nname = \"default\"\n\n".to_owned() + &entries.concat()
}

/// A good entry.
fn entry(name: &str) -> String {
    entry_with(name, "", "")
}

/// A good entry but for one key, whose line is another.
fn entry_with(name: &str, key: &str, line: &str) -> String {
    let mut lines = vec!["[[artifacts]]".to_owned()];
    for (good, value) in [
        ("name", name),
        ("type", "skill"),
        ("path", "skills/x"),
        ("origin", "local"),
        ("added", "2026-01-02T03:04:05"),
    ] {
        lines.push(if good == key { line.to_owned() } else { format!("{good} = \"{value}\"") });
    }
    lines.join("\n") + "\n\n"
}

fn ids(collection: &Collection) -> Vec<&str> {
    collection.artifacts.iter().map(|artifact| artifact.id.as_str()).collect()
}

/// Checks the one problem of a home.
#[track_caller]
fn check_problem(tree: &TempTree, problems: &[Problem], file: &str, line: Option<u32>, why: &str) {
    let [problem] = problems else { panic!("not one problem: {problems:?}") };
    assert_eq!(problem.path, tree.path(file).to_str().unwrap());
    assert_eq!((problem.kind, problem.line), (ProblemKind::MalformedManifest, line));
    assert!(problem.reason.contains(why), "{}", problem.reason);
    assert!(!problem.fix.is_empty());
}

/// Checks a bad entry between two good ones.
#[track_caller]
fn check_bad_entry(bad: String, line: u32, why: &str) {
    let tree = TempTree::new();
    tree.file(MANIFEST, manifest(&[entry("a"), bad, entry("z")]));
    let read = read(&tree);
    assert_eq!(ids(&read.value[0]), ["skill:a", "skill:z"]);
    check_problem(&tree, &read.problems, MANIFEST, Some(line), why);
}

/// Checks a manifest that cannot be read at all: the collection is there, and so is its neighbour.
#[track_caller]
fn check_bad_manifest(tree: &TempTree, line: Option<u32>, why: &str) {
    tree.file("home/collections/work/collection.toml", manifest(&[entry("w")]));
    let read = read(tree);
    let found: Vec<_> = read.value.iter().map(|found| (found.name.as_str(), ids(found))).collect();
    assert_eq!(found, [("default", vec![]), ("work", vec!["skill:w"])]);
    check_problem(tree, &read.problems, MANIFEST, line, why);
}

/// Checks which of the collections `default` and `work` is active with this configuration.
#[track_caller]
fn check_active(config: Option<&str>, expected: &[&str]) -> (TempTree, Vec<Problem>) {
    let tree = TempTree::new();
    tree.file(MANIFEST, "").file("home/collections/work/collection.toml", "");
    if let Some(config) = config {
        tree.file("home/config.toml", config);
    }
    let read = read(&tree);
    let active: Vec<_> =
        read.value.iter().filter(|found| found.active).map(|found| found.name.as_str()).collect();
    assert_eq!(active, expected);
    (tree, read.problems)
}

#[test]
fn what_skillmeat_wrote_is_read() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/collection");
    let read = home(path);
    assert_eq!(read.problems, []);
    let [collection] = &*read.value else { panic!("not one collection") };
    assert_eq!((collection.name.as_str(), collection.active), ("default", true));
    assert_eq!(collection.path, Utf8Path::new(path).join("collections/default"));
    assert_eq!(ids(collection), ["skill:canvas", "command:review", "agent:planner"]);
    let review = &collection.artifacts[1];
    assert_eq!((&*review.name, &*review.path), ("review", "commands/review.md"));
    assert_eq!(
        (&*review.origin, review.added.to_string()),
        ("local", "2026-11-22T18:58:40.987279".to_owned())
    );
}

#[test]
fn what_skillmeat_wrote_about_an_artifact_is_read() {
    let read = home(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/collection"));
    let [canvas, _, planner] = &*read.value[0].artifacts else { panic!("not three artifacts") };
    let metadata = ArtifactMetadata {
        description: Some("A test skill for canvas design".to_owned()),
        version: Some("1.0.0".to_owned()),
        ..ArtifactMetadata::default()
    };
    let tags = vec!["design".to_owned(), "test".to_owned()];
    assert_eq!(canvas.details, ArtifactDetails { tags, metadata, ..ArtifactDetails::default() });
    assert_eq!(planner.details.metadata.tools, ["Read"]);
}

#[test]
fn an_artifact_from_elsewhere_says_where_it_is_from() {
    let tree = TempTree::new();
    let from = "upstream = \"a/b/c\"\nversion_spec = \"latest\"\nresolved_sha = \"abc\"\n\
                resolved_version = \"v1\"\norigin_source = \"github\"\nimport_id = \"7\"\n\
                last_updated = \"2026-02-03T04:05:06\"\n";
    tree.file(MANIFEST, entry("x") + from);
    let read = read(&tree);
    assert_eq!(read.problems, []);
    let text = |text: &str| Some(text.to_owned());
    let expected = ArtifactDetails {
        upstream: text("a/b/c"),
        version_spec: text("latest"),
        resolved_sha: text("abc"),
        resolved_version: text("v1"),
        origin_source: text("github"),
        last_updated: "2026-02-03T04:05:06".parse().ok(),
        import_id: text("7"),
        ..ArtifactDetails::default()
    };
    assert_eq!(read.value[0].artifacts[0].details, expected);
}

#[test]
fn what_may_be_lacking_may_also_be_wrong() {
    let tree = TempTree::new();
    let wrong = "tags = [\"a\", 5, \"b\"]\nupstream = 5\nlast_updated = \"yesterday\"\n\
                 metadata = { title = [], tools = \"Read\", dependencies = [\"x\", {}] }\n";
    tree.file(MANIFEST, entry("x") + wrong + "\n" + &entry_with("y", "", "metadata = 5"));
    let read = read(&tree);
    assert_eq!(read.problems, []);
    let [x, y] = &*read.value[0].artifacts else { panic!("not two artifacts") };
    let metadata =
        ArtifactMetadata { dependencies: vec!["x".to_owned()], ..ArtifactMetadata::default() };
    let tags = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(x.details, ArtifactDetails { tags, metadata, ..ArtifactDetails::default() });
    assert_eq!(y.details, ArtifactDetails::default());
}

#[test]
fn no_home_and_no_collection_are_no_problem() {
    let tree = TempTree::new();
    assert_eq!(read(&tree), Scanned::default());
    assert_eq!(read(tree.directory("home")), Scanned::default());
    assert_eq!(read(tree.directory("home/collections/none/skills")), Scanned::default());
}

#[test]
fn collections_are_sorted_and_may_be_empty() {
    let tree = TempTree::new();
    for (collection, text) in [("b", ""), ("a-b", "artifacts = []"), ("B", "[collection]\n")] {
        tree.file(format!("home/collections/{collection}/collection.toml"), text);
    }
    tree.file("home/collections/a file", "").fifo("home/collections/a fifo");
    let read = read(&tree);
    let names: Vec<_> = read.value.iter().map(|found| found.name.as_str()).collect();
    assert_eq!((names, read.problems), (vec!["B", "a-b", "b"], Vec::new()));
    assert!(read.value.iter().all(|collection| collection.artifacts.is_empty()));
}

#[test]
fn an_entry_lacks_something() {
    for key in ["name", "type", "path", "origin", "added"] {
        check_bad_entry(entry_with("bad", key, "x = 1"), 11, &format!("it has no {key}"));
    }
}

#[test]
fn a_field_of_an_entry_is_no_string() {
    check_bad_entry(entry_with("bad", "name", "name = 5"), 12, "name is of type integer");
    check_bad_entry(entry_with("bad", "type", "type = []"), 13, "type is of type array");
    check_bad_entry(entry_with("bad", "path", "path = {}"), 14, "path is of type table");
    check_bad_entry(
        entry_with("bad", "added", "added = 2026-01-02"),
        16,
        "added is of type datetime",
    );
}

#[test]
fn a_name_could_leave_the_collection() {
    for bad in ["../x", "a/b", ".hidden", "a..b", "a\\\\b"] {
        check_bad_entry(entry(bad), 12, "could leave the collection");
    }
}

#[test]
fn a_name_and_type_make_no_id() {
    check_bad_entry(entry(""), 12, "the name is empty");
    check_bad_entry(entry_with("bad", "type", "type = \"a:b\""), 12, "the type holds a `:`");
}

#[test]
fn a_date_is_none() {
    check_bad_entry(entry_with("bad", "added", "added = \"yesterday\""), 16, "added is no date");
}

#[test]
fn an_entry_is_no_table() {
    let tree = TempTree::new();
    tree.file(MANIFEST, "artifacts = [\n  1,\n]\n");
    check_problem(&tree, &read(&tree).problems, MANIFEST, Some(2), "of type integer, not a table");
    tree.file(MANIFEST, "\n\nartifacts = 'x'\n");
    check_problem(&tree, &read(&tree).problems, MANIFEST, Some(3), "is no array");
}

#[test]
fn a_manifest_is_not_toml() {
    let tree = TempTree::new();
    tree.file(MANIFEST, manifest(&[entry("a"), "what = ?\n".to_owned()]));
    check_bad_manifest(&tree, Some(11), "not TOML");
}

#[test]
fn a_manifest_is_not_utf8() {
    let tree = TempTree::new();
    tree.file(MANIFEST, b"a = 1\nb = \"\xff\"\n");
    check_bad_manifest(&tree, Some(2), "not UTF-8");
}

#[test]
fn a_manifest_is_no_file() {
    let tree = TempTree::new();
    check_bad_manifest(tree.directory(MANIFEST), None, "is a directory");
    let tree = TempTree::new();
    check_bad_manifest(tree.fifo(MANIFEST), None, "is a FIFO");
    let tree = TempTree::new();
    check_bad_manifest(tree.link(MANIFEST, "gone"), None, "leads nowhere");
    let tree = TempTree::new();
    check_bad_manifest(tree.hollow_file(MANIFEST, 1 << 30), None, "is larger than");
}

#[test]
fn line_endings_of_windows_change_nothing() {
    let tree = TempTree::new();
    let text = manifest(&[entry("a"), entry("../x"), entry("z")]).replace('\n', "\r\n");
    let read = read(tree.file(MANIFEST, text));
    assert_eq!(ids(&read.value[0]), ["skill:a", "skill:z"]);
    check_problem(&tree, &read.problems, MANIFEST, Some(12), "could leave");
}

#[test]
fn a_byte_order_mark_costs_no_entry() {
    let tree = TempTree::new();
    tree.file(MANIFEST, format!("\u{feff}{}", manifest(&[entry("a")])));
    assert_eq!(ids(&read(&tree).value[0]), ["skill:a"]);
}

#[test]
fn the_directory_of_collections_is_a_file() {
    let tree = TempTree::new();
    tree.file("home/collections", "");
    let read = read(&tree);
    let [problem] = &read.problems[..] else { panic!("not one problem: {read:?}") };
    // Any collection may be in it, and so any original.
    assert_eq!(problem.kind, ProblemKind::UnreadableCollection);
    assert_eq!(problem.path, tree.path("home/collections").to_str().unwrap());
    assert!(problem.reason.contains("cannot be read"), "{}", problem.reason);
}

#[test]
fn a_collection_whose_name_is_not_utf8_is_a_problem() {
    let tree = TempTree::new();
    tree.file(MANIFEST, "").file(name(b"home/collections/x\xff/collection.toml"), "");
    let read = read(&tree);
    assert_eq!(read.value.len(), 1);
    check_problem(&tree, &read.problems, r"home/collections/x\xff", None, "not UTF-8");
}

#[test]
fn default_is_active_unless_the_configuration_names_another() {
    for config in [
        None,
        Some(""),
        Some("[settings]\nupdate-strategy = 'prompt'\n"),
        Some("settings = 5\n"),
        Some("[settings]\ndefault-collection = 5\n"),
    ] {
        assert_eq!(check_active(config, &["default"]).1, []);
    }
    assert_eq!(check_active(Some("[settings]\ndefault-collection = 'work'\n"), &["work"]).1, []);
    assert_eq!(check_active(Some("[settings]\ndefault-collection = 'gone'\n"), &[]).1, []);
}

#[test]
fn a_configuration_that_is_not_toml_is_a_problem_and_the_collections_stay() {
    let (tree, problems) = check_active(Some("[settings]\nwhat = ?\n"), &["default"]);
    check_problem(&tree, &problems, "home/config.toml", Some(2), "not TOML");
}

proptest! {
    #[test]
    fn any_bytes_give_artifacts_and_problems_with_a_line_that_exists(
        pieces in vec(prop_oneof![
            "[ -~\\n]{0,20}",
            "[a-c]".prop_map(|name| entry(&name)),
            prop::sample::select(vec!["[[artifacts]]\n", "artifacts = ", "\"", "[", "\r\n", "\0"])
                .prop_map(str::to_owned),
        ], 0..8),
        end in vec(any::<u8>(), 0..4),
    ) {
        let bytes = [pieces.concat().as_bytes(), &end].concat();
        crate::properties::manifest(&bytes);
    }
}
