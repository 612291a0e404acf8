//! News for whoever listens.

use crate::{ArtifactId, ProjectPath, StateName};

/// One piece of news, and its place in the order of all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Greater than that of every notice before.
    pub id: u64,
    /// The news.
    pub news: News,
}

/// What is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The statistics of an artifact were made anew.
    Artifact {
        /// The artifact.
        artifact: ArtifactId,
        /// In how many projects it is.
        total: usize,
        /// In how many of them a copy is modified.
        modified: usize,
        /// The worst state of a copy; nothing when there is none.
        worst: Option<StateName>,
    },
    /// The trackers or copies of a project have changed.
    Project {
        /// The project.
        project: ProjectPath,
        /// Whether it is a project now.
        there: bool,
    },
    /// The collections have changed.
    Collections,
    /// Anything may be different: more than is told one by one, or this listener was too slow to be told.
    Resync,
}
