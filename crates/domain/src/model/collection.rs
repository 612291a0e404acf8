//! Where copies come from.

use camino::Utf8PathBuf;

use crate::{ArtifactId, DeployedAt};

/// A collection: a directory of artifacts with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// The name of its directory, by which records refer to it.
    pub name: String,
    /// The absolute path of its directory.
    pub path: Utf8PathBuf,
    /// Whether it is the active one (`[settings] default-collection`).
    pub active: bool,
    /// Its artifacts in the order of the manifest; two may share an id.
    pub artifacts: Vec<CollectionArtifact>,
}

/// One artifact of a collection, as its manifest describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionArtifact {
    /// Its identity.
    pub id: ArtifactId,
    /// Its name as the manifest has it, with an extension if there is one.
    pub name: String,
    /// Its path below the collection's directory, as the manifest has it.
    pub path: String,
    /// Where it came from: `local`, `github`, `marketplace`.
    pub origin: String,
    /// When it was added; naive means UTC.
    pub added: DeployedAt,
}
