//! Errors of writing in the words of SkillMeat's clients.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use skillstat_domain::{DeployError, DestinationError};

use crate::problem::Refusal;

/// What an error is told with.
#[derive(Debug)]
pub(super) struct Failure<'a> {
    /// The artifact's name as it was asked for.
    pub(super) name: &'a str,
    /// What failed, as the first word of a sentence.
    pub(super) what: &'static str,
}

impl Failure<'_> {
    /// Says what went wrong. Where SkillMeat has no words for it, what to do is said too.
    pub(super) fn refusal(&self, error: &DeployError) -> Refusal {
        let Self { name, what } = self;
        let mend = || format!("{error}; to mend it: {}", error.fix());
        match error {
            DeployError::ArtifactNotFound { .. } => {
                Refusal::not_found(format!("Artifact '{name}' not found in collection"))
            }
            DeployError::CollectionNotFound { collection, directory } => {
                Refusal::not_found(format!("Collection '{collection}' not found at {directory}"))
            }
            DeployError::Destination(
                DestinationError::Traversal
                | DestinationError::Absolute
                | DestinationError::InvalidCharacter,
            ) => Refusal::bad_request(error.to_string()),
            DeployError::Destination(
                DestinationError::NotDeployable { .. }
                | DestinationError::UnusableName { .. }
                | DestinationError::OutsideProfileRoot { .. },
            )
            | DeployError::ProjectMissing { .. }
            | DeployError::OutsideRoots { .. }
            | DeployError::NeverFound { .. } => Refusal::bad_request(mend()),
            DeployError::ProfileRootLeaves { path } => {
                Refusal::bad_request(format!("Profile root escapes allowed root: {path}"))
            }
            DeployError::AlreadyDeployed { .. } => conflict(format!(
                "Artifact '{name}' already deployed. Set overwrite=true to replace."
            )),
            DeployError::NeedsForce { .. } => {
                conflict(format!("{error}. Set overwrite=true to replace."))
            }
            DeployError::NotDeployed { .. } => {
                Refusal::not_found(format!("Artifact '{name}' is not deployed to this project"))
            }
            DeployError::BackupNotFound { .. } => Refusal::not_found(mend()),
            DeployError::InTheWay { .. }
            | DeployError::Tracker { .. }
            | DeployError::Source { .. }
            | DeployError::Changed { .. }
            | DeployError::RecordErased { .. }
            | DeployError::Unconfirmed { .. }
            | DeployError::Interrupted { .. } => conflict(mend()),
            DeployError::Busy { .. } => {
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, mend()).with_header(RETRY_AFTER, "1")
            }
            DeployError::Failed { .. } => {
                tracing::error!(%error, artifact = name, "a write failed");
                Refusal::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    format!("{what} failed: {}", mend()),
                )
            }
        }
    }
}

fn conflict(detail: String) -> Refusal {
    Refusal::new(StatusCode::CONFLICT, detail)
}
