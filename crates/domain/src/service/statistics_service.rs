//! The use case: where is each artifact deployed, and which copies differ?

use std::sync::Arc;

use super::aggregate::Aggregate;
use crate::ports::workers::map;
use crate::{
    ArtifactId, CopyReport, DeploymentStatistics, Inventory, Overview, ProjectDiscovery,
    ProjectPath, ProjectRecords, ProjectStates, ScanObserver, ScanPhase, Scanned, Workers,
};

/// Joins discovery and project states into statistics.
///
/// Trackers are read side by side, then copies are hashed side by side, over all projects at once so
/// that one large project does not leave the other threads idle.
#[derive(Debug, Clone)]
pub struct StatisticsService {
    discovery: Arc<dyn ProjectDiscovery>,
    states: Arc<dyn ProjectStates>,
    workers: Arc<dyn Workers>,
}

impl StatisticsService {
    /// Joins the ports.
    pub fn new(
        discovery: Arc<dyn ProjectDiscovery>,
        states: Arc<dyn ProjectStates>,
        workers: Arc<dyn Workers>,
    ) -> Self {
        Self { discovery, states, workers }
    }

    /// Finds the projects and reads their trackers. Looks at no copy.
    pub fn inventory(&self, observer: &dyn ScanObserver) -> Inventory {
        observer.begin(ScanPhase::Discovering, 0);
        self.inventory_of(self.discovery.discover(), observer)
    }

    /// Reads the trackers of projects that were found before.
    pub fn inventory_of(
        &self,
        found: Scanned<Vec<ProjectPath>>,
        observer: &dyn ScanObserver,
    ) -> Inventory {
        observer.begin(ScanPhase::Reading, found.value.len());
        let records = map(&*self.workers, &found.value, |project| {
            let records = self.states.records(project);
            observer.advance();
            records
        });
        Inventory { projects: found.value, records, skipped: found.problems }
    }

    /// Returns the statistics of every artifact that has a record which is `wanted`, by project and
    /// artifact; looks at the copies of those records only.
    pub fn overview(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(&ProjectPath, &ArtifactId) -> bool,
        observer: &dyn ScanObserver,
    ) -> Overview {
        let copies: Vec<(&Arc<ProjectRecords>, usize)> = inventory
            .records
            .iter()
            .flat_map(|project| (0..project.records.len()).map(move |record| (project, record)))
            .filter(|&(project, record)| {
                wanted(&project.project, &project.records[record].artifact)
            })
            .collect();
        observer.begin(ScanPhase::Hashing, copies.len());
        let states = map(&*self.workers, &copies, |&(project, record)| {
            let state = self.states.state(project, record);
            observer.advance();
            state
        });
        let mut aggregate = Aggregate::new(inventory.problems().cloned().collect());
        for ((project, record), state) in copies.into_iter().zip(states) {
            let record = &project.records[record];
            aggregate.add(&record.artifact, &project.project, CopyReport::new(record, state));
        }
        let (artifacts, problems) = aggregate.finish();
        Overview { projects: inventory.projects.clone(), artifacts, problems }
    }

    /// Returns the statistics of one artifact, looking at its copies only; zeros when it is deployed
    /// nowhere.
    pub fn statistics(
        &self,
        inventory: &Inventory,
        artifact: &ArtifactId,
        observer: &dyn ScanObserver,
    ) -> DeploymentStatistics {
        self.overview(inventory, &|_, candidate| candidate == artifact, observer)
            .statistics(artifact)
    }
}

#[cfg(test)]
mod tests;
