//! Comparing a copy with its original, as frontends await it.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{ArtifactDiff, DiffRequest, Problem};

/// Compares copies with what they were deployed from.
///
/// An implementation MUST look at the disk after the question came, MUST answer for projects that
/// discovery finds and for no other directory, MUST NOT block the thread that polls it, and MUST bound
/// what it holds at once, whoever asks.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
#[async_trait]
pub trait DiffQuery: Debug + Send + Sync {
    /// Compares one copy.
    ///
    /// # Errors
    ///
    /// As [`DiffError`] says.
    async fn diff(&self, wanted: &DiffRequest) -> Result<ArtifactDiff, DiffError>;
}

const _: fn(&dyn DiffQuery) = |_| {};

/// Why a copy could not be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiffError {
    /// Discovery finds no such project.
    #[error("there is no such project")]
    NoProject,
    /// No record in the project is of the artifact.
    #[error("it is not deployed in this project")]
    NotDeployed,
    /// No collection at hand holds the artifact.
    #[error("no collection holds it, so there is nothing to compare with")]
    NoOriginal,
    /// The artifact is on record and in a manifest, and nothing is at either place.
    #[error("there is nothing at its place, neither in the collection nor in the project")]
    Nothing,
    /// One of the two could not be read truthfully.
    #[error("`{}` {}", .0.path, .0.reason)]
    Unreadable(Box<Problem>),
    /// As many are compared as may be at once.
    #[error("too much is compared at once")]
    Busy,
    /// The comparison panicked.
    #[error("the comparison failed: {reason}")]
    Failed {
        /// What it said.
        reason: String,
    },
}
