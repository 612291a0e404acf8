//! Doing independent jobs side by side, without the domain knowing of threads.

use std::fmt::Debug;
use std::sync::OnceLock;

/// Runs independent jobs, on as many threads as the implementation has.
///
/// An implementation MUST run `job` exactly once for every number below `jobs` and return only when
/// all are done. It MUST pass a job's panic on to its caller. Jobs may block.
pub trait Workers: Debug + Send + Sync {
    /// Runs `job(0)` to `job(jobs - 1)`, in any order and side by side.
    fn for_each(&self, jobs: usize, job: &(dyn Fn(usize) + Sync));
}

const _: fn(&dyn Workers) = |_| {};

/// Runs one job after the other on the calling thread.
#[derive(Debug, Clone, Copy, Default)]
pub struct InTurn;

impl Workers for InTurn {
    fn for_each(&self, jobs: usize, job: &(dyn Fn(usize) + Sync)) {
        (0..jobs).for_each(job);
    }
}

/// Applies `job` to every item; the results keep the order of the items.
pub(crate) fn map<T: Sync, R: Send + Sync>(
    workers: &dyn Workers,
    items: &[T],
    job: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let results: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    workers.for_each(items.len(), &|index| {
        // A second run of one job is a fault of the workers; its result equals the first.
        results[index].get_or_init(|| job(&items[index]));
    });
    results
        .into_iter()
        .map(|result| {
            result.into_inner().expect("the workers ran every job, as their contract says")
        })
        .collect()
}
