//! Hearing of writes while they go on.

use std::fmt::Debug;

use crate::ProjectPath;

/// Hears what is written. `()` is the observer that does not care.
///
/// An implementation MUST NOT panic. It may block for as long as it takes to make answers about the
/// project good again.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait DeployObserver: Debug + Send + Sync {
    /// So many tasks are carried out now.
    fn begin(&self, tasks: usize);

    /// Trackers or copies of a project may be different from now on. Told after every attempt to write,
    /// also after one that failed half-way.
    fn changed(&self, project: &ProjectPath);

    /// One task is carried out, or has failed.
    fn advance(&self);
}

const _: fn(&dyn DeployObserver) = |_| {};

impl DeployObserver for () {
    fn begin(&self, _tasks: usize) {}

    fn changed(&self, _project: &ProjectPath) {}

    fn advance(&self) {}
}
