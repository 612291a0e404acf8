//! One record: which keys count, and what they must be.

use std::sync::Arc;

use skillstat_domain::{ArtifactId, Baseline, DeployedAt, RecordedPath};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::toml_fields::{Fault, missing, optional, required, wrong_type};

/// What a record says.
pub(super) struct Fields {
    pub(super) artifact: ArtifactId,
    pub(super) path: RecordedPath,
    pub(super) baseline: Baseline,
    pub(super) deployed_at: DeployedAt,
    pub(super) from_collection: Option<Arc<str>>,
    pub(super) profile_id: Option<Arc<str>>,
}

/// Reads the keys that are needed: a name, a type, a path, a hash and a date. All others are left
/// alone, whatever they hold.
pub(super) fn fields(table: &DeTable<'_>) -> Result<Fields, Fault> {
    let artifact = artifact(table)?;
    let beside = |key| match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::String(text)) => Some(text.as_ref().into()),
        _ => None,
    };
    Ok(Fields {
        artifact,
        path: RecordedPath::new(required(table, "artifact_path")?.text),
        baseline: baseline(table)?,
        deployed_at: deployed_at(table)?,
        from_collection: beside("from_collection"),
        profile_id: beside("deployment_profile_id"),
    })
}

/// Which artifact a record is of, whatever is wrong with the rest of it.
pub(super) fn artifact(table: &DeTable<'_>) -> Result<ArtifactId, Fault> {
    let (kind, name) = (required(table, "artifact_type")?, required(table, "artifact_name")?);
    ArtifactId::new(kind.text, name.text).map_err(|error| Fault {
        at: Some(if name.text.is_empty() { name.at } else { kind.at }),
        reason: format!(
            "artifact_type `{}` and artifact_name `{}` make no id: {error}",
            kind.text, name.text
        ),
    })
}

/// `collection_sha` if it is not empty, else `content_hash`.
fn baseline(table: &DeTable<'_>) -> Result<Baseline, Fault> {
    for key in ["collection_sha", "content_hash"] {
        match optional(table, key)? {
            Some(value) if !value.text.is_empty() => return Ok(Baseline::new(value.text)),
            _ => {}
        }
    }
    let reason = "neither collection_sha nor content_hash says what was deployed".to_owned();
    Err(Fault { at: None, reason })
}

/// A date as SkillMeat writes it, a string, or as TOML has it.
fn deployed_at(table: &DeTable<'_>) -> Result<DeployedAt, Fault> {
    let value = table.get("deployed_at").ok_or_else(|| missing("deployed_at"))?;
    let text = match value.get_ref() {
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(date_time) => date_time.to_string(),
        _ => return Err(wrong_type("deployed_at", value, "a string or a date-time")),
    };
    text.parse().map_err(|error| Fault {
        at: Some(value.span().start),
        reason: format!("deployed_at is no date: {text:?} ({error})"),
    })
}
