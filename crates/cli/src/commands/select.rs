//! Finding the one thing a person meant.

use std::collections::BTreeSet;
use std::fs;

use anyhow::anyhow;
use skillstat_app::Surroundings;
use skillstat_domain::{ArtifactId, ProjectPath};

use crate::exit::Usage;
use crate::render::plain::plain;

/// Finds an artifact by its id, or by its name if only one has it.
pub(crate) fn artifact(wanted: &str, known: &BTreeSet<&ArtifactId>) -> anyhow::Result<ArtifactId> {
    // As it was shown first: a name may end in what else is stripped.
    if let Some(id) = known.iter().find(|id| id.as_str() == wanted) {
        return Ok((*id).clone());
    }
    if let Ok(id) = wanted.parse::<ArtifactId>()
        && known.contains(&id)
    {
        return Ok(id);
    }
    let called = |name: &str| -> Vec<_> { known.iter().filter(|id| id.name() == name).collect() };
    let candidates = match called(wanted) {
        none if none.is_empty() => called(ArtifactId::strip_extension(wanted)),
        some => some,
    };
    match candidates.as_slice() {
        [id] => Ok((**id).clone()),
        // An id that nobody has is a question with an answer: deployed nowhere.
        [] => wanted.parse().map_err(|_| {
            Usage::wrap(anyhow!(
                "no artifact is called `{}`; `skillstat status --all` lists all, and an id is written `type:name`",
                plain(wanted)
            ))
        }),
        several => {
            let ids: Vec<_> = several.iter().map(|id| plain(id.as_str()).into_owned()).collect();
            let ids = ids.join(", ");
            Err(Usage::wrap(anyhow!("`{}` is the name of several artifacts; say which: {ids}", plain(wanted))))
        }
    }
}

/// Finds a project by its path, or by the name of its directory if only one has it.
pub(crate) fn project(
    wanted: &str,
    known: &[ProjectPath],
    surroundings: &Surroundings,
) -> anyhow::Result<ProjectPath> {
    let path = surroundings.working_directory.clone().unwrap_or_default().join(wanted);
    if let Ok(path) = fs::canonicalize(path)
        && let Some(project) = known.iter().find(|project| project.as_path() == path)
    {
        return Ok(project.clone());
    }
    let candidates: Vec<_> = known.iter().filter(|project| project.name() == wanted).collect();
    match candidates.as_slice() {
        [project] => Ok((*project).clone()),
        [] => Err(Usage::wrap(anyhow!(
            "no project `{}` was found; `skillstat projects` lists all",
            plain(wanted)
        ))),
        several => {
            let paths: Vec<_> =
                several.iter().map(|path| plain(path.as_str()).into_owned()).collect();
            let paths = paths.join(", ");
            Err(Usage::wrap(anyhow!(
                "several projects are called `{}`; say which: {paths}",
                plain(wanted)
            )))
        }
    }
}
