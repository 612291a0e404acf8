//! Comparing copies away from the threads that poll.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use skillstat_domain::{ArtifactDiff, DiffError, DiffQuery, DiffRequest, DiffService};
use tokio::sync::oneshot;

use crate::BlockingPool;
use crate::cached_statistics::said;
use crate::places::Places;

/// How many copies are compared at once; each may hold the texts of two sides.
const MOST: usize = 8;

/// Compares each copy on a thread that may block, a few at once. Nothing is kept: both sides are read for
/// every question.
#[derive(Debug)]
pub struct PooledDiffs {
    service: Arc<DiffService>,
    pool: Arc<dyn BlockingPool>,
    places: Places,
}

impl PooledDiffs {
    /// Puts threads behind a use case.
    pub fn new(service: DiffService, pool: Arc<dyn BlockingPool>) -> Self {
        Self { service: Arc::new(service), pool, places: Places::new(MOST) }
    }
}

#[async_trait]
impl DiffQuery for PooledDiffs {
    async fn diff(&self, wanted: &DiffRequest) -> Result<ArtifactDiff, DiffError> {
        let place = self.places.take().ok_or(DiffError::Busy)?;
        let (service, wanted) = (Arc::clone(&self.service), wanted.clone());
        let (done, result) = oneshot::channel();
        self.pool.run(Box::new(move || {
            let _place = place;
            let result = catch_unwind(AssertUnwindSafe(|| service.diff(&wanted)));
            let failed = |reason| Err(DiffError::Failed { reason });
            // Whoever asked may have gone.
            let _gone = done.send(result.unwrap_or_else(|panic| failed(said(&*panic))));
        }));
        let gone = |_| DiffError::Failed { reason: "the comparison was dropped".to_owned() };
        result.await.map_err(gone)?
    }
}

#[cfg(all(test, not(shuttle)))]
mod tests;
