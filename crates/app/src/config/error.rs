//! What can be wrong with a configuration.

use std::path::Path;

use super::Origin;
use super::keys::nearest;

/// Something that is no setting, or no value for one. `Display` names the place and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct ConfigError {
    place: String,
    reason: String,
}

impl ConfigError {
    pub(super) fn new(place: &impl ToString, reason: impl Into<String>) -> Self {
        Self { place: place.to_string(), reason: reason.into() }
    }

    /// A key or variable nobody knows, with the nearest one that is known.
    pub(super) fn unknown(
        place: &impl ToString,
        what: &str,
        name: &str,
        known: &[&'static str],
    ) -> Self {
        let hint = match nearest(name, known) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known are {}", known.join(", ")),
        };
        Self::new(place, format!("unknown {what} `{name}`; {hint}"))
    }

    pub(super) fn value(origin: &Origin, key: &str, expected: &str) -> Self {
        Self::new(origin, format!("`{key}` must be {expected}"))
    }

    pub(super) fn not_utf8(key: &str, path: &Path) -> Self {
        Self::new(&path.display(), format!("`{key}` must be a path in UTF-8"))
    }
}
