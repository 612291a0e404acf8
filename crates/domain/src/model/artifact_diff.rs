//! What differs between a copy and its original.

use crate::{ArtifactId, ListedFile, ProfileRoot, ProjectPath};

/// A copy and the artifact of the collection, file by file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactDiff {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The project that the copy is in.
    pub project: ProjectPath,
    /// The profile root that it lies in.
    pub profile_root: ProfileRoot,
    /// Its path as recorded, below the profile root.
    pub path: String,
    /// The name of the collection.
    pub collection: String,
    /// Every file of either, sorted by the bytes of its path.
    pub files: Vec<FileDiff>,
}

impl ArtifactDiff {
    /// Counts the files of a status.
    pub fn count(&self, status: FileStatus) -> usize {
        self.files.iter().filter(|file| file.status() == status).count()
    }

    /// Tells whether any file differs in content, or is in one of the two only.
    pub fn has_changes(&self) -> bool {
        self.files.iter().any(|file| file.status() != FileStatus::Unchanged)
    }
}

/// One file in the collection, in the copy or in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileDiff {
    /// In both.
    Both {
        /// What it is in the collection.
        original: ListedFile,
        /// What it is in the copy.
        copy: ListedFile,
    },
    /// In the collection only.
    OnlyInCollection(ListedFile),
    /// In the copy only.
    OnlyInCopy(ListedFile),
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileStatus {
    /// It is in the collection only.
    OnlyInCollection,
    /// It is in both, with another content.
    Modified,
    /// It is in the copy only.
    OnlyInCopy,
    /// It is in both, with the same content.
    Unchanged,
}

impl FileDiff {
    /// Returns its path below the artifact; of an artifact that is a file, its name.
    pub fn path(&self) -> &str {
        match self {
            Self::Both { original: file, .. }
            | Self::OnlyInCollection(file)
            | Self::OnlyInCopy(file) => &file.path,
        }
    }

    /// Returns what became of it.
    pub fn status(&self) -> FileStatus {
        match self {
            Self::Both { original, copy } if original.hash == copy.hash => FileStatus::Unchanged,
            Self::Both { .. } => FileStatus::Modified,
            Self::OnlyInCollection(_) => FileStatus::OnlyInCollection,
            Self::OnlyInCopy(_) => FileStatus::OnlyInCopy,
        }
    }

    /// Returns what it is in the collection, if it is there.
    pub fn original(&self) -> Option<&ListedFile> {
        match self {
            Self::Both { original, .. } | Self::OnlyInCollection(original) => Some(original),
            Self::OnlyInCopy(_) => None,
        }
    }

    /// Returns what it is in the copy, if it is there.
    pub fn copy(&self) -> Option<&ListedFile> {
        match self {
            Self::Both { copy, .. } | Self::OnlyInCopy(copy) => Some(copy),
            Self::OnlyInCollection(_) => None,
        }
    }
}
