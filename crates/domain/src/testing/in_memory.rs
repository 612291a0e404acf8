//! The adapters' twin: the same ports, answered from a [`Sketch`].

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use camino::Utf8PathBuf;

use super::{CopySketch, RecordSketch, Sketch, TrackerSketch};
use crate::{
    ArtifactDetails, ArtifactId, Baseline, Collection, CollectionArtifact, CollectionReader,
    ContentHash, ContentLocation, ContentTraits, CopyLocation, DeploymentReader, DeploymentRecord,
    Difference, FileList, FileLister, FileText, HashError, Hasher, ListedFile, OriginalLocation,
    Problem, ProblemKind, ProfileRoot, ProjectDiscovery, ProjectPath, RecordedPath, Scanned,
};

/// The collection that every record names.
pub const COLLECTION: &str = "default";

/// How a test hashes a copy; the domain has no hash function of its own.
pub type HashCopy = fn(&CopySketch) -> ContentHash;

/// Discovery, reader, hasher and collections over a sketch.
pub struct InMemoryProjects {
    base: Utf8PathBuf,
    max_depth: usize,
    sketch: Sketch,
    hash: HashCopy,
}

impl InMemoryProjects {
    /// Sets the sketch up below `base`, an absolute path, with discovery down to `max_depth`.
    pub fn new(base: Utf8PathBuf, max_depth: usize, sketch: Sketch, hash: HashCopy) -> Self {
        Self { base, max_depth, sketch, hash }
    }

    fn project(&self, relative: &str) -> ProjectPath {
        ProjectPath::new(&self.base.join(relative)).expect("the base is absolute")
    }
}

impl fmt::Debug for InMemoryProjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryProjects").field("base", &self.base).finish_non_exhaustive()
    }
}

impl ProjectDiscovery for InMemoryProjects {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        let depth = |relative: &str| relative.split('/').filter(|name| !name.is_empty()).count();
        let mut projects: Vec<_> = self
            .sketch
            .trackers
            .keys()
            .filter(|(relative, _)| depth(relative) <= self.max_depth)
            .map(|(relative, _)| self.project(relative))
            .collect();
        projects.sort();
        projects.dedup();
        Scanned::whole(projects)
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        Scanned::whole(self.discover().value.contains(directory))
    }
}

impl DeploymentReader for InMemoryProjects {
    fn read(&self, project: &ProjectPath) -> Scanned<Vec<DeploymentRecord>> {
        let mut scanned = Scanned::<Vec<DeploymentRecord>>::default();
        let mut trackers: Vec<_> = self
            .sketch
            .trackers
            .iter()
            .filter(|((relative, _), _)| self.project(relative) == *project)
            .map(|((_, profile_root), tracker)| (profile_root, tracker))
            .collect();
        trackers.sort_by_key(|(profile_root, _)| *profile_root);
        for (profile_root, tracker) in trackers {
            let path: Arc<str> = format!("{project}/{profile_root}/tracker").into();
            match tracker {
                TrackerSketch::Broken => {
                    scanned.problems.push(problem(ProblemKind::MalformedTracker, &path, 1));
                }
                TrackerSketch::Records(records) => {
                    for (line, record) in (1..).zip(records) {
                        match convert(profile_root, &path, line, record) {
                            Some(record) => scanned.value.push(record),
                            None => scanned.problems.push(Problem {
                                artifact: ArtifactId::new(&record.kind, &record.name).ok(),
                                ..problem(ProblemKind::MalformedRecord, &path, line)
                            }),
                        }
                    }
                }
            }
        }
        scanned
    }
}

impl InMemoryProjects {
    fn copy(&self, copy: &CopyLocation<'_>) -> Option<&CopySketch> {
        let found = self.sketch.trackers.iter().find_map(|((relative, profile_root), tracker)| {
            let TrackerSketch::Records(records) = tracker else { return None };
            if self.project(relative) != *copy.project || profile_root != copy.profile_root {
                return None;
            }
            records
                .iter()
                .find(|record| RecordedPath::new(&record.path).inside().as_deref() == Ok(copy.path))
        });
        found.map(|record| &record.copy).filter(|copy| **copy != CopySketch::Missing)
    }

    fn content(&self, content: &ContentLocation<'_>) -> Option<&CopySketch> {
        match content {
            ContentLocation::Copy(copy) => self.copy(copy),
            ContentLocation::Original(original) => self.original(original),
        }
    }

    fn original(&self, original: &OriginalLocation<'_>) -> Option<&CopySketch> {
        let collection = self.sketch.collections.get(original.collection.file_name()?)?;
        let contents = collection.contents.get(original.path.as_str());
        contents.filter(|content| **content != CopySketch::Missing)
    }
}

impl Hasher for InMemoryProjects {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        self.copy(copy).map(self.hash).ok_or(HashError::Missing)
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        let content = self.copy(copy).ok_or(HashError::Missing)?;
        Ok(content.difference(baseline, self.hash))
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        let content = self.original(original).ok_or(HashError::Missing)?;
        Ok(content.traits(self.hash))
    }
}

impl FileLister for InMemoryProjects {
    fn files(
        &self,
        content: &ContentLocation<'_>,
        texts: &BTreeSet<String>,
    ) -> Result<FileList, HashError> {
        let text = |path: &str, bytes: &[u8]| {
            if !texts.contains(path) {
                FileText::NotAsked
            } else if bytes.iter().take(8 << 10).any(|byte| *byte == 0) {
                FileText::Binary
            } else if bytes.len() > FileList::MAX_TEXT_BYTES {
                FileText::TooLarge
            } else {
                FileText::Known(bytes.into())
            }
        };
        let file = |path: &str, bytes: &[u8]| ListedFile {
            path: path.to_owned(),
            hash: (self.hash)(&CopySketch::File(bytes.to_vec())),
            size_bytes: bytes.len() as u64,
            executable: false,
            text: text(path, bytes),
        };
        let files = match self.content(content).ok_or(HashError::Missing)? {
            CopySketch::Missing => return Err(HashError::Missing),
            CopySketch::File(bytes) => vec![file("", bytes)],
            CopySketch::Directory(files) => {
                files.iter().map(|(path, bytes)| file(path, bytes)).collect()
            }
        };
        Ok(FileList { files })
    }
}

impl CollectionReader for InMemoryProjects {
    fn collections(&self) -> Scanned<Vec<Collection>> {
        let mut scanned = Scanned::<Vec<Collection>>::default();
        for (name, collection) in &self.sketch.collections {
            let artifacts =
                collection.artifacts.iter().map(|(kind, name, path)| CollectionArtifact {
                    id: ArtifactId::new(kind, name).expect("a test names real artifacts"),
                    name: name.clone(),
                    path: path.clone(),
                    origin: "local".to_owned(),
                    added: "2026-01-02T03:04:05".parse().expect("a date"),
                    details: ArtifactDetails::default(),
                });
            scanned.value.push(Collection {
                path: self.base.join("collections").join(name),
                active: self.sketch.active_collection.as_ref() == Some(name),
                artifacts: artifacts.collect(),
                name: name.clone(),
            });
            let manifest = self.base.join("collections").join(name).join("manifest");
            let bad = (1..).take(collection.bad_entries);
            scanned.problems.extend(
                bad.map(|line| problem(ProblemKind::MalformedManifest, manifest.as_str(), line)),
            );
        }
        scanned
    }
}

/// Converts one record; nothing when it is malformed.
fn convert(
    profile_root: &ProfileRoot,
    tracker: &Arc<str>,
    line: u32,
    record: &RecordSketch,
) -> Option<DeploymentRecord> {
    Some(DeploymentRecord {
        artifact: ArtifactId::new(&record.kind, &record.name).ok()?,
        profile_root: profile_root.clone(),
        path: RecordedPath::new(&record.path),
        baseline: Baseline::new(record.baseline.as_deref()?),
        deployed_at: record.deployed_at.parse().ok()?,
        from_collection: Some(COLLECTION.into()),
        profile_id: None,
        tracker: Arc::clone(tracker),
        line,
    })
}

fn problem(kind: ProblemKind, path: &str, line: u32) -> Problem {
    Problem {
        path: path.to_owned(),
        line: Some(line),
        kind,
        reason: "as sketched".to_owned(),
        fix: "sketch it otherwise".to_owned(),
        artifact: None,
    }
}
