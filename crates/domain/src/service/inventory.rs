//! What there is, before any copy is looked at.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8Path;

use crate::{ArtifactId, Problem, ProjectPath, ProjectRecords};

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
    /// Keeps the projects that are `wanted`, and only those problems that lie below them.
    pub fn retain(&mut self, wanted: impl Fn(&ProjectPath) -> bool) {
        self.projects.retain(&wanted);
        self.records.retain(|records| wanted(&records.project));
        self.skipped.retain(|problem| {
            self.projects
                .iter()
                .any(|project| Utf8Path::new(&problem.path).starts_with(project.as_path()))
        });
    }

    /// Returns what discovery skipped and what the trackers do not say rightly.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.skipped.iter().chain(self.records.iter().flat_map(|project| &project.problems))
    }

    /// Returns every artifact with a record, sorted.
    pub fn artifacts(&self) -> BTreeSet<&ArtifactId> {
        self.records
            .iter()
            .flat_map(|project| &project.records)
            .map(|record| &record.artifact)
            .collect()
    }
}
