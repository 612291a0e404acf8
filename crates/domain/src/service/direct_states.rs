//! Project states without any memory: every question looks.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::{
    Assessment, CopyLocation, DeploymentReader, DeploymentRecord, Difference, HashError, Hasher,
    Problem, ProblemKind, ProjectPath, ProjectRecords, ProjectStates,
};

/// Answers from a [`DeploymentReader`] and a [`Hasher`], anew each time.
#[derive(Debug)]
pub struct DirectStates {
    reader: Arc<dyn DeploymentReader>,
    hasher: Arc<dyn Hasher>,
}

impl DirectStates {
    /// Joins the two ports.
    pub fn new(reader: Arc<dyn DeploymentReader>, hasher: Arc<dyn Hasher>) -> Self {
        Self { reader, hasher }
    }
}

impl ProjectStates for DirectStates {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        let read = self.reader.read(project);
        let mut problems = read.problems;
        let records = without_duplicates(read.value, &mut problems);
        Arc::new(ProjectRecords { project: project.clone(), records, problems })
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        let (project, record) = (&records.project, &records.records[record]);
        let path = match path_of(record) {
            Ok(path) => path,
            Err(problem) => return Assessment::Unreadable(Box::new(problem)),
        };
        let location = CopyLocation { project, profile_root: &record.profile_root, path: &path };
        let Some(baseline) = record.baseline.hash() else {
            return match self.hasher.hash(&location) {
                Ok(_) => unreadable(
                    record,
                    (record.tracker.to_string(), Some(record.line)),
                    format!(
                        "the hash on record is no SHA-256 in hex: `{}`",
                        record.baseline.as_str()
                    ),
                    "deploy the artifact again to record a hash",
                ),
                Err(error) => failed(record, error),
            };
        };
        judged(record, self.hasher.difference(&location, baseline))
    }

    fn states(&self, records: &Arc<ProjectRecords>, wanted: &[usize]) -> Vec<Assessment> {
        let named: Vec<_> = wanted
            .iter()
            .map(|&record| {
                let record = &records.records[record];
                Some((path_of(record).ok()?, record.baseline.hash()?, record))
            })
            .collect();
        let copies: Vec<_> = named
            .iter()
            .flatten()
            .map(|(path, baseline, record)| {
                let profile_root = &record.profile_root;
                (CopyLocation { project: &records.project, profile_root, path }, *baseline)
            })
            .collect();
        let mut differences = self.hasher.differences(&copies).into_iter();
        let judge = |(&place, named): (&usize, &Option<(_, _, &DeploymentRecord)>)| match named {
            Some((_, _, record)) => {
                judged(record, differences.next().expect("there is one for each copy"))
            }
            // Whatever is wrong with the record.
            None => self.state(records, place),
        };
        wanted.iter().zip(&named).map(judge).collect()
    }
}

/// What a copy is of which this was found.
fn judged(record: &DeploymentRecord, found: Result<Option<Difference>, HashError>) -> Assessment {
    match found {
        Ok(None) => Assessment::AsDeployed,
        Ok(Some(difference)) => Assessment::Differs(Arc::new(difference)),
        Err(error) => failed(record, error),
    }
}

/// Returns the path of a copy below its profile root.
pub(super) fn path_of(record: &DeploymentRecord) -> Result<Utf8PathBuf, Problem> {
    record.path.inside().map_err(|fault| {
        problem(
            record,
            (record.tracker.to_string(), Some(record.line)),
            format!("artifact_path `{}` {fault}", record.path.as_str()),
            "deploy the artifact again, or correct artifact_path to a path below the profile root",
        )
    })
}

/// What a copy is that has no hash.
fn failed(record: &DeploymentRecord, error: HashError) -> Assessment {
    match error {
        HashError::Missing => Assessment::Missing,
        HashError::Unverified { path, reason, fix } => {
            unreadable(record, (path, None), reason, &fix)
        }
    }
}

fn unreadable(
    record: &DeploymentRecord,
    (path, line): (String, Option<u32>),
    reason: String,
    fix: &str,
) -> Assessment {
    Assessment::Unreadable(Box::new(problem(record, (path, line), reason, fix)))
}

/// Says why a copy could not be verified.
pub(super) fn problem(
    record: &DeploymentRecord,
    (path, line): (String, Option<u32>),
    reason: String,
    fix: &str,
) -> Problem {
    Problem {
        path,
        line,
        kind: ProblemKind::UnreadableCopy,
        reason,
        fix: fix.to_owned(),
        artifact: Some(record.artifact.clone()),
    }
}

/// Keeps the first record of each artifact in each tracker; others become problems, unless they only
/// say that another profile uses the same copy.
fn without_duplicates(
    records: Vec<DeploymentRecord>,
    problems: &mut Vec<Problem>,
) -> Vec<DeploymentRecord> {
    let mut kept: Vec<DeploymentRecord> = Vec::with_capacity(records.len());
    let mut firsts = HashMap::new();
    for record in records {
        let key = (record.profile_root.clone(), record.artifact.clone());
        match firsts.entry(key) {
            Entry::Vacant(vacant) => {
                vacant.insert(kept.len());
                kept.push(record);
            }
            Entry::Occupied(first) if same_copy(&kept[*first.get()], &record) => {}
            Entry::Occupied(first) => {
                let line = kept[*first.get()].line;
                problems.push(Problem {
                    path: record.tracker.to_string(),
                    line: Some(record.line),
                    kind: ProblemKind::DuplicateRecord,
                    reason: format!(
                        "a second record of `{}`; the one on line {line} counts",
                        record.artifact
                    ),
                    fix: "remove one of the two `[[deployed]]` tables".to_owned(),
                    artifact: Some(record.artifact),
                });
            }
        }
    }
    kept
}

/// Tells whether two records are of one copy, recorded for two profiles.
fn same_copy(first: &DeploymentRecord, second: &DeploymentRecord) -> bool {
    first.profile_id != second.profile_id
        && first.path == second.path
        && first.baseline == second.baseline
}

#[cfg(test)]
mod tests;
