//! What a request names: a project, a collection, an artifact.

use camino::Utf8Path;
use skillstat_domain::{ArtifactId, ProjectPath};

use super::collections;
use crate::problem::Refusal;
use crate::state::HttpState;

/// Returns the project at a path.
pub(crate) fn project(text: &str) -> Result<ProjectPath, Refusal> {
    ProjectPath::new(Utf8Path::new(text))
        .map_err(|error| Refusal::bad_request(format!("Invalid project_path: {error}")))
}

/// The answer to a path where no project is.
pub(crate) fn no_project(path: &str) -> Refusal {
    Refusal::bad_request(format!("Project path does not exist: {path}"))
}

/// Returns the directory of the collection that is asked for: the default one may be asked for by its
/// title and in any case. Whether it is there is for others to say: it may be new.
pub(crate) async fn collection(
    state: &HttpState,
    asked: Option<String>,
) -> Result<Option<String>, Refusal> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(None) };
    let all = state.services.query.collections().await?;
    let chosen = collections::chosen(&all.cached.value.value, Some(&asked));
    Ok(Some(chosen.map_or(asked, |chosen| chosen[0].name.clone())))
}

/// Returns an artifact of a type that SkillMeat has; nothing when the name is none.
pub(crate) fn artifact(kind: &str, name: &str) -> Result<Option<ArtifactId>, Refusal> {
    if !collections::is_type(kind) {
        return Err(no_type(kind));
    }
    Ok(ArtifactId::new(kind, name).ok())
}

/// The answer to a type that nobody has.
pub(crate) fn no_type(kind: &str) -> Refusal {
    Refusal::bad_request(format!("Invalid artifact type: {kind}"))
}
