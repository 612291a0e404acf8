//! Reading the trackers of a project.

mod document;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;
mod record;
mod record_text;
mod text;
mod usual_form;

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use document::Document;
pub(crate) use record_text::{NewRecord, quoted};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use skillstat_domain::{
    Baseline, DeploymentReader, DeploymentRecord, Problem, ProblemKind, ProfileRoot, ProjectPath,
    Scanned,
};
pub(crate) use text::{Recorded, TrackerText};

use crate::deploy::Interruption;
use crate::fault::{cannot_be_read, is_absence, make_readable, printable};
use crate::layout::{INTENT_FILE, TRACKER_FILE};
use crate::listing::{known, list};
use crate::regular_file::{self, NotRead};

/// UTF-8's byte-order mark, which SkillMeat refuses: we read past it, and leave it where it is.
const BYTE_ORDER_MARK: &str = "\u{feff}";

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
        let unreadable = |error: io::Error| Problem {
            path: project.to_string(),
            line: None,
            kind: ProblemKind::UnreadableDirectory,
            reason: format!("{}; its trackers are unknown", cannot_be_read(&error)),
            fix: make_readable(&error).to_owned(),
            artifact: None,
        };
        // Everything is looked at from here, which is cheaper than by its whole path.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(CWD, project.as_path().as_std_path(), flags, Mode::empty());
        let listed = opened.map_err(io::Error::from).and_then(|opened| {
            let profile_roots = profile_roots(&opened, project, &mut scanned.problems)?;
            Ok((opened, profile_roots))
        });
        match listed {
            Ok((opened, profile_roots)) => {
                for profile_root in profile_roots {
                    read_tracker(opened.as_fd(), project, &profile_root, &mut scanned);
                }
            }
            Err(error) if is_absence(&error) => {}
            Err(error) => scanned.problems.push(unreadable(error)),
        }
        scanned
    }
}

/// Lists what may be a profile root, in the order of answers.
fn profile_roots(
    opened: &OwnedFd,
    project: &ProjectPath,
    problems: &mut Vec<Problem>,
) -> io::Result<Vec<ProfileRoot>> {
    let (mut profile_roots, mut failed) = (Vec::new(), Ok(()));
    list(opened.as_fd(), |name, kind| {
        let bytes = name.to_bytes();
        if !bytes.starts_with(b".") {
            return;
        }
        match known(kind, opened.as_fd(), name) {
            Ok(FileType::Directory | FileType::Symlink) => {}
            Ok(_) => return,
            Err(error) => {
                failed = Err(error);
                return;
            }
        }
        let name = OsStr::from_bytes(bytes);
        if let Some(profile_root) = name.to_str().and_then(|name| ProfileRoot::new(name).ok()) {
            profile_roots.push(profile_root);
        } else if is_there(opened.as_fd(), &Path::new(name).join(TRACKER_FILE)) {
            problems.push(Problem {
                path: printable(project.as_path().as_std_path().join(name)),
                line: None,
                kind: ProblemKind::NonUtf8Path,
                reason: "holds a tracker, but its name is not UTF-8, so its records are unknown"
                    .to_owned(),
                fix: "rename the directory".to_owned(),
                artifact: None,
            });
        }
    })?;
    failed?;
    profile_roots.sort();
    Ok(profile_roots)
}

fn is_there(directory: BorrowedFd<'_>, path: &Path) -> bool {
    statat(directory, path, AtFlags::SYMLINK_NOFOLLOW).is_ok()
}

/// Reads the tracker in a profile root of a project, which is open.
fn read_tracker(
    opened: BorrowedFd<'_>,
    project: &ProjectPath,
    profile_root: &ProfileRoot,
    scanned: &mut Scanned<Vec<DeploymentRecord>>,
) {
    let directory = project.as_path().join(profile_root.as_str());
    let path: Arc<str> = directory.join(TRACKER_FILE).as_str().into();
    let below = Path::new(profile_root.as_str());
    let interrupted = is_there(opened, &below.join(INTENT_FILE))
        .then(|| Interruption::look(&directory))
        .flatten();
    let read = regular_file::read_at(opened, &below.join(TRACKER_FILE));
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
