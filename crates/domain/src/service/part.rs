//! What is known of everything, cut down to what is asked about.

use camino::Utf8Path;

use super::aggregate::Aggregate;
use crate::{ArtifactId, Overview, Problem, ProblemKind, ProfileRoot, ProjectPath};

impl Overview {
    /// Returns what there is of one project, or of all, and of those artifacts that are `wanted`: what
    /// [`StatisticsService::overview`](crate::StatisticsService::overview) finds when it looks at no
    /// more.
    #[must_use]
    pub fn part(
        &self,
        project: Option<&ProjectPath>,
        wanted: &dyn Fn(&ArtifactId) -> bool,
    ) -> Self {
        let is_in = |candidate: &ProjectPath| project.is_none_or(|project| project == candidate);
        let problems = self.problems_of_no_copy();
        let problems =
            problems.filter(|problem| project.is_none_or(|project| concerns(problem, project)));
        // Those of the copies come with these.
        let mut aggregate = Aggregate::new(problems.cloned().collect());
        for (artifact, statistics) in self.artifacts.iter().filter(|(artifact, _)| wanted(artifact))
        {
            for deployment in statistics.projects.iter().filter(|one| is_in(one.project())) {
                for copy in deployment.copies() {
                    aggregate.add(artifact, deployment.project(), copy.clone());
                }
            }
        }
        let (artifacts, problems) = aggregate.finish();
        let projects = self.projects.iter().filter(|project| is_in(project)).cloned();
        Self { projects: projects.collect(), artifacts, problems }
    }

    /// Returns the problems that were met before any copy was looked at, sorted.
    pub fn problems_of_no_copy(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| !is_of_a_copy(problem.kind))
    }
}

/// Tells whether problems of this kind come with a copy: it could not be verified, or the collection's
/// word on it is in doubt.
const fn is_of_a_copy(kind: ProblemKind) -> bool {
    match kind {
        ProblemKind::UnreadableCopy
        | ProblemKind::MalformedManifest
        | ProblemKind::UnreadableCollection
        | ProblemKind::UntrueIndex => true,
        ProblemKind::MissingRoot
        | ProblemKind::UnreadableDirectory
        | ProblemKind::NonUtf8Path
        | ProblemKind::UnreadableTracker
        | ProblemKind::MalformedTracker
        | ProblemKind::MalformedRecord
        | ProblemKind::DuplicateRecord
        | ProblemKind::NotWatched
        | ProblemKind::Interrupted
        | ProblemKind::VanishedRecord
        | ProblemKind::NotTold => false,
    }
}

/// Tells whether a problem that was met before any copy was looked at is one of this project: it is in
/// a profile root of the project, or it hides what lies below the project.
pub(super) fn concerns(problem: &Problem, project: &ProjectPath) -> bool {
    let path = Utf8Path::new(&problem.path);
    match problem.kind {
        // The tracker lies in a profile root, and that in its project.
        ProblemKind::UnreadableTracker
        | ProblemKind::MalformedTracker
        | ProblemKind::MalformedRecord
        | ProblemKind::DuplicateRecord => {
            path.parent().and_then(Utf8Path::parent) == Some(project.as_path())
        }
        // A write is one of a profile root, and may have come to a halt anywhere in it; what lies in another
        // directory of the project is another project's.
        ProblemKind::Interrupted => {
            let below = path.strip_prefix(project.as_path()).ok();
            let first = below.and_then(|below| below.components().next());
            first.is_some_and(|first| ProfileRoot::new(first.as_str()).is_ok())
        }
        ProblemKind::MissingRoot
        | ProblemKind::UnreadableDirectory
        | ProblemKind::NonUtf8Path
        | ProblemKind::UnreadableCopy
        | ProblemKind::MalformedManifest
        | ProblemKind::UnreadableCollection
        | ProblemKind::NotWatched
        | ProblemKind::VanishedRecord
        | ProblemKind::UntrueIndex
        | ProblemKind::NotTold => path.starts_with(project.as_path()),
    }
}

#[cfg(test)]
mod tests;
