//! Between the levels: what trackers say and what became of each copy.

use std::collections::HashMap;
use std::sync::Arc;

use skillstat_domain::{CopyState, ProjectPath, ProjectRecords, ProjectStates, StatsCache};

use crate::sync::{Mutex, OnceLock, lock};

/// Project states that are looked up once for each list of projects.
///
/// Everything here belongs to one level-1 list and goes when that does, so nothing is older than the
/// list. A project's slot that is dropped while it is being filled fills up unseen: whoever fills it
/// holds it alone.
#[derive(Debug)]
pub struct CachedProjects {
    inner: Arc<dyn ProjectStates>,
    cache: Arc<dyn StatsCache>,
    // Held for one look-up. Slots are filled outside of it.
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    /// The version of the list that the slots belong to.
    list: u64,
    projects: HashMap<ProjectPath, Arc<Slot>>,
}

#[derive(Debug, Default)]
struct Slot {
    records: OnceLock<Arc<ProjectRecords>>,
    states: OnceLock<Box<[OnceLock<CopyState>]>>,
}

impl CachedProjects {
    /// Puts a cache before project states; `cache` is the one that holds the list.
    pub fn new(inner: Arc<dyn ProjectStates>, cache: Arc<dyn StatsCache>) -> Self {
        Self { inner, cache, slots: Mutex::default() }
    }

    /// Forgets one project, so that it is read anew; returns what its trackers were known to say.
    pub fn forget(&self, project: &ProjectPath) -> Option<Arc<ProjectRecords>> {
        let slot = lock(&self.slots).projects.remove(project);
        slot.and_then(|slot| slot.records.get().cloned())
    }

    /// Returns the slot of a project, or nothing when no good list is held and nothing may be kept.
    fn slot(&self, project: &ProjectPath) -> Option<Arc<Slot>> {
        let list = self.cache.discovered_projects()?;
        let mut slots = lock(&self.slots);
        if list.version > slots.list {
            *slots = Slots { list: list.version, projects: HashMap::new() };
        }
        if list.value.value.binary_search(project).is_err() {
            return None;
        }
        Some(Arc::clone(slots.projects.entry(project.clone()).or_default()))
    }
}

impl ProjectStates for CachedProjects {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        match self.slot(project) {
            Some(slot) => Arc::clone(slot.records.get_or_init(|| self.inner.records(project))),
            None => self.inner.records(project),
        }
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> CopyState {
        let slot = self.slot(&records.project);
        // Records that are not those of the slot were dropped since, or never kept.
        let kept =
            |slot: &Arc<Slot>| slot.records.get().is_some_and(|kept| Arc::ptr_eq(kept, records));
        let Some(slot) = slot.filter(kept) else { return self.inner.state(records, record) };
        let states = slot
            .states
            .get_or_init(|| records.records.iter().map(|_| OnceLock::default()).collect());
        states[record].get_or_init(|| self.inner.state(records, record)).clone()
    }
}
