//! Reading trackers.

use std::fmt::Debug;

use crate::{DeploymentRecord, ProjectPath, Scanned};

/// Reads the trackers of a project.
///
/// An implementation MUST convert every record on its own: a bad one is a problem with its line
/// and, where the record says so much, its artifact; its neighbours are still returned. It MUST return the records of `.claude` first, then those
/// of the other profile roots by name, in a tracker by line, duplicates included. It MUST treat a
/// project without trackers, or one that is gone, as one without records. It may block.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait DeploymentReader: Debug + Send + Sync {
    /// Returns the records of all trackers of `project`.
    fn read(&self, project: &ProjectPath) -> Scanned<Vec<DeploymentRecord>>;
}

const _: fn(&dyn DeploymentReader) = |_| {};
