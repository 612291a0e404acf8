//! Finding the one thing a person meant.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use anyhow::anyhow;
use skillstat_app::Surroundings;
use skillstat_domain::{ArtifactId, Collection, ProjectPath};

use super::again::quoted;
use crate::exit::Usage;
use crate::render::plain::plain;

/// Collects what was found, in its order and each once.
pub(crate) fn each_once<T: PartialEq>(
    found: impl Iterator<Item = anyhow::Result<T>>,
) -> anyhow::Result<Vec<T>> {
    let mut once = Vec::new();
    for one in found {
        let one = one?;
        if !once.contains(&one) {
            once.push(one);
        }
    }
    Ok(once)
}

/// Tells whether an artifact has this id or this name.
pub(crate) fn is_called(wanted: &str, known: &BTreeSet<&ArtifactId>) -> bool {
    let name = ArtifactId::strip_extension(wanted);
    let id = wanted.parse::<ArtifactId>().ok();
    known.iter().any(|found| {
        [wanted, name].contains(&found.name())
            || found.as_str() == wanted
            || id.as_ref() == Some(*found)
    })
}

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

/// Says that no collection has this name, and which there are.
pub(crate) fn no_collection(wanted: &str, collections: &[Collection]) -> anyhow::Error {
    let names: Vec<_> = collections.iter().map(|found| plain(&found.name)).collect();
    if names.is_empty() {
        return anyhow!("there is no collection; `skillstat doctor` tells where was looked");
    }
    anyhow!("there is no collection `{}`; there are: {}", plain(wanted), names.join(", "))
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

/// Finds a directory to write into: by its path, or by its name if only one of the projects that are
/// `known` has it. A path counts as such if it holds a slash or is `.` or `..`.
pub(crate) fn target<'a>(
    wanted: &str,
    known: &impl Fn() -> &'a [ProjectPath],
    surroundings: &Surroundings,
) -> anyhow::Result<ProjectPath> {
    let path = surroundings.working_directory.clone().unwrap_or_default().join(wanted);
    let here = match fs::canonicalize(&path).ok().filter(|path| path.is_dir()) {
        None => None,
        Some(path) => {
            let text = path.to_str().and_then(|text| ProjectPath::new(text.into()).ok());
            let not_utf8 = || Usage::wrap(anyhow!("`{}` is not UTF-8", path.display()));
            Some(text.ok_or_else(not_utf8)?)
        }
    };
    if wanted.contains('/') || wanted == "." || wanted == ".." {
        return here.ok_or_else(|| Usage::wrap(no_directory(wanted, &path)));
    }
    if let Some(here) = here.as_ref().filter(|here| known().contains(here)) {
        return Ok(here.clone());
    }
    // A directory that is no project yet must not be taken for a project of the same name elsewhere,
    // nor the other way round.
    let named = known().iter().filter(|project| project.name() == wanted).cloned();
    let candidates: Vec<_> = named.chain(here).collect();
    match candidates.as_slice() {
        [only] => Ok(only.clone()),
        [] => {
            let list = match known() {
                [] => "",
                _ => "; `skillstat projects` lists the projects there are",
            };
            Err(Usage::wrap(anyhow!(
                "there is no project and no directory `{}`; name it by its path{list}",
                plain(wanted)
            )))
        }
        several => {
            let paths: Vec<_> =
                several.iter().map(|path| plain(path.as_str()).into_owned()).collect();
            let paths = paths.join(", ");
            Err(Usage::wrap(anyhow!("`{}` may be several; say which: {paths}", plain(wanted))))
        }
    }
}

/// Says what is at a path that leads to no directory.
fn no_directory(wanted: &str, path: &Path) -> anyhow::Error {
    let shown = plain(wanted);
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() && fs::metadata(path).is_err() => {
            anyhow!("`{shown}` is a link that leads nowhere; make what it leads to, or remove it")
        }
        Ok(_) => anyhow!("`{shown}` is there and is no directory; name the directory of a project"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let line = format!("mkdir -p {}", quoted(wanted));
            anyhow!("`{shown}` is no directory; make it with `{}`", plain(&line))
        }
        Err(error) => anyhow!("`{shown}` cannot be looked at: {error}"),
    }
}
