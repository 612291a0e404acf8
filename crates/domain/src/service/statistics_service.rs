//! The use case: where is each artifact deployed, and which copies differ?

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::aggregate::Aggregate;
use super::explain::explain;
use crate::ports::workers::map;
use crate::{
    ArtifactId, Assessment, CopyReport, DeploymentRecord, DeploymentStatistics, Inventory,
    Original, OriginalId, Originals, Overview, ProjectDiscovery, ProjectPath, ProjectRecords,
    ProjectStates, ScanObserver, ScanPhase, Scanned, Workers,
};

/// Joins discovery, project states and originals into statistics.
///
/// Trackers are read side by side, then copies are hashed side by side, over all projects at once so
/// that one large project does not leave the other threads idle. What is known of copies is taken before, as
/// that takes less time than threads take to begin. Then each original is examined that a
/// copy is judged by, once.
#[derive(Debug, Clone)]
pub struct StatisticsService {
    discovery: Arc<dyn ProjectDiscovery>,
    states: Arc<dyn ProjectStates>,
    originals: Arc<dyn Originals>,
    workers: Arc<dyn Workers>,
}

impl StatisticsService {
    /// Joins the ports.
    pub fn new(
        discovery: Arc<dyn ProjectDiscovery>,
        states: Arc<dyn ProjectStates>,
        originals: Arc<dyn Originals>,
        workers: Arc<dyn Workers>,
    ) -> Self {
        Self { discovery, states, originals, workers }
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
        Inventory::read(found, &*self.states, &*self.workers, observer)
    }

    /// Returns the statistics of every artifact that has a record which is `wanted`, by project and
    /// artifact; looks at the copies of those records and at their originals only.
    pub fn overview(
        &self,
        inventory: &Inventory,
        wanted: &dyn Fn(&ProjectPath, &ArtifactId) -> bool,
        observer: &dyn ScanObserver,
    ) -> Overview {
        let copies: Vec<Copy<'_>> = inventory
            .records
            .iter()
            .flat_map(|project| (0..project.records.len()).map(move |record| (project, record)))
            .filter(|&(project, record)| {
                wanted(&project.project, &project.records[record].artifact)
            })
            .collect();
        let assessments = self.assessments(&copies, observer);
        let names: Vec<_> = copies
            .iter()
            .zip(&assessments)
            .map(|(&(project, record), assessment)| {
                original_of(&project.records[record], assessment)
            })
            .collect();
        // Few are different: `collect` would sort all of them first.
        let mut different = BTreeSet::new();
        different.extend(names.iter().copied().flatten());
        let originals = self.originals(different);
        let originals: BTreeMap<Name<'_>, _> = originals
            .iter()
            .map(|(id, original)| ((id.collection.as_str(), &id.artifact), original))
            .collect();

        let mut aggregate = Aggregate::new(inventory.problems().cloned().collect());
        for (((project, record), assessment), name) in
            copies.into_iter().zip(assessments).zip(names)
        {
            let record = &project.records[record];
            let original = name.and_then(|name| originals.get(&name).copied());
            let content = original.and_then(Original::content);
            let state = explain(assessment, &record.baseline, content);
            let doubts = original.map(Original::problems).unwrap_or_default();
            let copy = CopyReport::new(record, state).with_doubts(doubts);
            aggregate.add(&record.artifact, &project.project, copy);
        }
        let (artifacts, problems) = aggregate.finish();
        Overview { projects: inventory.projects.clone(), artifacts, problems }
    }

    /// Returns what became of each copy, in their order.
    fn assessments(&self, copies: &[Copy<'_>], observer: &dyn ScanObserver) -> Vec<Assessment> {
        observer.begin(ScanPhase::Hashing, copies.len());
        let known = copies.iter().map(|(project, record)| {
            let known = self.states.known_state(project, *record);
            if known.is_some() {
                observer.advance();
            }
            known
        });
        let known: Vec<_> = known.collect();
        let unknown = copies.iter().zip(&known).filter(|(_, known)| known.is_none());
        let unknown: Vec<_> = unknown.map(|(copy, _)| *copy).collect();
        let batches: Vec<_> =
            unknown.chunk_by(in_one_profile_root).flat_map(|of_one| of_one.chunks(BATCH)).collect();
        let looked = map(&*self.workers, &batches, |batch| {
            let records: Vec<_> = batch.iter().map(|(_, record)| *record).collect();
            let assessments = self.states.states(batch[0].0, &records);
            batch.iter().for_each(|_| observer.advance());
            assessments
        });
        let mut looked = looked.into_iter().flatten();
        known.into_iter().map_while(|known| known.or_else(|| looked.next())).collect()
    }

    /// Asks for all originals at once, if there is any to ask for.
    fn originals(&self, names: BTreeSet<Name<'_>>) -> BTreeMap<OriginalId, Original> {
        let wanted: BTreeSet<_> = names
            .into_iter()
            .map(|(collection, artifact)| OriginalId {
                collection: collection.to_owned(),
                artifact: artifact.clone(),
            })
            .collect();
        if wanted.is_empty() { BTreeMap::new() } else { self.originals.originals(&wanted) }
    }

    /// Returns the statistics of one artifact, looking at its copies only; zeros when it is deployed
    /// nowhere.
    pub fn statistics(
        &self,
        inventory: &Inventory,
        artifact: &ArtifactId,
        observer: &dyn ScanObserver,
    ) -> DeploymentStatistics {
        let mut overview =
            self.overview(inventory, &|_, candidate| candidate == artifact, observer);
        match overview.artifacts.remove(artifact) {
            Some(statistics) => statistics,
            None => overview.statistics(artifact),
        }
    }
}

/// How many copies in one profile root are looked at together. Few enough that the last ones do not keep one
/// thread busy alone.
const BATCH: usize = 16;

/// A copy by the records of its project and the place of its own among them.
type Copy<'a> = (&'a Arc<ProjectRecords>, usize);

fn in_one_profile_root(one: &Copy<'_>, other: &Copy<'_>) -> bool {
    let (records, others) = (&one.0.records, &other.0.records);
    Arc::ptr_eq(one.0, other.0) && records[one.1].profile_root == others[other.1].profile_root
}

/// The name of an original: its collection and the artifact.
type Name<'a> = (&'a str, &'a ArtifactId);

/// Returns what a copy is judged by besides its baseline: nothing when it has no content, or its record
/// names no collection.
fn original_of<'a>(record: &'a DeploymentRecord, assessment: &Assessment) -> Option<Name<'a>> {
    match assessment {
        Assessment::AsDeployed | Assessment::Differs(_) => {
            Some((record.from_collection.as_deref()?, &record.artifact))
        }
        Assessment::Missing | Assessment::Unreadable(_) => None,
    }
}

#[cfg(test)]
mod tests;
