//! Which projects name an artifact.

use std::collections::{BTreeSet, HashMap};

use skillstat_domain::{ArtifactId, ProjectPath, ProjectRecords, named};

/// The projects of each artifact, so that one artifact's statistics cost its own projects and not all
/// of them. Problems count: they are part of an artifact's statistics.
#[derive(Debug, Default)]
pub(super) struct Index(HashMap<ArtifactId, BTreeSet<ProjectPath>>);

impl Index {
    /// Returns the projects that name an artifact, sorted.
    pub(super) fn projects(&self, artifact: &ArtifactId) -> impl Iterator<Item = &ProjectPath> {
        self.0.get(artifact).into_iter().flatten()
    }

    /// Adds what the trackers of a project say.
    pub(super) fn add(&mut self, records: &ProjectRecords) {
        for artifact in named(records) {
            if let Some(projects) = self.0.get_mut(artifact) {
                projects.insert(records.project.clone());
            } else {
                self.0.insert(artifact.clone(), BTreeSet::from([records.project.clone()]));
            }
        }
    }

    /// Takes out what they said when it was added.
    pub(super) fn remove(&mut self, records: &ProjectRecords) {
        for artifact in named(records) {
            if let Some(projects) = self.0.get_mut(artifact) {
                projects.remove(&records.project);
                if projects.is_empty() {
                    self.0.remove(artifact);
                }
            }
        }
    }
}
