//! Taking changes: what they touch is forgotten, and nothing else.

use std::collections::BTreeSet;

use skillstat_domain::{Affected, Change, ChangeSink, ProjectDiscovery, ProjectPath, Scanned};

use super::{CachedStatistics, Core};
use crate::cached_projects::Copies;
use crate::sync::lock;

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Answers were made bad.
    Answers {
        /// Whose.
        affected: Affected,
        /// The project that changed, and whether it is one now; nothing when nobody knows.
        project: Option<(ProjectPath, bool)>,
    },
    /// The collections are to be read again.
    Collections,
}

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
        for change in changes {
            match change {
                // The first of all, and what follows is part of it.
                Change::Everything | Change::Projects => return core.everything_changed(),
                Change::Project(project) => core.project_changed(project, Copies::OfChangedRecords),
                Change::AllOf(project) => core.project_changed(project, Copies::All),
                Change::Content { project, profile_root, path } => {
                    let affected = core.projects.touch(project, profile_root, path);
                    core.forget(&affected, Some((project.clone(), true)));
                }
                Change::Collections => core.collections_changed(),
            }
        }
    }
}

impl Core {
    /// Invalidates answers. The order is always: first what is known between the levels, then the
    /// answers; one that is made in between from what was known goes with the others.
    fn forget(&self, affected: &Affected, project: Option<(ProjectPath, bool)>) {
        let affected = self.cache.invalidate_statistics(affected);
        if !affected.is_none() {
            self.feed.add(Effect::Answers { affected, project });
        }
    }

    fn everything_changed(&self) {
        self.cache.invalidate_all();
        self.feed.add(Effect::Answers { affected: Affected::All, project: None });
    }

    fn project_changed(&self, project: &ProjectPath, copies: Copies) {
        // Tried again when another list has come in between, which takes a walk each time.
        loop {
            let Some(list) = self.cache.discovered_projects() else {
                return self.everything_changed();
            };
            let there = self.discovery.look_at(project);
            if !there.problems.is_empty() || is_problem(&list.value, project) {
                // Problems belong to the list, and who may look where is for a walk to say.
                return self.everything_changed();
            }
            let there = there.value;
            match (list.value.value.binary_search(project).is_ok(), there) {
                (false, false) => return self.forget(&Affected::NONE, None),
                (true, true) => {
                    let affected = self.projects.refresh(project, copies);
                    // The overview tells of what names no artifact, too.
                    self.cache.begin();
                    let affected = self.cache.invalidate_statistics(&affected);
                    let project = Some((project.clone(), true));
                    return self.feed.add(Effect::Answers { affected, project });
                }
                _ => {}
            }
            if let Some(affected) = self.projects.amend(&list, project, there) {
                let project = Some((project.clone(), there));
                return self.feed.add(Effect::Answers { affected, project });
            }
        }
    }

    fn collections_changed(&self) {
        let affected = self.projects.refresh_originals();
        // Begins a generation, also when no statistics become bad.
        *lock(&self.collections_changed) = self.cache.begin();
        self.feed.add(Effect::Collections);
        self.forget(&affected, None);
    }
}

/// Tells whether the walk had a problem in a directory.
fn is_problem(list: &Scanned<Vec<ProjectPath>>, directory: &ProjectPath) -> bool {
    let below = |path: &str| camino::Utf8Path::new(path).starts_with(directory.as_path());
    list.problems.iter().any(|problem| below(&problem.path))
}
