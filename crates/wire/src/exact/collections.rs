//! The collections.

use serde::{Deserialize, Serialize};
use skillstat_domain::{
    ArtifactDetails, ArtifactMetadata, Collection, CollectionArtifact, Scanned,
};

use super::copy::date;
use super::malformed::{Malformed, in_order};
use super::problem::{ExactProblem, artifact_id};

/// All collections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactCollections {
    /// The collections, sorted by name.
    pub collections: Vec<ExactCollection>,
    /// What of them could not be read.
    pub problems: Vec<ExactProblem>,
}

/// One collection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactCollection {
    /// The name of its directory.
    pub name: String,
    /// The path of its directory.
    pub path: String,
    /// Whether it is the active one.
    pub active: bool,
    /// Its artifacts in the order of the manifest.
    pub artifacts: Vec<ExactCollectionArtifact>,
}

/// One artifact of a collection; what its manifest does not say is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactCollectionArtifact {
    /// Its id as it is printed.
    pub id: String,
    /// Its name as the manifest has it.
    pub name: String,
    /// Its path below the collection's directory.
    pub path: String,
    /// Where it came from.
    pub origin: String,
    /// When it was added.
    pub added: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What its author says about it.
    pub metadata: ExactMetadata,
    /// What it was fetched from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// Which version was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_spec: Option<String>,
    /// The commit that was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_sha: Option<String>,
    /// The version that was fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_version: Option<String>,
    /// The platform behind a marketplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_source: Option<String>,
    /// When it was last fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_updated: Option<String>,
    /// The import it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import_id: Option<String>,
}

/// What the author of an artifact says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
#[non_exhaustive]
pub struct ExactMetadata {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Its licence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What it needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dependencies: Vec<String>,
    /// The tools it uses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
}

impl From<&Scanned<Vec<Collection>>> for ExactCollections {
    fn from(collections: &Scanned<Vec<Collection>>) -> Self {
        Self {
            collections: collections.value.iter().map(Into::into).collect(),
            problems: collections.problems.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Collection> for ExactCollection {
    fn from(collection: &Collection) -> Self {
        Self {
            name: collection.name.clone(),
            path: collection.path.to_string(),
            active: collection.active,
            artifacts: collection.artifacts.iter().map(Into::into).collect(),
        }
    }
}

impl From<&CollectionArtifact> for ExactCollectionArtifact {
    fn from(artifact: &CollectionArtifact) -> Self {
        let CollectionArtifact { id, name, path, origin, added, details } = artifact.clone();
        Self {
            id: id.to_string(),
            name,
            path,
            origin,
            added: added.exact_text(),
            tags: details.tags,
            metadata: details.metadata.into(),
            upstream: details.upstream,
            version_spec: details.version_spec,
            resolved_sha: details.resolved_sha,
            resolved_version: details.resolved_version,
            origin_source: details.origin_source,
            last_updated: details.last_updated.map(|date| date.exact_text()),
            import_id: details.import_id,
        }
    }
}

impl From<ArtifactMetadata> for ExactMetadata {
    fn from(metadata: ArtifactMetadata) -> Self {
        let ArtifactMetadata { title, description, author, license, version, dependencies, tools } =
            metadata;
        Self { title, description, author, license, version, dependencies, tools }
    }
}

impl From<ExactMetadata> for ArtifactMetadata {
    fn from(metadata: ExactMetadata) -> Self {
        let ExactMetadata { title, description, author, license, version, dependencies, tools } =
            metadata;
        Self { title, description, author, license, version, dependencies, tools }
    }
}

impl TryFrom<ExactCollections> for Scanned<Vec<Collection>> {
    type Error = Malformed;

    fn try_from(exact: ExactCollections) -> Result<Self, Malformed> {
        let collections = exact.collections.into_iter().map(TryInto::try_into);
        let value: Vec<Collection> = collections.collect::<Result<_, _>>()?;
        in_order("collection", value.iter().map(|collection| &collection.name), Clone::clone)?;
        let problems = exact.problems.into_iter().map(TryInto::try_into);
        Ok(Self { value, problems: problems.collect::<Result<_, _>>()? })
    }
}

impl TryFrom<ExactCollection> for Collection {
    type Error = Malformed;

    fn try_from(collection: ExactCollection) -> Result<Self, Malformed> {
        let artifacts = collection.artifacts.into_iter().map(TryInto::try_into);
        Ok(Self {
            name: collection.name,
            path: collection.path.into(),
            active: collection.active,
            artifacts: artifacts.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<ExactCollectionArtifact> for CollectionArtifact {
    type Error = Malformed;

    fn try_from(artifact: ExactCollectionArtifact) -> Result<Self, Malformed> {
        Ok(Self {
            id: artifact_id(artifact.id)?,
            name: artifact.name,
            path: artifact.path,
            origin: artifact.origin,
            added: date(artifact.added)?,
            details: ArtifactDetails {
                tags: artifact.tags,
                metadata: artifact.metadata.into(),
                upstream: artifact.upstream,
                version_spec: artifact.version_spec,
                resolved_sha: artifact.resolved_sha,
                resolved_version: artifact.resolved_version,
                origin_source: artifact.origin_source,
                last_updated: artifact.last_updated.map(date).transpose()?,
                import_id: artifact.import_id,
            },
        })
    }
}
