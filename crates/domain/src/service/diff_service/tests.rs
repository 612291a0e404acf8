//! Which copy is compared with what, and what is asked of whom.

use super::*;
use crate::testing::{
    MockCollectionReader, MockFileLister, MockProjectDiscovery, MockProjectStates,
};
use crate::{
    ArtifactDetails, Baseline, ContentHash, ListedFile, Problem, ProblemKind, ProfileRoot,
    ProjectPath, ProjectRecords, RecordedPath,
};

fn project() -> ProjectPath {
    ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap()
}

fn record(profile_root: &str, path: &str, from: Option<&str>) -> DeploymentRecord {
    DeploymentRecord {
        artifact: "command:review".parse().unwrap(),
        profile_root: ProfileRoot::new(profile_root).unwrap(),
        path: RecordedPath::new(path),
        baseline: Baseline::new(&"0".repeat(64)),
        deployed_at: "2026-01-02".parse().unwrap(),
        from_collection: from.map(Into::into),
        profile_id: None,
        tracker: "/t".into(),
        line: 7,
    }
}

/// A collection with the command at such a path, or without it.
fn collection(name: &str, active: bool, path: Option<&str>) -> Collection {
    let artifact = path.map(|path| CollectionArtifact {
        id: "command:review".parse().unwrap(),
        name: "review".to_owned(),
        path: path.to_owned(),
        origin: "local".to_owned(),
        added: "2026-01-02".parse().unwrap(),
        details: ArtifactDetails::default(),
    });
    let (name, path) = (name.to_owned(), Utf8Path::new("/c").join(name));
    Collection { name, path, active, artifacts: artifact.into_iter().collect() }
}

fn file(path: &str, content: u8, text: FileText) -> ListedFile {
    let hash = ContentHash::from_bytes([content; 32]);
    ListedFile { path: path.to_owned(), hash, size_bytes: 1, executable: false, text }
}

fn one(content: u8) -> FileList {
    FileList { files: vec![file("", content, FileText::NotAsked)] }
}

fn wanted() -> DiffRequest {
    DiffRequest {
        artifact: "command:review".parse().unwrap(),
        project: project(),
        profile_root: None,
        collection: None,
        texts: WantedTexts::None,
    }
}

fn service(
    records: Vec<DeploymentRecord>,
    collections: Scanned<Vec<Collection>>,
    files: MockFileLister,
) -> DiffService {
    let mut discovery = MockProjectDiscovery::new();
    discovery.expect_look_at().returning(|asked| Scanned::whole(*asked == project()));
    let mut states = MockProjectStates::new();
    states.expect_records().returning(move |project| {
        let (project, records) = (project.clone(), records.clone());
        Arc::new(ProjectRecords { project, records, problems: Vec::new() })
    });
    let mut reader = MockCollectionReader::new();
    reader.expect_collections().returning(move || collections.clone());
    DiffService::new(Arc::new(discovery), Arc::new(states), Arc::new(reader), Arc::new(files))
}

/// A lister that finds one file on either side.
fn two_files() -> MockFileLister {
    let mut files = MockFileLister::new();
    files.expect_files().returning(|content, _| match content {
        ContentLocation::Copy(_) => Ok(one(2)),
        ContentLocation::Original(_) => Ok(one(1)),
    });
    files
}

fn deployed() -> Vec<DeploymentRecord> {
    vec![record(".claude", "commands/review.md", Some("work"))]
}

fn kept() -> Scanned<Vec<Collection>> {
    Scanned::whole(vec![collection("work", true, Some("commands/review.md"))])
}

#[test]
fn only_what_discovery_finds_and_what_is_on_record_is_looked_at() {
    let other = ProjectPath::new(Utf8Path::new("/etc")).unwrap();
    let ask =
        |wanted: DiffRequest| service(deployed(), kept(), MockFileLister::new()).diff(&wanted);
    assert_eq!(ask(DiffRequest { project: other, ..wanted() }), Err(DiffError::NoProject));
    let artifact = "skill:review".parse().unwrap();
    assert_eq!(ask(DiffRequest { artifact, ..wanted() }), Err(DiffError::NotDeployed));
    let profile_root = ProfileRoot::new(".codex").ok();
    assert_eq!(ask(DiffRequest { profile_root, ..wanted() }), Err(DiffError::NotDeployed));
}

#[test]
fn the_first_profile_root_is_taken_unless_another_is_asked_for() {
    let records = || {
        vec![
            record(".claude", "commands/review.md", Some("work")),
            record(".codex", "prompts/review.md", Some("work")),
        ]
    };
    let path = |profile_root: Option<&str>| {
        let profile_root = profile_root.map(|root| ProfileRoot::new(root).unwrap());
        let diff =
            service(records(), kept(), two_files()).diff(&DiffRequest { profile_root, ..wanted() });
        let diff = diff.unwrap();
        assert_eq!(diff.files[0].path(), "review.md");
        (diff.profile_root.to_string(), diff.path)
    };
    assert_eq!(path(None), (".claude".to_owned(), "commands/review.md".to_owned()));
    assert_eq!(path(Some(".codex")), (".codex".to_owned(), "prompts/review.md".to_owned()));
}

#[test]
fn the_collection_asked_for_comes_before_that_on_record_and_any_other_after() {
    let collections = [("a", false), ("b", true), ("work", false)];
    let compared_with = |asked: Option<&str>, on_record: Option<&str>, lacking: &[&str]| {
        let collections = collections.iter().map(|&(name, active)| {
            let path = (!lacking.contains(&name)).then_some("commands/review.md");
            collection(name, active, path)
        });
        let collections = Scanned::whole(collections.collect());
        let records = vec![record(".claude", "commands/review.md", on_record)];
        let collection = asked.map(str::to_owned);
        let diff = service(records, collections, two_files())
            .diff(&DiffRequest { collection, ..wanted() });
        diff.map(|diff| diff.collection)
    };
    let is = |name: &str| Ok(name.to_owned());
    assert_eq!(compared_with(None, Some("work"), &[]), is("work"));
    assert_eq!(compared_with(Some("a"), Some("work"), &[]), is("a"));
    assert_eq!(compared_with(None, Some("gone"), &[]), is("b"), "the active one");
    assert_eq!(compared_with(None, None, &["b"]), is("a"));
    assert_eq!(compared_with(None, Some("work"), &["work", "b"]), is("a"));
    assert_eq!(compared_with(None, Some("work"), &["a", "b", "work"]), Err(DiffError::NoOriginal));
}

#[test]
fn what_is_missing_on_one_side_is_on_the_other_only_and_on_both_is_nothing() {
    let compare = |original: Option<FileList>, copy: Option<FileList>| {
        let mut files = MockFileLister::new();
        files.expect_files().returning(move |content, _| {
            let side = match content {
                ContentLocation::Copy(_) => &copy,
                ContentLocation::Original(_) => &original,
            };
            side.clone().ok_or(HashError::Missing)
        });
        let diff = service(deployed(), kept(), files).diff(&wanted())?;
        Ok(diff.files.iter().map(FileDiff::status).collect::<Vec<_>>())
    };
    assert_eq!(compare(Some(one(1)), None), Ok(vec![FileStatus::OnlyInCollection]));
    assert_eq!(compare(None, Some(one(1))), Ok(vec![FileStatus::OnlyInCopy]));
    assert_eq!(compare(None, None), Err(DiffError::Nothing));
}

#[track_caller]
fn check_unreadable(
    found: Result<ArtifactDiff, DiffError>,
    (kind, path): (ProblemKind, &str),
    reason: &str,
) {
    let Err(DiffError::Unreadable(problem)) = found else { panic!("{found:?}") };
    assert_eq!((problem.kind, problem.path.as_str()), (kind, path));
    assert!(problem.reason.contains(reason), "{}", problem.reason);
}

#[test]
fn what_cannot_be_read_or_leaves_its_root_is_never_compared() {
    use ProblemKind::{MalformedManifest, UnreadableCollection, UnreadableCopy};
    let none = MockFileLister::new;
    let records = vec![record(".claude", "../secret", Some("work"))];
    let leaves = service(records, kept(), none()).diff(&wanted());
    check_unreadable(leaves, (UnreadableCopy, "/t"), "`..`");
    let leaving = Scanned::whole(vec![collection("work", true, Some("/etc/passwd"))]);
    let leaves = service(deployed(), leaving, none()).diff(&wanted());
    check_unreadable(leaves, (UnreadableCollection, "/c/work"), "/etc/passwd");

    let problem = Problem {
        path: "/c/work/collection.toml".to_owned(),
        line: Some(1),
        kind: MalformedManifest,
        reason: "not TOML".to_owned(),
        fix: "correct it".to_owned(),
        artifact: None,
    };
    let torn = Scanned { value: vec![collection("work", true, None)], problems: vec![problem] };
    let torn = service(deployed(), torn, none()).diff(&wanted());
    check_unreadable(torn, (MalformedManifest, "/c/work/collection.toml"), "not TOML");

    for (is_copy, kind) in [(true, UnreadableCopy), (false, UnreadableCollection)] {
        let mut files = MockFileLister::new();
        files.expect_files().returning(move |content, _| {
            if matches!(content, ContentLocation::Copy(_)) != is_copy {
                return Ok(one(1));
            }
            let path = "/x".to_owned();
            Err(HashError::Unverified {
                path,
                reason: "is closed".to_owned(),
                fix: "open it".to_owned(),
            })
        });
        check_unreadable(
            service(deployed(), kept(), files).diff(&wanted()),
            (kind, "/x"),
            "is closed",
        );
    }
}

/// Lists three files on either side, `same` alike; the texts that are asked for are there, but for what
/// comes to differ later.
fn three_files(asked: usize, texts: WantedTexts, changes: usize) -> Vec<(String, bool)> {
    let mut files = MockFileLister::new();
    let mut round = 0;
    files.expect_files().times(asked).returning(move |content, texts| {
        let is_copy = matches!(content, ContentLocation::Copy(_));
        round += usize::from(is_copy);
        let listed = ["changing", "other", "same"].map(|path| {
            let differs = path == "other" || path == "changing" && round >= changes;
            let text = if texts.contains(path) {
                FileText::Known(Box::from(path.as_bytes()))
            } else {
                FileText::NotAsked
            };
            file(path, u8::from(is_copy && differs), text)
        });
        Ok(FileList { files: listed.into() })
    });
    let found =
        service(deployed(), kept(), files).diff(&DiffRequest { texts, ..wanted() }).unwrap();
    let differing = found.files.iter().filter(|file| file.status() != FileStatus::Unchanged);
    let known = |file: &FileDiff| matches!(file.copy().unwrap().text, FileText::Known(_));
    differing.map(|file| (file.path().to_owned(), known(file))).collect()
}

#[test]
fn texts_are_read_of_what_differs_and_is_wanted() {
    let found = |files: &[(&str, bool)]| -> Vec<_> {
        files.iter().map(|(path, known)| (String::from(*path), *known)).collect()
    };
    let only = |path: &str| WantedTexts::Only([path.to_owned()].into());
    let never = 9;
    assert_eq!(three_files(2, WantedTexts::None, never), found(&[("other", false)]));
    assert_eq!(three_files(4, WantedTexts::All, never), found(&[("other", true)]));
    assert_eq!(three_files(4, only("other"), never), found(&[("other", true)]));
    assert_eq!(three_files(2, only("same"), never), found(&[("other", false)]));
    // What comes to differ meanwhile is read too, as long as that ends.
    let both = found(&[("changing", true), ("other", true)]);
    assert_eq!(three_files(4, WantedTexts::All, 1), both);
    assert_eq!(three_files(6, WantedTexts::All, 2), both);
    // Afterwards nobody looks any more.
    assert_eq!(three_files(4, WantedTexts::All, 3), found(&[("other", true)]));
}
