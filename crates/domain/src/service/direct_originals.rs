//! Originals without any memory: every question looks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::ports::workers::map;
use crate::{
    Collection, CollectionArtifact, CollectionReader, HashError, Hasher, Original, OriginalId,
    OriginalLocation, Originals, Problem, ProblemKind, RecordedPath, Scanned, Workers,
};

/// Answers from a [`CollectionReader`] and a [`Hasher`], anew each time.
#[derive(Debug, Clone)]
pub struct DirectOriginals {
    reader: Arc<dyn CollectionReader>,
    hasher: Arc<dyn Hasher>,
    workers: Arc<dyn Workers>,
}

impl DirectOriginals {
    /// Joins the ports.
    pub fn new(
        reader: Arc<dyn CollectionReader>,
        hasher: Arc<dyn Hasher>,
        workers: Arc<dyn Workers>,
    ) -> Self {
        Self { reader, hasher, workers }
    }

    /// Reads the manifests.
    pub fn collections(&self) -> Scanned<Vec<Collection>> {
        self.reader.collections()
    }

    /// Reads the content of what `wanted` names, as these manifests say where it is; in the order of
    /// `wanted`.
    pub fn read(
        &self,
        collections: &Scanned<Vec<Collection>>,
        wanted: &[&OriginalId],
    ) -> Vec<Original> {
        map(&*self.workers, wanted, |id| match find(collections, id) {
            Ok((collection, artifact)) => self.content(collection, artifact),
            Err(doubts) if doubts.is_empty() => Original::Absent,
            Err(doubts) => Original::Unreadable(doubts.into()),
        })
    }

    fn content(&self, collection: &Collection, artifact: &CollectionArtifact) -> Original {
        let unreadable = |problem: Problem| Original::Unreadable([problem].into());
        let path = match path_of(collection, artifact) {
            Ok(path) => path,
            Err(problem) => return unreadable(problem),
        };
        let location = OriginalLocation { collection: &collection.path, path: &path };
        match self.hasher.examine(&location) {
            Ok(traits) => Original::Content(Arc::new(traits)),
            Err(HashError::Missing) => unreadable(problem(
                artifact,
                collection.path.join(&path).to_string(),
                "is in the collection's manifest, but nothing is there".to_owned(),
                "restore it, or remove its entry from the manifest",
            )),
            Err(HashError::Unverified { path, reason, fix }) => {
                unreadable(problem(artifact, path, reason, &fix))
            }
        }
    }
}

impl Originals for DirectOriginals {
    fn originals(&self, wanted: &BTreeSet<OriginalId>) -> BTreeMap<OriginalId, Original> {
        let ids: Vec<_> = wanted.iter().collect();
        let read = self.read(&self.collections(), &ids);
        wanted.iter().cloned().zip(read).collect()
    }
}

/// Returns the path of an artifact below its collection.
pub(super) fn path_of(
    collection: &Collection,
    artifact: &CollectionArtifact,
) -> Result<Utf8PathBuf, Problem> {
    RecordedPath::new(&artifact.path).inside().map_err(|_| {
        problem(
            artifact,
            collection.path.to_string(),
            format!(
                "the path of `{}` names nothing inside the collection: `{}`",
                artifact.id, artifact.path
            ),
            "correct `path` in the collection's manifest",
        )
    })
}

/// Says why an original could not be verified.
pub(super) fn problem(
    artifact: &CollectionArtifact,
    path: String,
    reason: String,
    fix: &str,
) -> Problem {
    let (kind, fix) = (ProblemKind::UnreadableCollection, fix.to_owned());
    Problem { path, line: None, kind, reason, fix, artifact: Some(artifact.id.clone()) }
}

/// Finds an artifact; what does not have it but could not be read in full leaves doubts.
pub(super) fn find<'a>(
    collections: &'a Scanned<Vec<Collection>>,
    id: &OriginalId,
) -> Result<(&'a Collection, &'a CollectionArtifact), Vec<Problem>> {
    let doubts = |doubtful: &dyn Fn(&Problem) -> bool| {
        collections.problems.iter().filter(|problem| doubtful(problem)).cloned().collect()
    };
    let found = collections.value.iter().find(|collection| collection.name == id.collection);
    let Some(collection) = found else {
        return Err(doubts(&|problem| problem.kind == ProblemKind::UnreadableCollection));
    };
    // Two may share an id: the first counts.
    match collection.artifacts.iter().find(|artifact| artifact.id == id.artifact) {
        Some(artifact) => Ok((collection, artifact)),
        None => Err(doubts(&|problem| Utf8Path::new(&problem.path).starts_with(&collection.path))),
    }
}

#[cfg(test)]
mod tests;
