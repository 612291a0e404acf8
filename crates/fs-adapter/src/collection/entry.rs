//! One entry of a manifest: what must be right, and what is taken if it is.

use skillstat_domain::{ArtifactDetails, ArtifactId, ArtifactMetadata, CollectionArtifact};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::toml_fields::{Fault, required};

/// Reads an entry. What it may lack may also be of the wrong type: it is ignored then, for a bad
/// description must not hide an artifact.
pub(super) fn artifact(entry: &DeTable<'_>) -> Result<CollectionArtifact, Fault> {
    let (kind, name) = (required(entry, "type")?, required(entry, "name")?);
    let fault = |at, reason| Fault { at: Some(at), reason };
    // SkillMeat refuses these names when it loads a manifest.
    if name.text.starts_with('.') || name.text.contains(['/', '\\']) || name.text.contains("..") {
        return Err(fault(name.at, format!("name `{}` could leave the collection", name.text)));
    }
    let added = required(entry, "added")?;
    Ok(CollectionArtifact {
        id: ArtifactId::new(kind.text, name.text)
            .map_err(|error| fault(name.at, error.to_string()))?,
        name: name.text.to_owned(),
        path: required(entry, "path")?.text.to_owned(),
        origin: required(entry, "origin")?.text.to_owned(),
        added: added
            .text
            .parse()
            .map_err(|error| fault(added.at, format!("added is no date: {error}")))?,
        details: details(entry),
    })
}

fn details(entry: &DeTable<'_>) -> ArtifactDetails {
    ArtifactDetails {
        tags: texts(entry, "tags"),
        metadata: match entry.get("metadata").map(Spanned::get_ref) {
            Some(DeValue::Table(metadata)) => self::metadata(metadata),
            _ => ArtifactMetadata::default(),
        },
        upstream: text(entry, "upstream"),
        version_spec: text(entry, "version_spec"),
        resolved_sha: text(entry, "resolved_sha"),
        resolved_version: text(entry, "resolved_version"),
        origin_source: text(entry, "origin_source"),
        last_updated: text(entry, "last_updated").and_then(|text| text.parse().ok()),
        import_id: text(entry, "import_id"),
    }
}

fn metadata(metadata: &DeTable<'_>) -> ArtifactMetadata {
    ArtifactMetadata {
        title: text(metadata, "title"),
        description: text(metadata, "description"),
        author: text(metadata, "author"),
        license: text(metadata, "license"),
        version: text(metadata, "version"),
        dependencies: texts(metadata, "dependencies"),
        tools: texts(metadata, "tools"),
    }
}

/// Returns the string of a key, if it is one.
fn text(table: &DeTable<'_>, key: &str) -> Option<String> {
    match table.get(key)?.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Returns the strings in the array of a key, as far as it is one and they are.
fn texts(table: &DeTable<'_>, key: &str) -> Vec<String> {
    let Some(DeValue::Array(values)) = table.get(key).map(Spanned::get_ref) else {
        return Vec::new();
    };
    let text = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    values.iter().filter_map(text).collect()
}
