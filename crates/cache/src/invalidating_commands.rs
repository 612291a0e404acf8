//! Writing, and forgetting what the writing has made bad.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{
    Backup, Change, ChangeSink, DeployObserver, DeployOrder, DeploymentCommands, DeploymentService,
    ItemReport, Problem, ProjectPath, QueryError, RestoreOrder, RestoreReport, Scanned,
    UndeployOrder,
};
use tokio::sync::oneshot;

use crate::cached_statistics::said;
use crate::places::Places;
use crate::{BlockingPool, CachedStatistics};

/// How many orders there may be at once; each takes a thread that blocks.
const MOST: usize = 16;

/// Carries orders out away from the threads that poll, and tells the cache of every project that may have
/// changed as soon as it may have: whoever asks after an order is answered gets the new statistics.
#[derive(Debug)]
pub struct InvalidatingCommands {
    service: Arc<DeploymentService>,
    cache: Option<Arc<CachedStatistics>>,
    pool: Arc<dyn BlockingPool>,
    places: Places,
}

impl InvalidatingCommands {
    /// Puts a cache, if there is one, beside a use case.
    pub fn new(
        service: DeploymentService,
        cache: Option<Arc<CachedStatistics>>,
        pool: Arc<dyn BlockingPool>,
    ) -> Self {
        Self { service: Arc::new(service), cache, pool, places: Places::new(MOST) }
    }

    /// Runs a job to its end, whether or not anybody waits for it.
    async fn run<T: Send + 'static>(
        &self,
        observer: Arc<dyn DeployObserver>,
        job: impl FnOnce(&DeploymentService, &dyn DeployObserver) -> T + Send + 'static,
    ) -> Result<T, QueryError> {
        let place = self.places.take().ok_or(QueryError::Busy)?;
        let (service, cache) = (Arc::clone(&self.service), self.cache.clone());
        let (done, result) = oneshot::channel();
        self.pool.run(Box::new(move || {
            let _place = place;
            let invalidating = Invalidating { cache: cache.as_deref(), observer: &*observer };
            let result = catch_unwind(AssertUnwindSafe(|| job(&service, &invalidating)));
            let result = result.map_err(|panic| {
                // Nobody knows how far it came.
                if let Some(cache) = &cache {
                    cache.changed(&BTreeSet::from([Change::Everything]));
                }
                QueryError::Failed { reason: said(&*panic) }
            });
            // Whoever asked may have gone.
            let _gone = done.send(result);
        }));
        let gone = |_| QueryError::Failed { reason: "the order was dropped".to_owned() };
        result.await.map_err(gone)?
    }
}

/// Tells the cache before anybody else.
#[derive(Debug)]
struct Invalidating<'a> {
    cache: Option<&'a CachedStatistics>,
    observer: &'a dyn DeployObserver,
}

impl DeployObserver for Invalidating<'_> {
    fn begin(&self, tasks: usize) {
        self.observer.begin(tasks);
    }

    fn changed(&self, project: &ProjectPath) {
        if let Some(cache) = self.cache {
            cache.invalidate_project(project);
        }
        self.observer.changed(project);
    }

    fn advance(&self) {
        self.observer.advance();
    }
}

#[async_trait]
impl DeploymentCommands for InvalidatingCommands {
    async fn deploy(
        &self,
        order: DeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        let cache = self.cache.clone().filter(|_| !order.dry_run);
        self.run(observer, move |service, observer| {
            let reports = service.deploy(&order, observer);
            if let Some(cache) = cache {
                // What was deployed may be newer than what is known of the collections.
                cache.changed(&BTreeSet::from([Change::Collections]));
            }
            reports
        })
        .await
    }

    async fn undeploy(
        &self,
        order: UndeployOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<ItemReport>, QueryError> {
        self.run(observer, move |service, observer| service.undeploy(&order, observer)).await
    }

    async fn restore(
        &self,
        order: RestoreOrder,
        observer: Arc<dyn DeployObserver>,
    ) -> Result<Vec<RestoreReport>, QueryError> {
        self.run(observer, move |service, observer| service.restore(&order, observer)).await
    }

    async fn backups(&self) -> Result<Scanned<Vec<Backup>>, QueryError> {
        self.run(Arc::new(()), |service, _| service.backups()).await
    }

    async fn vanished_records(&self) -> Result<Vec<Problem>, QueryError> {
        self.run(Arc::new(()), |service, _| service.vanished_records()).await
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests;
