//! Paths as a person at this place would write them.

use std::path::Path;

use skillstat_app::Surroundings;

use super::plain::plain;

/// Returns a path as it may be typed again here: relative to the working directory if it lies below it,
/// with a slash in it, so that it is never taken for a name.
pub(crate) fn typed(path: &str, surroundings: &Surroundings) -> String {
    let below = surroundings.working_directory.as_deref();
    match below.and_then(|below| Path::new(path).strip_prefix(below).ok()?.to_str()) {
        Some("") => ".".to_owned(),
        Some(rest) if rest.contains('/') => rest.to_owned(),
        Some(rest) => format!("./{rest}"),
        None => path.to_owned(),
    }
}

/// Shortens a path: relative to the working directory if it lies below it, else with `~` for the
/// home directory.
pub(crate) fn short(path: &str, surroundings: &Surroundings) -> String {
    let below = |base: Option<&Path>| {
        let rest = Path::new(path).strip_prefix(base?).ok()?;
        (!rest.as_os_str().is_empty()).then(|| rest.to_str()).flatten()
    };
    let shortened = if let Some(rest) = below(surroundings.working_directory.as_deref()) {
        rest.to_owned()
    } else if let Some(rest) = below(surroundings.home.as_deref()) {
        format!("~/{rest}")
    } else {
        path.to_owned()
    };
    plain(&shortened).into_owned()
}
