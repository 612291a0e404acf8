//! Finding projects.

use std::fmt::Debug;

use crate::{ProjectPath, Scanned};

/// Finds the projects below the search roots.
///
/// A project is a directory with at least one tracker in a profile root, at most the configured
/// number of directories below a search root (the root itself is 0).
///
/// An implementation MUST return each project once, sorted by the bytes of its path, links resolved
/// for search roots only. It MUST go on past what it cannot read and report it as a problem: an
/// empty list without problems means that there is no project. It MUST find a project whose tracker
/// cannot be read. It may block; it costs a walk of the search roots.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait ProjectDiscovery: Debug + Send + Sync {
    /// Returns the projects that exist now.
    fn discover(&self) -> Scanned<Vec<ProjectPath>>;

    /// Tells whether [`discover`](Self::discover) would return this directory now, without walking
    /// what lies below it; the problems are those that looking at it alone shows.
    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool>;
}

const _: fn(&dyn ProjectDiscovery) = |_| {};
