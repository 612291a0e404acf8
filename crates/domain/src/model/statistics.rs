//! The answer: where each artifact is deployed, and which copies differ.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::{
    ArtifactId, Baseline, ContentHash, CopyState, DeployedAt, DeploymentRecord, Problem,
    ProfileRoot, ProjectPath, RecordedPath, StateName,
};

/// The deployments of one artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeploymentStatistics {
    /// One entry per project, sorted by path.
    pub projects: Vec<ProjectDeployment>,
    /// The problems of this artifact, sorted.
    pub problems: Vec<Problem>,
}

impl DeploymentStatistics {
    /// Counts the projects that hold a copy, missing and unreadable ones included.
    pub fn total(&self) -> usize {
        self.projects.len()
    }

    /// Counts the projects in which a copy is modified.
    pub fn modified(&self) -> usize {
        self.projects.iter().filter(|project| project.is_modified()).count()
    }

    /// Returns the state of every copy, in the order of the projects.
    pub fn states(&self) -> impl Iterator<Item = StateName> {
        self.projects.iter().flat_map(ProjectDeployment::copies).map(|copy| copy.state.name())
    }

    /// Returns the worst state of any copy, or nothing when there is no copy.
    pub fn worst(&self) -> Option<StateName> {
        self.states().max()
    }
}

/// One artifact in one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectDeployment {
    project: ProjectPath,
    first: CopyReport,
    others: Vec<CopyReport>,
}

impl ProjectDeployment {
    /// Joins the copies of one artifact in one project and puts them in order; nothing when there
    /// is no copy.
    pub fn new(project: ProjectPath, copies: Vec<CopyReport>) -> Option<Self> {
        let mut copies = copies.into_iter();
        Some(Self::of(project, copies.next()?, copies.collect()))
    }

    /// The same; one copy takes no room for more.
    pub(crate) fn of(project: ProjectPath, first: CopyReport, others: Vec<CopyReport>) -> Self {
        let mut joined = Self { project, first, others };
        if !joined.others.is_empty() {
            joined.others.insert(0, joined.first);
            joined.others.sort_by(|a, b| a.profile_root.cmp(&b.profile_root));
            joined.first = joined.others.remove(0);
            joined.others.shrink_to_fit();
        }
        joined
    }

    /// Returns the project.
    pub fn project(&self) -> &ProjectPath {
        &self.project
    }

    /// Returns the copies: `.claude` first, then profile roots by name.
    pub fn copies(&self) -> impl Iterator<Item = &CopyReport> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Tells whether any copy is modified, conflicts included.
    pub fn is_modified(&self) -> bool {
        self.copies().any(|copy| copy.state.name().is_modified())
    }

    /// Returns the date of the first copy.
    pub fn deployed_at(&self) -> &DeployedAt {
        &self.first.deployed_at
    }

    /// Returns the worst state of its copies.
    pub fn state(&self) -> StateName {
        self.others.iter().map(|copy| copy.state.name()).fold(self.first.state.name(), Ord::max)
    }
}

/// One copy and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyReport {
    /// The profile root it lies in.
    pub profile_root: ProfileRoot,
    /// Its path as recorded.
    pub path: RecordedPath,
    /// When it was deployed.
    pub deployed_at: DeployedAt,
    /// What was deployed.
    pub baseline: Baseline,
    /// The collection it was deployed from, where the record names one.
    pub from_collection: Option<Arc<str>>,
    /// The deployment profile it was deployed for, where the record names one.
    pub profile_id: Option<Arc<str>>,
    /// The line of its record, by which the copies of one tracker are in the tracker's order.
    pub line: u32,
    /// What became of it.
    pub state: CopyState,
    /// What kept the collection's word on it from being known, so that it was judged by its baseline
    /// alone.
    pub doubts: Box<[Problem]>,
}

impl CopyReport {
    /// Joins a record and the state of its copy.
    pub fn new(record: &DeploymentRecord, state: CopyState) -> Self {
        Self {
            profile_root: record.profile_root.clone(),
            path: record.path.clone(),
            deployed_at: record.deployed_at.clone(),
            baseline: record.baseline.clone(),
            from_collection: record.from_collection.clone(),
            profile_id: record.profile_id.clone(),
            line: record.line,
            state,
            doubts: Box::default(),
        }
    }

    /// Adds what kept the collection's word on it from being known.
    #[must_use]
    pub fn with_doubts(self, doubts: &[Problem]) -> Self {
        Self { doubts: doubts.into(), ..self }
    }

    /// Returns the hash of the content as it is, or nothing when it is missing or unreadable.
    pub fn current(&self) -> Option<ContentHash> {
        match &self.state {
            CopyState::Synced | CopyState::Outdated => self.baseline.hash(),
            CopyState::Modified { current, .. } | CopyState::Conflict { current, .. } => {
                Some(*current)
            }
            CopyState::Missing | CopyState::Unreadable(_) => None,
        }
    }

    /// Returns why the copy is unreadable, if it is.
    pub fn reason(&self) -> Option<&str> {
        match &self.state {
            CopyState::Unreadable(problem) => Some(&problem.reason),
            CopyState::Synced
            | CopyState::Outdated
            | CopyState::Modified { .. }
            | CopyState::Conflict { .. }
            | CopyState::Missing => None,
        }
    }
}

/// Every artifact with a record, over all projects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overview {
    /// The projects found, sorted by path; some may hold no record.
    pub projects: Vec<ProjectPath>,
    /// The statistics of each artifact.
    pub artifacts: BTreeMap<ArtifactId, DeploymentStatistics>,
    /// All problems, sorted, each once.
    pub problems: Vec<Problem>,
}

impl Overview {
    /// Returns the statistics of one artifact; those of an artifact that is deployed nowhere hold its
    /// problems only.
    pub fn statistics(&self, artifact: &ArtifactId) -> DeploymentStatistics {
        self.artifacts.get(artifact).cloned().unwrap_or_else(|| {
            let problems = self.problems.iter();
            let problems = problems.filter(|problem| problem.artifact.as_ref() == Some(artifact));
            DeploymentStatistics { projects: Vec::new(), problems: problems.cloned().collect() }
        })
    }

    /// Returns the state of every copy, in the order of the artifacts.
    pub fn states(&self) -> impl Iterator<Item = StateName> {
        self.artifacts.values().flat_map(DeploymentStatistics::states)
    }

    /// Counts the copies of each project, in the order of [`projects`](Self::projects).
    pub fn project_totals(&self) -> Vec<ProjectTotals> {
        let mut totals: BTreeMap<&ProjectPath, ProjectTotals> = self
            .projects
            .iter()
            .map(|project| (project, ProjectTotals::new(project.clone())))
            .collect();
        for deployment in self.artifacts.values().flat_map(|artifact| &artifact.projects) {
            if let Some(total) = totals.get_mut(deployment.project()) {
                total.count(deployment);
            }
        }
        totals.into_values().collect()
    }
}

/// How many copies a project holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectTotals {
    /// Which project.
    pub project: ProjectPath,
    /// Copies on record.
    pub deployments: usize,
    /// Copies that are modified, conflicts included.
    pub modified: usize,
    /// The worst state of a copy, or nothing when there is none.
    pub worst: Option<StateName>,
}

impl ProjectTotals {
    fn new(project: ProjectPath) -> Self {
        Self { project, deployments: 0, modified: 0, worst: None }
    }

    fn count(&mut self, deployment: &ProjectDeployment) {
        for copy in deployment.copies() {
            let state = copy.state.name();
            self.deployments += 1;
            self.modified += usize::from(state.is_modified());
            self.worst = self.worst.max(Some(state));
        }
    }
}

#[cfg(test)]
mod tests;
