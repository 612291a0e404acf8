//! What frontends await.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{ArtifactId, Cached, Collection, DeploymentStatistics, Overview, Scanned};

/// Answers questions about deployments; asynchronous, as is whatever frontends await.
///
/// An implementation MUST answer as the use case would over what it may call current, MUST NOT block
/// the thread that polls it, and MUST go on answering after a computation has failed or panicked.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
#[async_trait]
pub trait StatisticsQuery: Debug + Send + Sync {
    /// Returns the statistics of one artifact; zeros when it is deployed nowhere.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] when the computation panicked, and the next question computes anew; when too
    ///   much is being computed; or when who would answer is elsewhere and cannot be asked.
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError>;

    /// Returns the statistics of every artifact with a record.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn overview(&self) -> Result<Answer<Overview>, QueryError>;

    /// Returns the collections.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError>;

    /// Returns the collections and the statistics of one artifact: two answers for the price of one,
    /// where it costs something to know that they are current.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn artifact(&self, artifact: &ArtifactId) -> Result<ArtifactAnswers, QueryError> {
        Ok((self.collections().await?, self.statistics(artifact).await?))
    }
}

/// The collections, and the statistics of an artifact.
pub type ArtifactAnswers = (Answer<Scanned<Vec<Collection>>>, Answer<DeploymentStatistics>);

const _: fn(&dyn StatisticsQuery) = |_| {};

/// An answer and how it was come by.
#[derive(Debug)]
pub struct Answer<T> {
    /// The answer and its age.
    pub cached: Cached<T>,
    /// How it was come by.
    pub source: AnswerSource,
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self { cached: self.cached.clone(), source: self.source }
    }
}

/// How an answer was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerSource {
    /// It was there.
    Hit,
    /// It was computed for this question.
    Miss,
    /// It was computed for another question that came first.
    Joined,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The computation panicked.
    #[error("the computation failed: {reason}")]
    Failed {
        /// What it said.
        reason: String,
    },
    /// Too much is being computed already; later there may be an answer.
    #[error("too many answers are being computed")]
    Busy,
    /// Who would answer is elsewhere, and gives no answer that is good enough.
    #[error("{reason}")]
    Unavailable {
        /// Who, and why not.
        reason: String,
    },
}
