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

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;
    use crate::{ContentHash, FileText};

    fn file(content: u8) -> ListedFile {
        ListedFile {
            path: "x".to_owned(),
            hash: ContentHash::from_bytes([content; 32]),
            size_bytes: 1,
            executable: false,
            text: FileText::NotAsked,
        }
    }

    fn both(original: u8, copy: u8) -> FileDiff {
        FileDiff::Both { original: file(original), copy: file(copy) }
    }

    fn diff(files: &[FileDiff]) -> ArtifactDiff {
        ArtifactDiff {
            artifact: "skill:pdf".parse().unwrap(),
            project: ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap(),
            profile_root: ProfileRoot::new(".claude").unwrap(),
            path: "skills/pdf".to_owned(),
            collection: "default".to_owned(),
            files: files.to_vec(),
        }
    }

    #[test]
    fn files_are_counted_by_status_and_any_but_an_unchanged_one_is_a_change() {
        let unchanged = diff(&[both(1, 1), both(2, 2)]);
        assert_eq!(unchanged.count(FileStatus::Unchanged), 2);
        assert_eq!(unchanged.count(FileStatus::Modified), 0);
        assert!(!unchanged.has_changes());
        for change in
            [both(1, 2), FileDiff::OnlyInCollection(file(1)), FileDiff::OnlyInCopy(file(1))]
        {
            assert!(diff(&[both(1, 1), change]).has_changes());
        }
    }

    #[test]
    fn a_file_is_what_it_is_on_each_side_that_has_it() {
        let (one, two) = (file(1), file(2));
        let sides = |file: &FileDiff| (file.original().cloned(), file.copy().cloned());
        assert_eq!(sides(&both(1, 2)), (Some(one.clone()), Some(two)));
        assert_eq!(sides(&FileDiff::OnlyInCollection(one.clone())), (Some(one.clone()), None));
        assert_eq!(sides(&FileDiff::OnlyInCopy(one.clone())), (None, Some(one)));
    }
}
