//! Reading the trackers of a project.

mod document;
mod record;
mod record_text;
mod text;
mod usual_form;

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use document::Document;
pub(crate) use record_text::{NewRecord, quoted};
use skillstat_domain::{
    Baseline, DeploymentReader, DeploymentRecord, Problem, ProblemKind, ProfileRoot, ProjectPath,
    Scanned,
};
pub(crate) use text::{Recorded, TrackerText};

use crate::deploy::Interruption;
use crate::fault::{cannot_be_read, is_absence, make_readable, printable};
use crate::layout::TRACKER_FILE;
use crate::regular_file::{self, NotRead};

/// Reads `<project>/<profile root>/.skillmeat-deployed.toml`, each record on its own.
///
/// Legacy records, unknown keys and other top-level keys are read without complaint. In a tracker
/// that is not TOML, each `[[deployed]]` table that is TOML by itself still counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct TomlDeploymentReader;

impl TomlDeploymentReader {
    /// Reads the bytes of the tracker at `path`, however they were had.
    pub fn read_bytes(
        path: &str,
        profile_root: &ProfileRoot,
        bytes: &[u8],
    ) -> Scanned<Vec<DeploymentRecord>> {
        let mut scanned = Scanned::default();
        Document::new(&path.into(), profile_root, &mut scanned).read(bytes);
        scanned
    }
}

impl DeploymentReader for TomlDeploymentReader {
    fn read(&self, project: &ProjectPath) -> Scanned<Vec<DeploymentRecord>> {
        let mut scanned = Scanned::default();
        let profile_roots = profile_roots(project, &mut scanned.problems).unwrap_or_else(|error| {
            if !is_absence(&error) {
                scanned.problems.push(Problem {
                    path: project.to_string(),
                    line: None,
                    kind: ProblemKind::UnreadableDirectory,
                    reason: format!("{}; its trackers are unknown", cannot_be_read(&error)),
                    fix: make_readable(&error).to_owned(),
                    artifact: None,
                });
            }
            Vec::new()
        });
        for profile_root in profile_roots {
            read_tracker(project, &profile_root, &mut scanned);
        }
        scanned
    }
}

/// Lists what may be a profile root, in the order of answers.
fn profile_roots(
    project: &ProjectPath,
    problems: &mut Vec<Problem>,
) -> io::Result<Vec<ProfileRoot>> {
    let mut profile_roots = Vec::new();
    for entry in fs::read_dir(project.as_path())? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        if !name.as_bytes().starts_with(b".") || !(kind.is_dir() || kind.is_symlink()) {
            continue;
        }
        if let Some(profile_root) = name.to_str().and_then(|name| ProfileRoot::new(name).ok()) {
            profile_roots.push(profile_root);
        } else if fs::symlink_metadata(entry.path().join(TRACKER_FILE)).is_ok() {
            problems.push(Problem {
                path: printable(entry.path()),
                line: None,
                kind: ProblemKind::NonUtf8Path,
                reason: "holds a tracker, but its name is not UTF-8, so its records are unknown"
                    .to_owned(),
                fix: "rename the directory".to_owned(),
                artifact: None,
            });
        }
    }
    profile_roots.sort();
    Ok(profile_roots)
}

fn read_tracker(
    project: &ProjectPath,
    profile_root: &ProfileRoot,
    scanned: &mut Scanned<Vec<DeploymentRecord>>,
) {
    let directory = project.as_path().join(profile_root.as_str());
    let path: Arc<str> = directory.join(TRACKER_FILE).as_str().into();
    let interrupted = Interruption::look(&directory);
    let read = regular_file::read(Path::new(&*path));
    understand(&path, profile_root, interrupted, read, scanned);
}

/// Takes what was read of a tracker, and what is known of a write that is not finished.
pub(crate) fn understand(
    path: &Arc<str>,
    profile_root: &ProfileRoot,
    interrupted: Option<Interruption>,
    read: Result<Vec<u8>, NotRead>,
    scanned: &mut Scanned<Vec<DeploymentRecord>>,
) {
    let read = match read {
        // A first write that is not finished: what it is to record is known all the same.
        Err(NotRead::Absent) if interrupted.is_some() => Ok(Vec::new()),
        read => read,
    };
    match read {
        Ok(bytes) => {
            let mut unsettled = None;
            let bytes = match interrupted {
                None => bytes,
                Some(interrupted) => {
                    let bytes = interrupted.finished(bytes);
                    scanned.problems.extend(interrupted.problem);
                    unsettled = interrupted.unsettled;
                    bytes
                }
            };
            let first = scanned.value.len();
            Document::new(path, profile_root, scanned).read(&bytes);
            for record in &mut scanned.value[first..] {
                if unsettled.as_ref() == Some(&record.artifact) {
                    // What is on record may be of another copy than that which is there.
                    record.baseline = Baseline::new("not known, as a write was interrupted");
                }
            }
        }
        Err(NotRead::Absent) => {}
        Err(NotRead::Refused { reason, fix }) => scanned.problems.push(Problem {
            path: path.to_string(),
            line: None,
            kind: ProblemKind::UnreadableTracker,
            reason,
            fix: fix.to_owned(),
            artifact: None,
        }),
    }
}

#[cfg(test)]
mod tests;
