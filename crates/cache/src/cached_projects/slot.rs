//! One project as it is known.

use std::sync::Arc;

use skillstat_domain::{Assessment, ProjectRecords};

use crate::sync::OnceLock;

/// What the trackers of a project say and what became of its copies, each looked up once.
///
/// A slot is never emptied but replaced: whoever is filling the old one fills it unseen.
#[derive(Debug, Default)]
pub(super) struct Slot {
    records: OnceLock<Arc<ProjectRecords>>,
    states: OnceLock<Box<[OnceLock<Assessment>]>>,
}

impl Slot {
    /// Makes a slot of records that were just read and those states that are known already.
    pub(super) fn new(
        records: Arc<ProjectRecords>,
        known: impl Fn(usize) -> Option<Assessment>,
    ) -> Self {
        let slot = Self::default();
        let states = slot.states(&records);
        for (index, state) in states.iter().enumerate() {
            if let Some(known) = known(index) {
                state.get_or_init(|| known);
            }
        }
        slot.records.get_or_init(|| records);
        slot
    }

    /// Returns the records, if they have been read.
    pub(super) fn known_records(&self) -> Option<&Arc<ProjectRecords>> {
        self.records.get()
    }

    /// Returns the records.
    pub(super) fn records(
        &self,
        read: impl FnOnce() -> Arc<ProjectRecords>,
    ) -> &Arc<ProjectRecords> {
        self.records.get_or_init(read)
    }

    /// Returns the state of a copy, if it has been looked up.
    pub(super) fn known_state(&self, record: usize) -> Option<Assessment> {
        self.states.get().and_then(|states| states[record].get().cloned())
    }

    /// Returns the state of a copy, or nothing when the records are others than those of the slot.
    pub(super) fn state(
        &self,
        records: &Arc<ProjectRecords>,
        record: usize,
        look: impl FnOnce() -> Assessment,
    ) -> Option<Assessment> {
        self.is_of(records).then(|| self.states(records)[record].get_or_init(look).clone())
    }

    /// Tells whether these are the records of the slot.
    pub(super) fn is_of(&self, records: &Arc<ProjectRecords>) -> bool {
        self.records.get().is_some_and(|known| Arc::ptr_eq(known, records))
    }

    fn states(&self, records: &ProjectRecords) -> &[OnceLock<Assessment>] {
        let empty = || records.records.iter().map(|_| OnceLock::default()).collect();
        self.states.get_or_init(empty)
    }
}
