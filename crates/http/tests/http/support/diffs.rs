//! Comparing copies in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use skillstat_domain::testing::{
    COLLECTION, CollectionSketch, CopySketch, InMemoryProjects, RecordSketch, Sketch, TrackerSketch,
};
use skillstat_domain::{
    ArtifactDiff, ContentHash, DiffError, DiffQuery, DiffRequest, DiffService, DirectStates,
};

/// The real use case over a sketch.
#[derive(Debug)]
pub(crate) struct InMemoryDiffs(DiffService);

/// An artifact as `type:name path`, and the files of a side.
type Side<'a> = (&'a str, CopySketch);

impl InMemoryDiffs {
    /// Puts copies into projects below `/home`, and originals into a collection.
    pub(crate) fn new(projects: &[(&str, Vec<Side<'_>>)], originals: Vec<Side<'_>>) -> Self {
        let mut sketch = Sketch::default();
        for (project, copies) in projects {
            let records = copies.iter().map(|(artifact, copy)| {
                let (kind, name, path) = taken_apart(artifact);
                let (deployed_at, baseline) = ("2026-01-02".to_owned(), Some("0".repeat(64)));
                RecordSketch { kind, name, path, deployed_at, baseline, copy: copy.clone() }
            });
            sketch = sketch.tracker(project, ".claude", TrackerSketch::Records(records.collect()));
        }
        let mut collection = CollectionSketch::default();
        for (artifact, content) in originals {
            let (kind, name, path) = taken_apart(artifact);
            collection.artifacts.push((kind, name, path.clone()));
            collection.contents.insert(path, content);
        }
        sketch.collections.insert(COLLECTION.to_owned(), collection);
        let world = Arc::new(InMemoryProjects::new("/home".into(), 3, sketch, hash));
        let states = DirectStates::new(Arc::clone(&world) as _, Arc::clone(&world) as _);
        let (collections, files) = (Arc::clone(&world) as _, Arc::clone(&world) as _);
        Self(DiffService::new(world, Arc::new(states), collections, files))
    }
}

#[async_trait]
impl DiffQuery for InMemoryDiffs {
    async fn diff(&self, wanted: &DiffRequest) -> Result<ArtifactDiff, DiffError> {
        self.0.diff(wanted)
    }
}

/// A file with this text.
pub(crate) fn file(text: &str) -> CopySketch {
    CopySketch::File(text.as_bytes().to_vec())
}

/// A directory with these files.
pub(crate) fn directory(files: &[(&str, &str)]) -> CopySketch {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    CopySketch::Directory(files.collect::<BTreeMap<_, _>>())
}

fn taken_apart(artifact: &str) -> (String, String, String) {
    let (id, path) = artifact.split_once(' ').expect("`type:name path`");
    let (kind, name) = id.split_once(':').expect("`type:name`");
    (kind.to_owned(), name.to_owned(), path.to_owned())
}

/// Hashes a file; that of a directory is told by nobody here.
fn hash(copy: &CopySketch) -> ContentHash {
    let bytes = match copy {
        CopySketch::File(bytes) => bytes.as_slice(),
        CopySketch::Missing | CopySketch::Directory(_) => &[],
    };
    ContentHash::from_bytes(Sha256::digest(bytes).into())
}

/// The copies and originals as they were when something was compared and recorded.
pub(crate) fn as_recorded() -> InMemoryDiffs {
    const SKILL: &str = "---\nname: canvas\ndescription: A test skill for canvas design\nversion: 1.0.0\n\
                         tags: [design, test]\n---\n# Canvas\nBody text.\n";
    const REVIEW: &str = "---\ndescription: Review code\n---\n# Review\nDo it.\n";
    const PLANNER: &str =
        "---\nname: planner\ndescription: Plan work\ntools: Read\n---\nYou plan.\n";
    let canvas = |skill: &str, more: &[(&str, &str)]| {
        let files = [
            ("SKILL.md", skill),
            ("references/notes.md", "ref\n"),
            ("scripts/run.py", "print(\"hi\")\n"),
        ];
        ("skill:canvas skills/canvas", directory(&[&files, more].concat()))
    };
    let review = || ("command:review commands/review.md", file(REVIEW));
    let edited = canvas(&format!("{SKILL}local edit\n"), &[("EXTRA.txt", "extra\n")]);
    let planner = "agent:planner agents/planner.md";
    InMemoryDiffs::new(
        &[
            ("me/projects/alpha", vec![edited, review(), (planner, CopySketch::Missing)]),
            ("me2/projects/brandnew", vec![canvas(SKILL, &[])]),
        ],
        vec![canvas(SKILL, &[]), review(), (planner, file(PLANNER))],
    )
}
