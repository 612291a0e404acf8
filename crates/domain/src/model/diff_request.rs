//! Which copy is to be compared, and how closely.

use std::collections::BTreeSet;

use crate::{ArtifactId, ProfileRoot, ProjectPath};

/// Which copy is to be compared with its original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffRequest {
    /// The artifact.
    pub artifact: ArtifactId,
    /// The project.
    pub project: ProjectPath,
    /// The profile root, where it is in several; else the first is taken.
    pub profile_root: Option<ProfileRoot>,
    /// The collection to look in first, in place of the one on record.
    pub collection: Option<String>,
    /// Of which files the texts are wanted.
    pub texts: WantedTexts,
}

/// Of which files that differ the texts are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedTexts {
    /// Of none.
    None,
    /// Of all.
    All,
    /// Of those with these paths.
    Only(BTreeSet<String>),
}

impl WantedTexts {
    /// Tells whether the text of a file is wanted.
    pub fn contains(&self, path: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Only(paths) => paths.contains(path),
        }
    }
}
