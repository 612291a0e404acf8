//! A profile root as a write finds it: its tracker, and what lies where copies are.

use camino::Utf8Path;
use skillstat_domain::{
    ArtifactId, DeployError, Occupant, Problem, ProblemKind, ProfileRoot, ProjectPath,
};

use super::beneath::Beneath;
use super::search_roots::OpenProject;
use super::tracker_file::TrackerFile;
use crate::layout::TRACKER_FILE;
use crate::links::leaves_profile_root;
use crate::tracker::{TomlDeploymentReader, TrackerText};

/// A profile root of a project, which need not be there.
#[derive(Debug)]
pub(crate) struct Here {
    /// The project, links resolved.
    pub(crate) project: ProjectPath,
    /// The name of the profile root.
    pub(crate) profile_root: ProfileRoot,
    /// Its path, for errors.
    pub(crate) shown: String,
    /// What is there.
    pub(crate) root: Option<Beneath>,
    /// What is recorded there.
    pub(crate) tracker: TrackerFile,
}

impl Here {
    /// Looks at a profile root.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Tracker`] when its tracker cannot be written safely.
    pub(crate) fn look(
        project: &OpenProject,
        profile_root: &ProfileRoot,
        root: Option<Beneath>,
    ) -> Result<Self, DeployError> {
        let shown = project.shown(profile_root);
        let tracker = match &root {
            Some(root) => TrackerFile::read(root)?,
            None => TrackerFile::absent(&format!("{shown}/{TRACKER_FILE}"))?,
        };
        let (project, profile_root) = (project.path.clone(), profile_root.clone());
        Ok(Self { project, profile_root, shown, root, tracker })
    }

    /// Returns what the tracker says.
    pub(crate) fn text(&self) -> &TrackerText {
        &self.tracker.text
    }

    /// Returns a path below the profile root as it is shown.
    pub(crate) fn show(&self, path: &Utf8Path) -> String {
        format!("{}/{path}", self.shown)
    }

    /// Tells what lies at a path. A directory that holds copies of other records is nothing that can be
    /// replaced or taken away as a copy.
    pub(crate) fn occupant(&self, path: &Utf8Path, artifact: &ArtifactId) -> Occupant {
        let found = match &self.root {
            Some(root) => root.occupant(path),
            None => Occupant::Nothing,
        };
        let of_others = self.text().records().iter().filter(|record| record.artifact != *artifact);
        let mut within =
            of_others.filter(|record| record.path.inside().is_ok_and(|at| at.starts_with(path)));
        match within.next() {
            Some(other) if found != Occupant::Nothing => Occupant::Holds(other.artifact.clone()),
            _ => found,
        }
    }

    /// Tells whether a place is free but for the lock files of copies that lay below it.
    pub(crate) fn is_left_over(&self, path: &Utf8Path) -> bool {
        let mut records =
            self.text().records().iter().filter_map(|record| record.path.inside().ok());
        !records.any(|recorded| recorded.starts_with(path))
            && self.root.as_ref().is_some_and(|root| root.is_left_over(path))
    }

    /// Tells whether the way to a path leads out of the profile root, so that nothing there is ours.
    pub(crate) fn leads_out(&self, path: &Utf8Path) -> bool {
        let located = self.root.as_ref().map(|root| root.locate(path));
        matches!(located, Some(Err(error)) if leaves_profile_root(&error))
    }

    /// Returns what is wrong with the tracker and is left alone.
    pub(crate) fn warnings(&self) -> Vec<Problem> {
        if !self.text().has_malformed() {
            return Vec::new();
        }
        let path = format!("{}/{TRACKER_FILE}", self.shown);
        let read = TomlDeploymentReader::read_bytes(&path, &self.profile_root, &self.tracker.bytes);
        let mut problems = read.problems;
        problems.retain(|problem| problem.kind == ProblemKind::MalformedRecord);
        problems
    }
}
