//! Finding artifacts in collections.

use serde::Serialize;
use skillstat_domain::{ArtifactId, Collection, CollectionArtifact};
use utoipa::ToSchema;

use crate::problem::Refusal;

/// The types that SkillMeat has; an artifact of another one is known only by its records.
const TYPES: [&str; 22] = [
    "skill",
    "command",
    "agent",
    "hook",
    "mcp",
    "project_config",
    "spec_file",
    "rule_file",
    "context_file",
    "progress_template",
    "workflow",
    "composite",
    "context_module",
    "template",
    "group",
    "deployment_set",
    "context_pack",
    "bundle",
    "reviewer_role",
    "council",
    "orchestration",
    "soul",
];

/// A collection, as an artifact in it shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct InCollection {
    id: String,
    name: String,
    artifact_count: usize,
}

/// Tells whether SkillMeat has this type.
pub(crate) fn is_type(kind: &str) -> bool {
    TYPES.contains(&kind)
}

/// Returns the collections to look in, the active one first.
pub(crate) fn chosen<'a>(
    all: &'a [Collection],
    asked: Option<&str>,
) -> Result<Vec<&'a Collection>, Refusal> {
    let mut chosen: Vec<_> = all
        .iter()
        .filter(|collection| asked.is_none_or(|asked| is_called(collection, asked)))
        .collect();
    if let Some(asked) = asked
        && chosen.is_empty()
    {
        return Err(Refusal::not_found(format!("Collection '{asked}' not found")));
    }
    chosen.sort_by_key(|collection| !collection.active);
    Ok(chosen)
}

/// Returns an artifact in the first of the collections that has it.
pub(crate) fn find<'a>(
    collections: &[&'a Collection],
    id: &ArtifactId,
) -> Option<&'a CollectionArtifact> {
    collections.iter().flat_map(|collection| &collection.artifacts).find(|found| found.id == *id)
}

/// Returns the collections that an artifact is in.
pub(crate) fn having(all: &[Collection], id: &ArtifactId) -> Vec<InCollection> {
    all.iter()
        .filter(|collection| collection.artifacts.iter().any(|found| found.id == *id))
        .map(|collection| InCollection {
            id: collection.name.clone(),
            name: title(&collection.name).to_owned(),
            artifact_count: collection.artifacts.len(),
        })
        .collect()
}

/// The default collection has a title; it may be asked for by that and in any case.
fn title(name: &str) -> &str {
    if name == "default" { "Default Collection" } else { name }
}

fn is_called(collection: &Collection, asked: &str) -> bool {
    collection.name == asked
        || collection.name == "default"
            && ["default", title("default")].iter().any(|name| name.eq_ignore_ascii_case(asked))
}
