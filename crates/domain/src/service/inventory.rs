//! What there is, before any copy is looked at.

use std::collections::BTreeSet;
use std::mem::take;
use std::sync::Arc;

use super::part::concerns;
use crate::ports::workers::map;
use crate::{
    ArtifactId, Problem, ProjectPath, ProjectRecords, ProjectStates, ScanObserver, ScanPhase,
    Scanned, Workers,
};

/// The projects found and what their trackers say.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    /// The projects, sorted by path.
    pub projects: Vec<ProjectPath>,
    /// Their records, in the same order.
    pub records: Vec<Arc<ProjectRecords>>,
    /// What discovery skipped.
    pub skipped: Vec<Problem>,
}

impl Inventory {
    /// Reads the trackers of the projects that were found.
    pub(super) fn read(
        found: Scanned<Vec<ProjectPath>>,
        states: &dyn ProjectStates,
        workers: &dyn Workers,
        observer: &dyn ScanObserver,
    ) -> Self {
        observer.begin(ScanPhase::Reading, found.value.len());
        let records = map(workers, &found.value, |project| {
            let records = states.records(project);
            observer.advance();
            records
        });
        Self { projects: found.value, records, skipped: found.problems }
    }

    /// Keeps one project, and only those problems that concern it.
    pub fn retain_project(&mut self, project: &ProjectPath) {
        let (own, others): (Vec<_>, Vec<_>) =
            take(&mut self.records).into_iter().partition(|records| records.project == *project);
        let of_others = others.iter().flat_map(|records| &records.problems);
        let skipped = self.skipped.iter().chain(of_others);
        self.skipped = skipped.filter(|problem| concerns(problem, project)).cloned().collect();
        self.projects.retain(|kept| kept == project);
        self.records = own;
    }

    /// Returns what discovery skipped and what the trackers do not say rightly.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.skipped.iter().chain(self.records.iter().flat_map(|project| &project.problems))
    }

    /// Returns every artifact with a record, sorted.
    pub fn artifacts(&self) -> BTreeSet<&ArtifactId> {
        let records = self.records.iter().flat_map(|project| &project.records);
        let mut artifacts = BTreeSet::new();
        // `collect` would sort all of them first, and few are different.
        artifacts.extend(records.map(|record| &record.artifact));
        artifacts
    }
}
