//! What cannot be watched, or tells nothing: which projects that concerns, and how it is said.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use skillstat_domain::{Problem, ProjectPath};

use super::super::mounts::{Mount, silent};
use super::super::not_watched;
use super::super::tree::{Place, TOP};
use super::Follower;
use crate::discovery::resolve;
use crate::fault::printable;

impl Follower {
    /// Looks what is mounted. As long as nothing of it is silent, nobody needs to know.
    pub(super) fn look_for_silent(&mut self) {
        self.mounts = self.kernel.mounts();
        let shared = self.scope.shared.iter().filter_map(|path| fs::canonicalize(path).ok());
        self.mounts.extend(shared.map(Mount::shared));
        if !self.mounts.iter().any(Mount::is_silent) {
            self.mounts.clear();
        }
    }

    /// Returns the projects that nobody tells all changes of.
    pub(in super::super) fn untold_projects(&self) -> Vec<ProjectPath> {
        let untold = |place: &Place| {
            let Some(profile) = self.profile(*place) else { return false };
            profile.unlisted.is_some()
                || self.holds_tracker(*place) && !self.silent_at(*place).is_empty()
        };
        let roots = self.tree.below(TOP).into_iter().filter(untold);
        let projects: BTreeSet<_> =
            roots.filter_map(|root| self.project(self.tree.parent(root)?)).collect();
        projects.into_iter().collect()
    }

    /// Tells whether nobody tells all changes of the collections.
    pub(in super::super) fn collections_are_untold(&self) -> bool {
        !self.silent_for(self.scope.skillmeat_home.as_std_path()).is_empty()
    }

    /// Names what nobody tells all changes of, but for copies that were given up.
    pub(in super::super) fn untold(&self) -> Vec<Problem> {
        let mut gaps = Vec::new();
        let mut mounts = BTreeSet::new();
        for root in &self.scope.roots {
            if let Ok(Some(top)) = resolve(root) {
                mounts.extend(self.silent_for(&top));
            }
        }
        mounts.extend(self.silent_for(self.scope.skillmeat_home.as_std_path()));
        for place in self.tree.below(TOP) {
            if self.holds_tracker(place) {
                mounts.extend(self.silent_at(place));
            }
            let unlisted = self.profile(place).and_then(|profile| profile.unlisted.as_ref());
            gaps.extend(unlisted.map(|directory| not_listed(directory)));
        }
        gaps.extend(mounts.into_iter().map(tells_nothing));
        gaps
    }

    /// Returns the silent file systems that a profile root lies on, or that lie in it.
    fn silent_at(&self, root: Place) -> Vec<&Mount> {
        if self.mounts.is_empty() { Vec::new() } else { self.silent_for(&self.tree.path(root)) }
    }

    fn silent_for(&self, path: &Path) -> Vec<&Mount> {
        if self.mounts.is_empty() {
            return Vec::new();
        }
        let resolved: PathBuf = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        silent(&self.mounts, &resolved)
    }
}

fn tells_nothing(mount: &Mount) -> Problem {
    let kind = &mount.kind;
    let reason = format!(
        "is of type {kind}, which does not tell what other machines change; its known projects are \
         looked at from time to time"
    );
    not_watched(&printable(&mount.path), reason, "run the service where the disk is".to_owned())
}

fn not_listed(directory: &Path) -> Problem {
    let reason = "may be passed but not read, so nobody tells what comes and goes there; its project \
                  is looked at from time to time";
    let fix = "make it readable for you, for example with `chmod u+r`";
    not_watched(&printable(directory), reason.to_owned(), fix.to_owned())
}
