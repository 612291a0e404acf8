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
    /// What else the manifest says, none of which has to be there.
    pub details: ArtifactDetails,
}

/// What a manifest may say about an artifact; what it does not say is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArtifactDetails {
    /// Its tags, in the order of the manifest.
    pub tags: Vec<String>,
    /// What its author says about it.
    pub metadata: ArtifactMetadata,
    /// What it was fetched from: a repository and a path in it.
    pub upstream: Option<String>,
    /// Which version was asked for, such as `latest`.
    pub version_spec: Option<String>,
    /// The commit that was fetched.
    pub resolved_sha: Option<String>,
    /// The version that was fetched.
    pub resolved_version: Option<String>,
    /// The platform behind a marketplace, such as `github`.
    pub origin_source: Option<String>,
    /// When it was last fetched; naive means UTC.
    pub last_updated: Option<DeployedAt>,
    /// The import it came with.
    pub import_id: Option<String>,
}

/// What the author of an artifact says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArtifactMetadata {
    /// Its title.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Who made it.
    pub author: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What it needs.
    pub dependencies: Vec<String>,
    /// The tools it uses.
    pub tools: Vec<String>,
}
