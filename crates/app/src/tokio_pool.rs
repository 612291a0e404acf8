//! The hop from threads that poll to threads that block.

use skillstat_cache::BlockingPool;
use tokio::runtime::Handle;

/// Runs computations on the blocking threads of a tokio runtime.
#[derive(Debug, Clone)]
pub struct TokioPool {
    runtime: Handle,
}

impl TokioPool {
    /// Uses the blocking threads of this runtime.
    pub fn new(runtime: Handle) -> Self {
        Self { runtime }
    }
}

impl BlockingPool for TokioPool {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        // Nobody waits for the task itself: it reports through what it computes.
        drop(self.runtime.spawn_blocking(job));
    }
}
