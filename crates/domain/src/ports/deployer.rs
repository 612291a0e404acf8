//! Writing copies and records.

mod error;

use std::fmt::Debug;

pub use error::{DeployError, NeedsForce, NeverFound};

use crate::{
    Backup, DeployObserver, Done, Plan, Problem, ProjectPath, RecordedArtifacts, Scanned, Task,
};

/// Writes copies and their records, one task in one profile root at a time.
///
/// An implementation MUST NOT read, write or delete anything outside the profile root, the artifact's
/// source and its own state, whatever trackers, manifests and tasks say, and MUST refuse projects
/// that do not lie below a search root. It MUST leave copy and record either both as they were or
/// both as asked for: when it fails, when it is killed, and when others write at the same time. It
/// MUST keep what it takes away as a [`Backup`], as far as its limits go, and MUST NOT replace or take
/// away content that has changed since it was kept. It MUST leave alone whatever it does not know in
/// a tracker. It may block.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait Deployer: Debug + Send + Sync {
    /// Returns what is on record in a project, by profile root, `.claude` first. A profile root that leads
    /// out of the project is there, not complete and without artifacts.
    ///
    /// # Errors
    ///
    /// - [`DeployError::ProjectMissing`] and [`DeployError::OutsideRoots`].
    /// - [`DeployError::Failed`] when the system refuses.
    fn recorded(&self, project: &ProjectPath) -> Result<Vec<RecordedArtifacts>, DeployError>;

    /// Returns what a task would do now, and does nothing.
    ///
    /// # Errors
    ///
    /// - [`DeployError`] when the task would fail, as far as can be told without writing.
    fn plan(&self, task: &Task) -> Result<Plan, DeployError>;

    /// Carries tasks out one after the other, then waits until it has seen that every record has
    /// stayed; the results are in the order of the tasks. A task that needs nothing done is done with
    /// [`Action::UpToDate`](crate::Action::UpToDate).
    ///
    /// # Errors
    ///
    /// - [`DeployError`] for each task that failed; copy and record are then as they were before.
    fn carry_out(
        &self,
        tasks: &[Task],
        observer: &dyn DeployObserver,
    ) -> Vec<Result<Done, DeployError>>;

    /// Returns what is kept, the latest first.
    fn backups(&self) -> Scanned<Vec<Backup>>;

    /// Returns a problem for each copy that was deployed from here and is still there, but whose record
    /// another program has since taken away; each with the command that mends it.
    fn vanished_records(&self) -> Vec<Problem>;
}

const _: fn(&dyn Deployer) = |_| {};
