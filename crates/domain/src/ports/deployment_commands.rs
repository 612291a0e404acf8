//! What frontends await when they write.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{
    Backup, DeployObserver, DeployOrder, ItemReport, Problem, QueryError, RestoreOrder,
    RestoreReport, Scanned, UndeployOrder,
};

/// Deploys, undeploys and restores; asynchronous like [`StatisticsQuery`](crate::StatisticsQuery).
///
/// An implementation MUST report on every artifact, project and profile root that an order concerns,
/// in the order of the order's artifacts, then projects, then profile roots. One that fails MUST NOT
/// keep another from being done. When it has answered, whatever asks for statistics afterwards MUST
/// get them as they are after the write, also when that failed half-way. It MUST carry an order out to
/// its end even when nobody waits for the answer any more, and MUST NOT block the thread that polls it.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
#[async_trait]
pub trait DeploymentCommands: Debug + Send + Sync {
    /// Deploys artifacts.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] when it panicked, or when too much is being done; it is not known then what is
    ///   done. Everything else that can go wrong is an [`Outcome`](crate::Outcome).
    async fn deploy(
        &self,
        order: DeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError>;

    /// Undeploys artifacts.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn undeploy(
        &self,
        order: UndeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError>;

    /// Brings backups back, in their order.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn restore(
        &self,
        order: RestoreOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<RestoreReport>, QueryError>;

    /// Returns what can be brought back, the latest first.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn backups(&self) -> Result<Scanned<Vec<Backup>>, QueryError>;

    /// Returns a problem for each copy whose record another program has taken away.
    ///
    /// # Errors
    ///
    /// - [`QueryError`] as above.
    async fn vanished_records(&self) -> Result<Vec<Problem>, QueryError>;
}

const _: fn(&dyn DeploymentCommands) = |_| {};
