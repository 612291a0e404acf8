//! Answers that hold every change that happened before the question.

use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{
    Answer, ArtifactId, Collection, DeploymentStatistics, Overview, QueryError, Scanned,
    StatisticsQuery, Watcher,
};
use tokio::sync::oneshot;

use crate::BlockingPool;

/// A query that first lets the watcher tell what has happened.
#[derive(Debug)]
pub struct SettledStatistics {
    inner: Arc<dyn StatisticsQuery>,
    watcher: Arc<dyn Watcher>,
    pool: Arc<dyn BlockingPool>,
}

impl SettledStatistics {
    /// Puts a watcher before a query; `inner` is what the watcher tells its changes to.
    pub fn new(
        inner: Arc<dyn StatisticsQuery>,
        watcher: Arc<dyn Watcher>,
        pool: Arc<dyn BlockingPool>,
    ) -> Self {
        Self { inner, watcher, pool }
    }

    async fn settle(&self) {
        if self.watcher.is_settled() {
            return;
        }
        let (done, settled) = oneshot::channel();
        let watcher = Arc::clone(&self.watcher);
        self.pool.run(Box::new(move || {
            watcher.settle();
            // Whoever asked may have gone.
            let _gone = done.send(());
        }));
        // A watcher that panics leaves what the cache holds, and what is wrong in its coverage.
        let _panicked = settled.await;
    }
}

#[async_trait]
impl StatisticsQuery for SettledStatistics {
    async fn statistics(
        &self,
        artifact: &ArtifactId,
    ) -> Result<Answer<DeploymentStatistics>, QueryError> {
        self.settle().await;
        self.inner.statistics(artifact).await
    }

    async fn overview(&self) -> Result<Answer<Overview>, QueryError> {
        self.settle().await;
        self.inner.overview().await
    }

    async fn collections(&self) -> Result<Answer<Scanned<Vec<Collection>>>, QueryError> {
        self.settle().await;
        self.inner.collections().await
    }
}
