//! Collections as SkillMeat keeps them, read only.

mod entry;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;

use std::path::Path;
use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    Collection, CollectionArtifact, CollectionReader, Problem, ProblemKind, Scanned,
};
use toml::de::{DeTable, DeValue};

use crate::fault::{cannot_be_read, make_readable, printable};
use crate::layout::{
    COLLECTIONS_DIRECTORY, DEFAULT_COLLECTION, MANIFEST_FILE, SKILLMEAT_CONFIG_FILE,
};
use crate::lines::Lines;
use crate::regular_file::{self, NotRead};
use crate::toml_fields::Fault;

/// The collections below SkillMeat's home directory, usually `~/.skillmeat`.
#[derive(Debug, Clone)]
pub struct SkillmeatHome {
    home: Utf8PathBuf,
}

impl SkillmeatHome {
    /// Takes the absolute path of the home directory; it need not exist.
    pub fn new(home: Utf8PathBuf) -> Self {
        Self { home }
    }

    /// Returns the directory that holds the collections.
    pub fn collections_directory(&self) -> Utf8PathBuf {
        self.home.join(COLLECTIONS_DIRECTORY)
    }
}

impl CollectionReader for SkillmeatHome {
    fn collections(&self) -> Scanned<Vec<Collection>> {
        let mut scanned = Scanned::<Vec<Collection>>::default();
        let active = self.active(&mut scanned.problems);
        let directory = self.collections_directory();
        match names(&directory, &mut scanned.problems) {
            Ok(names) => {
                for name in names {
                    let path = directory.join(&name);
                    if let Some(artifacts) = manifest(&path, &mut scanned.problems) {
                        scanned.value.push(Collection {
                            active: name == active,
                            name,
                            path,
                            artifacts,
                        });
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let what = (cannot_be_read(&error), make_readable(&error));
                scanned.problems.push(Problem {
                    kind: ProblemKind::UnreadableCollection,
                    ..problem(directory.as_str(), None, what)
                });
            }
        }
        scanned
    }
}

impl SkillmeatHome {
    /// Returns the name of the active collection.
    fn active(&self, problems: &mut Vec<Problem>) -> String {
        let path = self.home.join(SKILLMEAT_CONFIG_FILE);
        let mut active = DEFAULT_COLLECTION.to_owned();
        let bytes = file(&path, problems).unwrap_or_default();
        document(&path, &bytes, problems, |table, _, _| {
            if let Some(DeValue::Table(settings)) =
                table.get("settings").map(toml::Spanned::get_ref)
                && let Some(DeValue::String(name)) =
                    settings.get("default-collection").map(toml::Spanned::get_ref)
            {
                active = name.to_string();
            }
        });
        active
    }
}

/// Lists the names of what may be collections, sorted; whether each is a directory is left to whoever looks for its
/// manifest.
fn names(directory: &Utf8Path, problems: &mut Vec<Problem>) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        match entry.file_name().into_string() {
            Ok(name) => names.push(name),
            Err(_) => problems.push(problem(
                &printable(entry.path()),
                None,
                ("has a name that is not UTF-8, so it was not read".to_owned(), "rename it"),
            )),
        }
    }
    names.sort();
    Ok(names)
}

/// Reads the manifest of a collection; nothing when the directory has none.
fn manifest(collection: &Utf8Path, problems: &mut Vec<Problem>) -> Option<Vec<CollectionArtifact>> {
    let path = collection.join(MANIFEST_FILE);
    let bytes = file(&path, problems)?;
    Some(manifest_in(&path, &bytes, problems))
}

/// Takes the bytes of the manifest at a path apart.
fn manifest_in(
    path: &Utf8Path,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
) -> Vec<CollectionArtifact> {
    let mut artifacts = Vec::new();
    document(path, bytes, problems, |table, lines, problems| {
        let Some(listed) = table.get("artifacts") else { return };
        let DeValue::Array(entries) = listed.get_ref() else {
            let fix = "make it an array of tables: `[[artifacts]]`";
            return problems.push(problem(
                path.as_str(),
                Some(lines.at(listed.span().start)),
                ("`artifacts` is no array".to_owned(), fix),
            ));
        };
        for entry in entries {
            let read = match entry.get_ref() {
                DeValue::Table(entry) => entry::artifact(entry),
                other => Err(Fault {
                    at: None,
                    reason: format!("it is of type {}, not a table", other.type_str()),
                }),
            };
            match read {
                Ok(artifact) => artifacts.push(artifact),
                Err(fault) => {
                    let line = lines.at(fault.at.unwrap_or(entry.span().start));
                    let fix = "correct the entry, or remove it and add the artifact again";
                    problems.push(problem(path.as_str(), Some(line), (fault.reason, fix)));
                }
            }
        }
    });
    artifacts
}

/// Reads a file; nothing when there is none. One that cannot be read is a problem, and holds nothing.
fn file(path: &Utf8Path, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    match regular_file::read(Path::new(path)) {
        Ok(bytes) => Some(bytes),
        Err(NotRead::Absent) => None,
        Err(NotRead::Refused { reason, fix }) => {
            problems.push(problem(path.as_str(), None, (reason, fix)));
            Some(Vec::new())
        }
    }
}

/// Takes a TOML file apart and hands its table on.
fn document(
    path: &Utf8Path,
    bytes: &[u8],
    problems: &mut Vec<Problem>,
    read: impl FnOnce(&DeTable<'_>, &Lines, &mut Vec<Problem>),
) {
    let lines = Lines::new(bytes, 1);
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let line = lines.at(error.valid_up_to());
            let what = ("is not UTF-8".to_owned(), "save it as UTF-8");
            return problems.push(problem(path.as_str(), Some(line), what));
        }
    };
    match DeTable::parse(text) {
        Ok(table) => read(table.get_ref(), &lines, problems),
        Err(error) => {
            let line = lines.at(error.span().map_or(0, |span| span.start));
            let reason = format!("not TOML: {}", error.message().replace('\n', ", "));
            problems.push(problem(path.as_str(), Some(line), (reason, "correct the line")));
        }
    }
}

fn problem(path: &str, line: Option<u32>, (reason, fix): (String, &str)) -> Problem {
    Problem {
        path: path.to_owned(),
        line,
        kind: ProblemKind::MalformedManifest,
        reason,
        fix: fix.to_owned(),
        artifact: None,
    }
}

#[cfg(test)]
mod tests;
