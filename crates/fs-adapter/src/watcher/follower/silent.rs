//! What lies on file systems that tell nothing.

use std::path::{Path, PathBuf};

use skillstat_domain::{Problem, ProjectPath};

use super::super::mounts::{mounts, silent};
use super::super::state::not_watched;
use super::super::tree::TOP;
use super::Follower;
use crate::discovery::resolve;
use crate::fault::printable;

impl Follower {
    /// Looks which search roots, or parts of them, tell nothing.
    pub(super) fn look_for_silent(&mut self) {
        let mounts = mounts();
        let roots = self.scope.roots.iter().filter_map(|root| resolve(root).ok().flatten());
        let home = self.scope.skillmeat_home.as_std_path().to_owned();
        let mut found: Vec<_> = roots
            .chain([home])
            .flat_map(|directory| {
                silent(&mounts, &directory).into_iter().cloned().collect::<Vec<_>>()
            })
            .collect();
        found.sort_by(|one, other| one.path.cmp(&other.path));
        found.dedup();
        self.silent = found;
    }

    /// Returns the projects there.
    pub(in super::super) fn silent_projects(&self) -> Vec<ProjectPath> {
        if self.silent.is_empty() {
            return Vec::new();
        }
        let projects = self.projects().into_iter().filter_map(|place| self.project(place));
        projects.filter(|project| self.is_silent(project.as_path().as_std_path())).collect()
    }

    /// Returns the projects with directories that may be passed but not read, and these directories.
    pub(in super::super) fn unlisted(&self) -> Vec<(ProjectPath, PathBuf)> {
        let found = |place| {
            let path = self.profile(place)?.unlisted.clone()?;
            Some((self.project(self.tree.parent(place)?)?, path))
        };
        self.tree.below(TOP).into_iter().filter_map(found).collect()
    }

    /// Tells whether the collections lie there.
    pub(in super::super) fn silent_collections(&self) -> bool {
        self.is_silent(self.scope.skillmeat_home.as_std_path())
    }

    /// Names each of these file systems.
    pub(in super::super) fn silent_gaps(&self) -> Vec<Problem> {
        let gap = |mount: &super::Mount| {
            let kind = &mount.kind;
            let reason = format!(
                "is of type {kind}, which does not tell what other machines change; its known projects \
                 are looked at from time to time"
            );
            not_watched(
                &printable(&mount.path),
                reason,
                "run the service where the disk is".to_owned(),
            )
        };
        self.silent.iter().map(gap).collect()
    }

    fn is_silent(&self, path: &Path) -> bool {
        self.silent.iter().any(|mount| path.starts_with(&mount.path))
    }
}
