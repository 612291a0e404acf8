//! The second opinion of the tests.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;
use std::{fs, io};

use skillstat_domain::{ProjectDiscovery, ProjectPath, Scanned, Workers};
use walkdir::WalkDir;

use super::exclude::ExcludeError;
use super::found::Found;
use super::{Branch, DiscoveryOptions, Plan};
use crate::layout::{INTENT_FILE, TRACKER_FILE};

/// Finds projects with the crate walkdir; the same answer as [`OpenatDiscovery`], more slowly.
///
/// [`OpenatDiscovery`]: crate::OpenatDiscovery
#[derive(Debug)]
pub struct WalkdirDiscovery {
    plan: Plan,
}

impl WalkdirDiscovery {
    /// Prepares a walk; `workers` walk the directories directly below the roots side by side.
    ///
    /// # Errors
    ///
    /// - [`ExcludeError`] when an exclude glob is malformed.
    pub fn new(options: DiscoveryOptions, workers: Arc<dyn Workers>) -> Result<Self, ExcludeError> {
        Ok(Self { plan: Plan::new(options, workers)? })
    }

    /// Walks a directory by its path.
    pub(super) fn start(
        &self,
        branch: &Branch,
        found: &mut Found,
        mut deeper: Option<&mut Vec<Branch>>,
    ) {
        // The children of a project at the limit are its profile roots: one level more is listed.
        let below = self.plan.max_depth.saturating_add(1).saturating_sub(branch.depth);
        let levels = if deeper.is_some() { below.min(1) } else { below };
        // Roots are resolved, so only a directory swapped for a link meanwhile would be followed.
        let entries = WalkDir::new(&branch.top)
            .follow_root_links(false)
            .min_depth(1)
            .max_depth(levels)
            .into_iter();
        let excluded = |entry: &walkdir::DirEntry| {
            self.plan.exclude.covers(entry.file_name(), || entry.path().to_owned())
        };
        for entry in entries.filter_entry(|entry| !excluded(entry)) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    if let (Some(path), Some(error)) = (error.path(), error.io_error()) {
                        found.unreadable(path, error);
                    }
                    continue;
                }
            };
            let kind = entry.file_type();
            if !kind.is_dir() && !kind.is_symlink() {
                continue;
            }
            if entry.file_name().as_bytes().starts_with(b".") {
                let look = |file| fs::symlink_metadata(entry.path().join(file)).map(drop);
                let probe = look(TRACKER_FILE).or_else(|error| match error.kind() {
                    io::ErrorKind::NotFound => look(INTENT_FILE),
                    _ => Err(error),
                });
                let project = entry.path().parent().unwrap_or(Path::new("/"));
                found.probed(project, entry.file_name(), probe);
            }
            let depth = branch.depth + entry.depth();
            if let Some(deeper) = &mut deeper
                && kind.is_dir()
                && depth <= self.plan.max_depth
            {
                deeper.push(Branch { top: entry.into_path(), depth });
            }
        }
    }
}

impl ProjectDiscovery for WalkdirDiscovery {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        self.plan.discover(|branch, found, deeper| self.start(branch, found, deeper))
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        self.plan.look_at(directory, |branch, found, deeper| self.start(branch, found, deeper))
    }
}
