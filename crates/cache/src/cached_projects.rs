//! Between the levels: what trackers say, what became of each copy and what it was deployed from.

mod index;
mod listed;
mod originals;
mod slot;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use camino::Utf8Path;
use index::Index;
pub(crate) use listed::Listed;
use originals::OriginalsSlot;
use skillstat_domain::{
    Affected, ArtifactId, Assessment, Cached, DirectOriginals, Original, OriginalId, Originals,
    ProfileRoot, ProjectPath, ProjectRecords, ProjectStates, Scanned, StatsCache,
    affected_artifacts, affected_by_originals, artifacts_of, state_survives, touched_copies,
};
use slot::Slot;

use crate::sync::{Mutex, lock};

/// The list of projects as level 1 holds it.
pub(crate) type List = Cached<Scanned<Vec<ProjectPath>>>;

/// Project states and originals that are looked up once for each list of projects, and again only where
/// something has changed.
///
/// Everything here belongs to one level-1 list, or to one made from that by taking single projects in
/// and out, and goes when another list is stored. So nothing is older than the list.
#[derive(Debug)]
pub struct CachedProjects {
    inner: Arc<dyn ProjectStates>,
    inner_originals: DirectOriginals,
    cache: Arc<dyn StatsCache>,
    // Held for a few look-ups, and once for each list to make the index: half a millisecond for 6,000
    // records, on a thread that blocks. Slots are filled outside of it.
    slots: Mutex<Slots>,
}

#[derive(Debug, Default)]
struct Slots {
    /// The version of the list that the slots belong to.
    list: u64,
    projects: foldhash::HashMap<ProjectPath, Arc<Slot>>,
    /// Made when the trackers of all projects on the list have been read.
    index: Option<Index>,
    originals: Arc<OriginalsSlot>,
}

impl CachedProjects {
    /// Puts a cache before project states and originals; `cache` is the one that holds the list.
    pub fn new(
        inner: Arc<dyn ProjectStates>,
        inner_originals: DirectOriginals,
        cache: Arc<dyn StatsCache>,
    ) -> Self {
        Self { inner, inner_originals, cache, slots: Mutex::default() }
    }

    /// Returns the records of the projects on `list` that name an artifact, in the order of the list.
    /// Costs these projects, and the first time all; nothing while not all trackers have been read.
    pub(crate) fn naming(
        &self,
        list: &List,
        artifact: &ArtifactId,
    ) -> Option<Vec<Arc<ProjectRecords>>> {
        let mut slots = lock(&self.slots);
        if slots.list != list.version {
            return None;
        }
        let Slots { projects, index, .. } = &mut *slots;
        if index.is_none() {
            let mut made = Index::default();
            for project in &list.value.value {
                made.add(projects.get(project)?.known_records()?);
            }
            *index = Some(made);
        }
        let naming = index.as_ref()?.projects(artifact);
        naming.map(|project| projects.get(project)?.known_records().cloned()).collect()
    }

    /// Tells whether it is known, by what [`naming`](Self::naming) has made before, that no project on
    /// `list` names an artifact. Costs one look-up.
    pub(crate) fn is_nowhere(&self, list: &List, artifact: &ArtifactId) -> bool {
        let slots = lock(&self.slots);
        let index = slots.index.as_ref().filter(|_| slots.list == list.version);
        index.is_some_and(|index| index.projects(artifact).next().is_none())
    }

    /// Forgets the states of those copies that a change at `path` touches; returns whose statistics
    /// they were part of.
    pub(crate) fn touch(
        &self,
        project: &ProjectPath,
        profile_root: &ProfileRoot,
        path: &Utf8Path,
    ) -> Affected {
        let mut slots = lock(&self.slots);
        // Nobody knows what its trackers name.
        let Some(slot) = slots.projects.get_mut(project) else { return Affected::All };
        let Some(records) = slot.known_records().cloned() else { return Affected::All };
        let touched = touched_copies(&records, profile_root, path);
        if !touched.is_empty() {
            let known = |copy| (!touched.contains(&copy)).then(|| slot.known_state(copy)).flatten();
            let fresh = Slot::new(Arc::clone(&records), known);
            *slot = Arc::new(fresh);
        }
        Affected::Only(artifacts_of(&records, &touched))
    }

    /// Reads the trackers of a project on the list anew; of its copies only those that are not on
    /// record as before. With `copies`, all of them. Returns whose statistics may be others now.
    pub(crate) fn refresh(&self, project: &ProjectPath, copies: Copies) -> Affected {
        let after = self.inner.records(project);
        let mut slots = lock(&self.slots);
        let affected = affected_artifacts(slots.known(project).map(|known| &**known), &after);
        slots.replace(project, Some(after), copies);
        affected
    }

    /// Puts a project on the list, or takes it off; returns whose statistics that made bad. Nothing when
    /// `list` is no longer the one that is held: then nothing has happened.
    ///
    /// The list, the answers that are not good any more and what is known here change at once: whoever
    /// sees the new list sees the rest.
    pub(crate) fn amend(
        &self,
        list: &List,
        project: &ProjectPath,
        there: bool,
    ) -> Option<Affected> {
        let after = there.then(|| self.inner.records(project));
        let amended = amended(list, project, there);
        let mut slots = lock(&self.slots);
        let ours = slots.list == list.version;
        // What was not on the list has no before.
        let affected = match (&after, slots.known(project)) {
            (Some(known), _) | (None, Some(known)) => affected_artifacts(Some(known), known),
            (None, None) => Affected::All,
        };
        let version = amended.version;
        let affected = self.cache.amend_projects(list.version, amended, &affected)?;
        if ours {
            slots.list = version;
            slots.replace(project, after, Copies::All);
        }
        Some(affected)
    }

    /// Returns the records of a project; what `not_listed` returns if the list that is held does not
    /// have it.
    fn records_or(
        &self,
        project: &ProjectPath,
        not_listed: impl FnOnce() -> Arc<ProjectRecords>,
    ) -> Arc<ProjectRecords> {
        match self.place(project) {
            Place::In(slot) => Arc::clone(slot.records(|| self.inner.records(project))),
            Place::NotListed => not_listed(),
            Place::Nowhere => self.inner.records(project),
        }
    }

    /// Reads every original anew that was asked for; returns whose statistics may be others now.
    pub(crate) fn refresh_originals(&self) -> Affected {
        let Some(held) = self.current(|slots, _| Arc::clone(&slots.originals)) else {
            return Affected::All;
        };
        let wanted = held.asked().into_keys().collect();
        let fresh = OriginalsSlot::default();
        let after = fresh.fill(fresh.ask(&wanted), &self.inner_originals);
        let mut slots = lock(&self.slots);
        if !Arc::ptr_eq(&slots.originals, &held) {
            // Of another list by now, and nobody knows from when what is in it is.
            slots.originals = Arc::default();
            return Affected::All;
        }
        slots.originals = Arc::new(fresh);
        affected_by_originals(&held.asked(), &after)
    }

    /// Returns where a project is kept now.
    fn place(&self, project: &ProjectPath) -> Place {
        let place = self.current(|slots, list| match list.value.value.binary_search(project) {
            Ok(_) => Place::In(slots.slot(project)),
            Err(_) => Place::NotListed,
        });
        place.unwrap_or(Place::Nowhere)
    }

    /// Looks at what belongs to the list that is held; nothing when no good one is.
    fn current<T>(&self, look: impl FnOnce(&mut Slots, &List) -> T) -> Option<T> {
        loop {
            let list = self.cache.discovered_projects()?;
            let mut slots = lock(&self.slots);
            if list.version > slots.list {
                *slots = Slots { list: list.version, ..Slots::default() };
            }
            // Else a project has come or gone since the list was looked at.
            if list.version == slots.list {
                return Some(look(&mut slots, &list));
            }
        }
    }
}

/// Where what is known of a project is kept.
enum Place {
    /// In its slot.
    In(Arc<Slot>),
    /// Nowhere: the list that is held does not have it.
    NotListed,
    /// Nowhere: no good list is held.
    Nowhere,
}

/// Which copies of a project are looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Copies {
    /// Those whose records have changed.
    OfChangedRecords,
    /// All.
    All,
}

impl Slots {
    /// Returns the slot of a project, which is made when there is none.
    fn slot(&mut self, project: &ProjectPath) -> Arc<Slot> {
        if let Some(slot) = self.projects.get(project) {
            return Arc::clone(slot);
        }
        Arc::clone(self.projects.entry(project.clone()).or_default())
    }

    fn known(&self, project: &ProjectPath) -> Option<&Arc<ProjectRecords>> {
        self.projects.get(project).and_then(|slot| slot.known_records())
    }

    /// Puts what was read in the place of what was known; nothing when the project is none any more.
    fn replace(
        &mut self,
        project: &ProjectPath,
        after: Option<Arc<ProjectRecords>>,
        copies: Copies,
    ) {
        let slot = self.projects.remove(project).unwrap_or_default();
        let known = slot.known_records();
        if let (Some(index), Some(known)) = (&mut self.index, known) {
            index.remove(known);
        }
        if let Some(after) = after {
            if let Some(index) = &mut self.index {
                index.add(&after);
            }
            let kept = known.filter(|_| copies == Copies::OfChangedRecords);
            let places: HashMap<_, _> = kept
                .into_iter()
                .flat_map(|kept| kept.records.iter().enumerate())
                .map(|(place, record)| ((&record.profile_root, &record.artifact), (place, record)))
                .collect();
            let survives = |copy: usize| {
                let record = &after.records[copy];
                let (place, before) = places.get(&(&record.profile_root, &record.artifact))?;
                slot.known_state(*place).filter(|state| state_survives(before, state, record))
            };
            let fresh = Slot::new(Arc::clone(&after), survives);
            self.projects.insert(project.clone(), Arc::new(fresh));
        }
    }
}

/// Returns the list with a project or without it, as old as it was.
fn amended(list: &List, project: &ProjectPath, there: bool) -> List {
    let mut projects = Scanned::clone(&list.value);
    match (projects.value.binary_search(project), there) {
        (Err(place), true) => projects.value.insert(place, project.clone()),
        (Ok(place), false) => drop(projects.value.remove(place)),
        _ => {}
    }
    Cached { value: Arc::new(projects), as_of: list.as_of, version: crate::tally::next_version() }
}

impl ProjectStates for CachedProjects {
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords> {
        self.records_or(project, || self.inner.records(project))
    }

    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment {
        let look = || self.inner.state(records, record);
        match self.place(&records.project) {
            // Records that are not those of the slot were replaced since, or never kept.
            Place::In(slot) => slot.state(records, record, look).unwrap_or_else(look),
            Place::NotListed | Place::Nowhere => look(),
        }
    }

    fn known_state(&self, records: &Arc<ProjectRecords>, record: usize) -> Option<Assessment> {
        self.current(|slots, _| {
            let slot = slots.projects.get(&records.project).filter(|slot| slot.is_of(records));
            slot?.known_state(record)
        })?
    }
}

impl Originals for CachedProjects {
    fn originals(&self, wanted: &BTreeSet<OriginalId>) -> BTreeMap<OriginalId, Original> {
        // What is asked for is noted under the lock under which a slot is replaced: it is noted in the
        // one that is replaced, or asked for in the one that replaces it.
        let asked = self.current(|slots, _| {
            let slot = Arc::clone(&slots.originals);
            let places = slot.ask(wanted);
            (slot, places)
        });
        match asked {
            Some((slot, places)) => slot.fill(places, &self.inner_originals),
            None => self.inner_originals.originals(wanted),
        }
    }
}
