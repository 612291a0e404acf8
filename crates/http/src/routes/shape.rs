//! An artifact as SkillMeat's clients know it; the order of the fields is that of its server.

use serde::Serialize;
use skillstat_domain::{ArtifactMetadata, CollectionArtifact};
use skillstat_wire::Statistics;
use utoipa::ToSchema;

use super::collections::InCollection;

/// One artifact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Artifact<'a> {
    /// Its id, `type:name`.
    pub(crate) id: String,
    /// Its name, as the manifest has it.
    pub(crate) name: String,
    /// Its type.
    pub(crate) r#type: String,
    /// Where it was fetched from, `local`, or `unknown` when it is in no collection.
    pub(crate) source: String,
    /// The sort of source.
    pub(crate) origin: String,
    /// The platform behind a marketplace.
    pub(crate) origin_source: Option<String>,
    /// The version that was fetched, or `unknown`.
    pub(crate) version: String,
    /// Always empty.
    pub(crate) aliases: Vec<String>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// What its author says about it.
    pub(crate) metadata: Metadata,
    /// What is known of the source, for one from GitHub.
    pub(crate) upstream: Option<FetchedFrom>,
    /// Where it is deployed, if that was asked for.
    pub(crate) deployment_stats: Option<Statistics<'a>>,
    /// The collections it is in.
    pub(crate) collections: Vec<InCollection>,
    /// When it was added to its collection.
    pub(crate) added: String,
    /// When it was last fetched.
    pub(crate) updated: String,
    /// The import it came with.
    pub(crate) import_id: Option<String>,
}

/// What the author of an artifact says about it.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub(crate) struct Metadata {
    title: Option<String>,
    description: Option<String>,
    author: Option<String>,
    license: Option<String>,
    version: Option<String>,
    dependencies: Vec<String>,
    tools: Vec<String>,
    /// Always empty.
    linked_artifacts: Vec<String>,
    /// Always empty.
    unlinked_references: Vec<String>,
}

/// What is known of an artifact's source without asking it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FetchedFrom {
    tracking_enabled: bool,
    current_sha: Option<String>,
    upstream_sha: Option<String>,
    update_available: bool,
    has_local_modifications: bool,
    drift_status: &'static str,
}

impl Artifact<'_> {
    /// Shows an artifact of a collection.
    pub(crate) fn new(artifact: &CollectionArtifact, collections: Vec<InCollection>) -> Self {
        let (kind, details) = (artifact.id.kind(), &artifact.details);
        let added = artifact.added.to_string();
        let from_github = artifact.origin == "github" && details.upstream.is_some();
        Self {
            id: id(artifact),
            name: artifact.name.clone(),
            r#type: kind.to_owned(),
            source: details.upstream.as_ref().unwrap_or(&artifact.origin).clone(),
            origin: artifact.origin.clone(),
            origin_source: details.origin_source.clone(),
            version: details.resolved_version.clone().unwrap_or_else(|| "unknown".to_owned()),
            aliases: Vec::new(),
            tags: details.tags.clone(),
            metadata: (&details.metadata).into(),
            upstream: from_github.then(|| FetchedFrom {
                tracking_enabled: true,
                current_sha: details.resolved_sha.clone(),
                upstream_sha: None,
                update_available: false,
                has_local_modifications: false,
                drift_status: "none",
            }),
            deployment_stats: None,
            collections,
            updated: details
                .last_updated
                .as_ref()
                .map_or_else(|| added.clone(), ToString::to_string),
            added,
            import_id: details.import_id.clone(),
        }
    }
}

/// Returns the id that is shown: with the name as the manifest has it.
pub(crate) fn id(artifact: &CollectionArtifact) -> String {
    format!("{}:{}", artifact.id.kind(), artifact.name)
}

impl From<&ArtifactMetadata> for Metadata {
    fn from(metadata: &ArtifactMetadata) -> Self {
        Self {
            title: metadata.title.clone(),
            description: metadata.description.clone(),
            author: metadata.author.clone(),
            license: metadata.license.clone(),
            version: metadata.version.clone(),
            dependencies: metadata.dependencies.clone(),
            tools: metadata.tools.clone(),
            linked_artifacts: Vec::new(),
            unlinked_references: Vec::new(),
        }
    }
}
