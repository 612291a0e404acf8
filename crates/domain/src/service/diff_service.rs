//! The use case: what differs between a copy and what it was deployed from?

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8Path;

use super::compare::compare;
use super::{direct_originals, direct_states};
use crate::{
    ArtifactDiff, Collection, CollectionArtifact, CollectionReader, ContentLocation, CopyLocation,
    DeploymentRecord, DiffError, DiffRequest, FileDiff, FileList, FileLister, FileStatus, FileText,
    HashError, OriginalId, OriginalLocation, Problem, ProjectDiscovery, ProjectStates, Scanned,
    WantedTexts,
};

/// How often the files are listed: first to find those that differ, then for their texts, and once more
/// when others have come to differ meanwhile.
const TRIES: usize = 3;

/// Compares copies with originals. Remembers nothing: every question looks.
#[derive(Debug, Clone)]
pub struct DiffService {
    discovery: Arc<dyn ProjectDiscovery>,
    states: Arc<dyn ProjectStates>,
    collections: Arc<dyn CollectionReader>,
    files: Arc<dyn FileLister>,
}

impl DiffService {
    /// Joins the ports.
    pub fn new(
        discovery: Arc<dyn ProjectDiscovery>,
        states: Arc<dyn ProjectStates>,
        collections: Arc<dyn CollectionReader>,
        files: Arc<dyn FileLister>,
    ) -> Self {
        Self { discovery, states, collections, files }
    }

    /// Compares one copy with what the collection holds: the collection that is asked for, else that on
    /// record, and only if that does not hold it another, the active one first.
    ///
    /// # Errors
    ///
    /// - [`DiffError::NoProject`], [`NotDeployed`](DiffError::NotDeployed),
    ///   [`NoOriginal`](DiffError::NoOriginal) and [`Nothing`](DiffError::Nothing) when there are no two
    ///   to compare.
    /// - [`DiffError::Unreadable`] when one of them could not be read truthfully.
    pub fn diff(&self, wanted: &DiffRequest) -> Result<ArtifactDiff, DiffError> {
        if !self.discovery.look_at(&wanted.project).value {
            return Err(DiffError::NoProject);
        }
        let records = self.states.records(&wanted.project);
        let is_it = |record: &&DeploymentRecord| {
            record.artifact == wanted.artifact
                && wanted.profile_root.as_ref().is_none_or(|root| *root == record.profile_root)
        };
        let record = records.records.iter().find(is_it).ok_or(DiffError::NotDeployed)?;
        let path = direct_states::path_of(record).map_err(unreadable)?;
        let collections = self.collections.collections();
        let (collection, artifact) = original_of(&collections, record, wanted)?;
        let inside = direct_originals::path_of(collection, artifact).map_err(unreadable)?;

        let copy = Place {
            location: ContentLocation::Copy(CopyLocation {
                project: &wanted.project,
                profile_root: &record.profile_root,
                path: &path,
            }),
            path: &path,
            of: Of::Copy(record),
        };
        let original = Place {
            location: ContentLocation::Original(OriginalLocation {
                collection: &collection.path,
                path: &inside,
            }),
            path: &inside,
            of: Of::Original(artifact),
        };
        Ok(ArtifactDiff {
            artifact: wanted.artifact.clone(),
            project: wanted.project.clone(),
            profile_root: record.profile_root.clone(),
            path: record.path.as_str().to_owned(),
            collection: collection.name.clone(),
            files: self.compare(&original, &copy, &wanted.texts)?,
        })
    }

    /// Lists both, until the texts of all that differ are there.
    fn compare(
        &self,
        original: &Place<'_>,
        copy: &Place<'_>,
        wanted: &WantedTexts,
    ) -> Result<Vec<FileDiff>, DiffError> {
        let (mut texts, mut files) = (BTreeSet::new(), Vec::new());
        for _ in 0..TRIES {
            let lists = (self.list(original, &texts)?, self.list(copy, &texts)?);
            if lists == (None, None) {
                return Err(DiffError::Nothing);
            }
            files = compare((lists.0, original.name()), (lists.1, copy.name()));
            let lacking: Vec<_> =
                files.iter().filter(|file| lacks(file, wanted)).map(FileDiff::path).collect();
            if lacking.is_empty() {
                break;
            }
            texts.extend(lacking.into_iter().map(str::to_owned));
            // An artifact that is a file is listed without a path.
            texts.insert(String::new());
        }
        Ok(files)
    }

    /// Lists the files at a place; nothing when nothing is there.
    fn list(
        &self,
        place: &Place<'_>,
        texts: &BTreeSet<String>,
    ) -> Result<Option<FileList>, DiffError> {
        match self.files.files(&place.location, texts) {
            Ok(list) => Ok(Some(list)),
            Err(HashError::Missing) => Ok(None),
            Err(HashError::Unverified { path, reason, fix }) => Err(unreadable(match place.of {
                Of::Copy(record) => direct_states::problem(record, (path, None), reason, &fix),
                Of::Original(artifact) => direct_originals::problem(artifact, path, reason, &fix),
            })),
        }
    }
}

fn unreadable(problem: Problem) -> DiffError {
    DiffError::Unreadable(Box::new(problem))
}

/// One of the two that are compared.
struct Place<'a> {
    location: ContentLocation<'a>,
    path: &'a Utf8Path,
    of: Of<'a>,
}

enum Of<'a> {
    Copy(&'a DeploymentRecord),
    Original(&'a CollectionArtifact),
}

impl Place<'_> {
    fn name(&self) -> &str {
        self.path.file_name().unwrap_or_default()
    }
}

/// Tells whether a text of a file is wanted and was not asked for yet.
fn lacks(file: &FileDiff, wanted: &WantedTexts) -> bool {
    file.status() != FileStatus::Unchanged
        && wanted.contains(file.path())
        && [file.original(), file.copy()]
            .into_iter()
            .flatten()
            .any(|side| side.text == FileText::NotAsked)
}

/// Finds what a copy is compared with.
fn original_of<'a>(
    collections: &'a Scanned<Vec<Collection>>,
    record: &DeploymentRecord,
    wanted: &DiffRequest,
) -> Result<(&'a Collection, &'a CollectionArtifact), DiffError> {
    let preferred = wanted.collection.as_deref().or(record.from_collection.as_deref());
    let mut others: Vec<_> = collections.value.iter().collect();
    others.sort_by_key(|collection| !collection.active);
    let others = others.into_iter().map(|collection| &*collection.name);
    let mut doubts = Vec::new();
    for name in preferred.into_iter().chain(others) {
        let artifact = record.artifact.clone();
        let id = OriginalId { collection: name.to_owned(), artifact };
        match direct_originals::find(collections, &id) {
            Ok(found) => return Ok(found),
            Err(more) => doubts.extend(more),
        }
    }
    Err(match doubts.into_iter().next() {
        Some(doubt) => unreadable(doubt),
        None => DiffError::NoOriginal,
    })
}

#[cfg(test)]
mod tests;
