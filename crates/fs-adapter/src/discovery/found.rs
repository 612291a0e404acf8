//! What a walk has found so far, whichever way it goes.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use camino::Utf8Path;
use skillstat_domain::{Problem, ProblemKind, ProjectPath, Scanned};

use crate::fault::{cannot_be_read, is_absence, make_readable, printable};

/// Projects and problems, possibly some twice.
#[derive(Debug, Default)]
pub(super) struct Found {
    projects: Vec<ProjectPath>,
    pub(super) problems: Vec<Problem>,
}

impl Found {
    /// Adds the project at `path` when looking for the tracker in its `profile_root` found
    /// something, of whatever kind and condition.
    pub(super) fn probed(&mut self, project: &Path, profile_root: &OsStr, probe: io::Result<()>) {
        match probe {
            Ok(()) => {}
            // Not there, not a directory, a link that leads nowhere or round: no profile root.
            Err(error) if is_absence(&error) => return,
            Err(error) => return self.unreadable(&project.join(profile_root), &error),
        }
        let utf8 = Utf8Path::from_path(project);
        match utf8.and_then(|project| ProjectPath::new(project).ok()) {
            Some(project) => self.projects.push(project),
            None => self.problems.push(Problem {
                path: printable(project),
                line: None,
                kind: ProblemKind::NonUtf8Path,
                reason: "holds a tracker, but its path is not UTF-8, so it cannot be reported"
                    .to_owned(),
                fix: "rename the directory whose name is not UTF-8".to_owned(),
                artifact: None,
            }),
        }
    }

    /// Reports what the walk could not enter; what vanished under it is simply not there.
    pub(super) fn unreadable(&mut self, path: &Path, error: &io::Error) {
        if is_absence(error) {
            return;
        }
        self.problems.push(Problem {
            path: printable(path),
            line: None,
            kind: ProblemKind::UnreadableDirectory,
            reason: format!("{}; projects in it are unknown", cannot_be_read(error)),
            fix: format!("{}, or leave it out with `exclude`", make_readable(error)),
            artifact: None,
        });
    }

    pub(super) fn append(&mut self, mut other: Self) {
        self.projects.append(&mut other.projects);
        self.problems.append(&mut other.problems);
    }

    /// Each project once, sorted; overlapping roots and several profile roots find some twice.
    pub(super) fn finish(mut self) -> Scanned<Vec<ProjectPath>> {
        self.projects.sort_unstable();
        self.projects.dedup();
        self.problems.sort_unstable();
        self.problems.dedup();
        Scanned { value: self.projects, problems: self.problems }
    }
}
