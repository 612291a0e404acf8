//! From copies to answers: pure, and the same for any order of its input.

use std::collections::BTreeMap;

use crate::{
    ArtifactId, CopyReport, CopyState, DeploymentStatistics, Problem, ProjectDeployment,
    ProjectPath,
};

/// Gathers copies into the statistics of each artifact.
#[derive(Debug, Default)]
pub(crate) struct Aggregate {
    copies: BTreeMap<ArtifactId, Vec<(ProjectPath, CopyReport)>>,
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
        let copies = match self.copies.get_mut(artifact) {
            Some(copies) => copies,
            None => self.copies.entry(artifact.clone()).or_default(),
        };
        copies.push((project.clone(), copy));
    }

    /// Returns the statistics of each artifact, and all problems, sorted and each once.
    pub(crate) fn finish(mut self) -> (BTreeMap<ArtifactId, DeploymentStatistics>, Vec<Problem>) {
        self.problems.sort();
        self.problems.dedup();
        let mut artifacts: BTreeMap<ArtifactId, DeploymentStatistics> = self
            .copies
            .into_iter()
            .map(|(artifact, copies)| {
                let projects = by_project(copies);
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

/// Joins the copies of one artifact in each project. They come in order, as a rule.
fn by_project(mut copies: Vec<(ProjectPath, CopyReport)>) -> Vec<ProjectDeployment> {
    copies.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut projects = Vec::with_capacity(copies.len());
    let mut copies = copies.into_iter().peekable();
    while let Some((project, first)) = copies.next() {
        let mut others = Vec::new();
        while let Some((_, copy)) = copies.next_if(|(next, _)| *next == project) {
            others.push(copy);
        }
        projects.push(ProjectDeployment::of(project, first, others));
    }
    // Statistics are made once and kept for long.
    projects.shrink_to_fit();
    projects
}
