//! From copies to answers: pure, and the same for any order of its input.

use std::collections::BTreeMap;

use crate::{
    ArtifactId, CopyReport, CopyState, DeploymentStatistics, Problem, ProjectDeployment,
    ProjectPath,
};

/// Gathers copies into the statistics of each artifact.
#[derive(Debug, Default)]
pub(crate) struct Aggregate {
    copies: BTreeMap<ArtifactId, BTreeMap<ProjectPath, Vec<CopyReport>>>,
    problems: Vec<Problem>,
    /// Problems that concern an artifact besides those that name it.
    doubts: BTreeMap<ArtifactId, Vec<Problem>>,
}

impl Aggregate {
    /// Starts with what was skipped before any copy was looked at.
    pub(crate) fn new(problems: Vec<Problem>) -> Self {
        Self { copies: BTreeMap::new(), problems, doubts: BTreeMap::new() }
    }

    /// Adds one copy; an unreadable one is a problem too, and so is what is in doubt about it.
    pub(crate) fn add(&mut self, artifact: &ArtifactId, project: &ProjectPath, copy: CopyReport) {
        if let CopyState::Unreadable(problem) = &copy.state {
            self.problems.push((**problem).clone());
        }
        if !copy.doubts.is_empty() {
            self.problems.extend_from_slice(&copy.doubts);
            self.doubts.entry(artifact.clone()).or_default().extend_from_slice(&copy.doubts);
        }
        let projects = self.copies.entry(artifact.clone()).or_default();
        projects.entry(project.clone()).or_default().push(copy);
    }

    /// Returns the statistics of each artifact, and all problems, sorted and each once.
    pub(crate) fn finish(mut self) -> (BTreeMap<ArtifactId, DeploymentStatistics>, Vec<Problem>) {
        self.problems.sort();
        self.problems.dedup();
        let mut artifacts: BTreeMap<ArtifactId, DeploymentStatistics> = self
            .copies
            .into_iter()
            .map(|(artifact, projects)| {
                let mut projects: Vec<_> = projects
                    .into_iter()
                    .filter_map(|(project, copies)| ProjectDeployment::new(project, copies))
                    .collect();
                // Statistics are made once and kept for long.
                projects.shrink_to_fit();
                (artifact, DeploymentStatistics { projects, problems: Vec::new() })
            })
            .collect();
        for problem in &self.problems {
            if let Some(statistics) =
                problem.artifact.as_ref().and_then(|artifact| artifacts.get_mut(artifact))
            {
                statistics.problems.push(problem.clone());
            }
        }
        for (artifact, doubts) in self.doubts {
            if let Some(statistics) = artifacts.get_mut(&artifact) {
                statistics.problems.extend(doubts);
                statistics.problems.sort();
                statistics.problems.dedup();
            }
        }
        (artifacts, self.problems)
    }
}
