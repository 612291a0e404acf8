//! The search roots SkillMeat itself would use.

use std::path::PathBuf;

use super::{ConfigError, Origin, Setting, Surroundings};

/// SkillMeat's own setting: a JSON array of paths; an empty one says nothing.
const VARIABLE: &str = "SKILLMEAT_PROJECT_SEARCH_PATHS";

/// Reads SkillMeat's variable.
pub(super) fn layer(
    surroundings: &Surroundings,
) -> Result<Option<Setting<Vec<PathBuf>>>, ConfigError> {
    let Some(value) = surroundings.variable(VARIABLE) else { return Ok(None) };
    let origin = Origin::Variable(VARIABLE);
    let paths: Vec<PathBuf> =
        value.to_str().and_then(|value| serde_json::from_str(value).ok()).ok_or_else(|| {
            ConfigError::value(&origin, VARIABLE, "a JSON array of paths, such as [\"~/dev\"]")
        })?;
    Ok((!paths.is_empty()).then(|| Setting::new(paths, origin)))
}
