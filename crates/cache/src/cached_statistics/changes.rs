//! Taking changes: what they touch is forgotten, and nothing else.

use std::collections::BTreeSet;

use skillstat_domain::{Affected, Change, ChangeSink, ProjectDiscovery, ProjectPath, Scanned};

use super::{CachedStatistics, Core};
use crate::cached_projects::Copies;
use crate::sync::lock;

impl CachedStatistics {
    /// Forgets all that is known of one directory: its trackers and copies are looked at again, whether
    /// it was a project or is one now. Costs one reading of its trackers, so it blocks.
    pub fn invalidate_project(&self, project: &ProjectPath) {
        let _one_at_a_time = lock(&self.core.changing);
        self.core.project_changed(project, Copies::All);
    }
}

impl ChangeSink for CachedStatistics {
    fn changed(&self, changes: &BTreeSet<Change>) {
        let core = &*self.core;
        let _one_at_a_time = lock(&core.changing);
        if changes.contains(&Change::Everything) {
            return core.cache.invalidate_all();
        }
        if changes.contains(&Change::Projects) {
            core.cache.invalidate_all();
        }
        for change in changes {
            match change {
                Change::Everything | Change::Projects => {}
                Change::Project(project) => core.project_changed(project, Copies::OfChangedRecords),
                Change::Content { project, profile_root, path } => {
                    core.forget(&core.projects.touch(project, profile_root, path));
                }
                Change::Collections => core.collections_changed(),
            }
        }
    }
}

impl Core {
    /// Invalidates answers. The order is always: first what is known between the levels, then the
    /// answers; one that is made in between from what was known goes with the others.
    fn forget(&self, affected: &Affected) {
        if *affected != Affected::Only(BTreeSet::new()) {
            self.cache.invalidate_statistics(affected);
        }
    }

    fn project_changed(&self, project: &ProjectPath, copies: Copies) {
        // Tried again when another list has come in between, which takes a walk each time.
        loop {
            let Some(list) = self.cache.discovered_projects() else {
                return self.cache.invalidate_all();
            };
            let there = self.discovery.look_at(project);
            if !there.problems.is_empty() || is_problem(&list.value, project) {
                // Problems belong to the list, and who may look where is for a walk to say.
                return self.cache.invalidate_all();
            }
            match (list.value.value.binary_search(project).is_ok(), there.value) {
                (false, false) => return,
                (true, true) => return self.forget(&self.projects.refresh(project, copies)),
                (_, there) if self.projects.amend(&list, project, there) => return,
                _ => {}
            }
        }
    }

    fn collections_changed(&self) {
        let mut changed = lock(&self.collections_changed);
        // Begins a generation without making any statistics bad.
        self.cache.invalidate_statistics(&Affected::Only(BTreeSet::new()));
        *changed = self.cache.generation();
    }
}

/// Tells whether the walk had a problem in a directory.
fn is_problem(list: &Scanned<Vec<ProjectPath>>, directory: &ProjectPath) -> bool {
    let below = |path: &str| camino::Utf8Path::new(path).starts_with(directory.as_path());
    list.problems.iter().any(|problem| below(&problem.path))
}
