//! The place between use case and adapters where a cache can stand.

use std::fmt::Debug;
use std::sync::Arc;

use crate::{Assessment, ProjectPath, ProjectRecords};

/// Knows what each project's trackers say and what became of each copy.
///
/// An implementation MUST answer as if it had looked at the disk after the call began, or after the
/// last change it can know of. It may block.
///
/// # Hidden contract
///
/// [`state`](Self::state) is asked about the very `Arc` that [`records`](Self::records) returned, so
/// that an implementation that remembers states can tell, by pointer, answers about records it has
/// since dropped from answers about those it holds.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait ProjectStates: Debug + Send + Sync {
    /// Returns what the trackers of `project` say, duplicates taken out and reported.
    fn records(&self, project: &ProjectPath) -> Arc<ProjectRecords>;

    /// Returns what became of the copy of `records.records[record]`, judged by its baseline alone.
    ///
    /// # Panics
    ///
    /// Panics when `record` is not an index of `records.records`.
    fn state(&self, records: &Arc<ProjectRecords>, record: usize) -> Assessment;

    /// Returns the same if that takes no look at the disk. Does not block.
    ///
    /// # Panics
    ///
    /// Panics when `record` is not an index of `records.records`.
    fn known_state(&self, records: &Arc<ProjectRecords>, record: usize) -> Option<Assessment> {
        let _ = (records, record);
        None
    }

    /// Returns the same of several copies of one project, in the order of `wanted`, so that what they have
    /// in common can be looked at once.
    ///
    /// # Panics
    ///
    /// Panics when one of `wanted` is not an index of `records.records`.
    fn states(&self, records: &Arc<ProjectRecords>, wanted: &[usize]) -> Vec<Assessment> {
        wanted.iter().map(|&record| self.state(records, record)).collect()
    }
}

const _: fn(&dyn ProjectStates) = |_| {};

#[cfg(test)]
mod tests {
    use camino::Utf8Path;

    use super::*;

    #[derive(Debug)]
    struct OneIsMissing;

    impl ProjectStates for OneIsMissing {
        fn records(&self, _project: &ProjectPath) -> Arc<ProjectRecords> {
            unreachable!("they are at hand")
        }

        fn state(&self, _records: &Arc<ProjectRecords>, record: usize) -> Assessment {
            if record == 1 { Assessment::Missing } else { Assessment::AsDeployed }
        }
    }

    #[test]
    fn several_are_assessed_one_by_one_in_their_order() {
        let project = ProjectPath::new(Utf8Path::new("/dev/shop")).unwrap();
        let records = ProjectRecords { project, records: Vec::new(), problems: Vec::new() };
        let states = OneIsMissing.states(&Arc::new(records), &[1, 0]);
        assert_eq!(states, [Assessment::Missing, Assessment::AsDeployed]);
    }
}
