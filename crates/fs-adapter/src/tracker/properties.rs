//! What holds of any tracker.

use skillstat_domain::{
    ArtifactId, ContentHash, DeploymentProfile, DeploymentRecord, ProfileRoot, Scanned,
};

use super::document::Document;
use super::record_text::NewRecord;
use super::{TomlDeploymentReader, TrackerText, usual_form};

/// Both ways of reading a tracker find the same records and problems, each on a line that exists.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`.
pub fn tracker(bytes: &[u8]) {
    let (_, [read, toml]) = both(bytes);
    assert_eq!(read, toml, "{}", String::from_utf8_lossy(bytes));
    let lines = bytes.split(|&byte| byte == b'\n').count();
    let of_records = read.value.iter().map(|record| Some(record.line));
    for line in read.problems.iter().map(|problem| problem.line).chain(of_records) {
        let line = line.and_then(|line| usize::try_from(line).ok());
        assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{line:?} of {lines}");
    }
}

/// Reads a text both ways; tells whether it was of the usual form.
pub(super) fn both(text: &[u8]) -> (bool, [Scanned<Vec<DeploymentRecord>>; 2]) {
    let profile_root = ProfileRoot::new(".claude").expect("a name");
    let mut toml = Scanned::default();
    Document::new(&"tracker".into(), &profile_root, &mut toml).read_as_toml(text);
    let usual = str::from_utf8(text).is_ok_and(|text| usual_form::read(text, |_, _| ()).is_some());
    (usual, [TomlDeploymentReader::read_bytes("tracker", &profile_root, text), toml])
}

/// A tracker can be written with the records of one artifact as they are, new or gone, or that is refused; of
/// the records of others no byte changes.
///
/// # Panics
///
/// Panics when that does not hold of `bytes`.
pub fn tracker_edit(bytes: &[u8]) {
    let Ok(text) = TrackerText::parse("tracker", bytes) else { return };
    let new: ArtifactId = "skill:pdf".parse().expect("an id");
    let mut artifacts: Vec<_> =
        text.records().iter().map(|record| record.artifact.clone()).collect();
    artifacts.push(new.clone());
    for artifact in &artifacts {
        if let Ok(same) = text.with(artifact, &text.blocks(artifact)) {
            assert_eq!(same.into_bytes(), bytes, "nothing was to change");
        }
        if let Ok(without) = text.with(artifact, &[]) {
            // Records of the same artifact at another place are those of another copy.
            let of_copy = text.of(artifact).len();
            assert_eq!(without.records().len() + of_copy, text.records().len());
            others_are_the_same(&text, &without, artifact);
        }
    }
    let record = with_new(|record| record.fresh(text.newline()));
    if let Ok(added) = text.with(&new, std::slice::from_ref(&record)) {
        let of_copy = text.of(&new).len();
        assert_eq!(added.records().len() + of_copy, text.records().len() + 1);
        others_are_the_same(&text, &added, &new);
        let again = TrackerText::parse("tracker", &added.clone().into_bytes());
        assert_eq!(again.expect("a tracker").blocks(&new), added.blocks(&new));
    }
}

fn others_are_the_same(before: &TrackerText, after: &TrackerText, artifact: &ArtifactId) {
    let of_copy = before.of(artifact);
    for (number, record) in before.records().iter().enumerate() {
        if !of_copy.contains(&number) && record.artifact != *artifact {
            assert_eq!(before.blocks(&record.artifact), after.blocks(&record.artifact));
        }
    }
}

/// What a new deploy of `pdf` says.
pub(super) fn with_new<T>(test: impl FnOnce(&NewRecord<'_>) -> T) -> T {
    test(&NewRecord {
        name: "pdf",
        kind: "skill",
        collection: "work",
        deployed_at: &"2026-11-25T10:00:00.5".parse().expect("a date"),
        path: "skills/pdf",
        hash: ContentHash::from_bytes([0xab; 32]),
        profile: &DeploymentProfile::default(),
    })
}
