//! A fixed number of threads for each batch of jobs.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use skillstat_domain::Workers;

/// Runs jobs on scoped threads that take the next job when they are done with one.
///
/// Why not a pool that lives on: a batch is a whole scan, thousands of jobs, and starting eight
/// threads costs less than hashing two copies. The calling thread is one of them.
#[derive(Debug, Clone, Copy)]
pub struct ScopedWorkers {
    threads: NonZeroUsize,
}

impl ScopedWorkers {
    /// Uses this many threads.
    pub fn new(threads: NonZeroUsize) -> Self {
        Self { threads }
    }

    /// Returns the number of threads.
    pub fn threads(&self) -> NonZeroUsize {
        self.threads
    }
}

impl Default for ScopedWorkers {
    /// As many threads as cores, and at least eight: jobs read files, and on a cold disk more
    /// readers than cores hide its latency (a quarter less time, at 4 % more when all is cached).
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self { threads: NonZeroUsize::new(cores.max(8)).unwrap_or(NonZeroUsize::MIN) }
    }
}

impl Workers for ScopedWorkers {
    fn for_each(&self, jobs: usize, job: &(dyn Fn(usize) + Sync)) {
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= jobs {
                    break;
                }
                job(index);
            }
        };
        // The scope joins its threads, passes a panic on and makes their writes visible here.
        thread::scope(|scope| {
            for _ in 1..self.threads.get().min(jobs) {
                // Where the system allows no more threads, those there are do the work.
                if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_contract_of_workers() {
        for threads in [1, 2, 16] {
            let workers = ScopedWorkers::new(NonZeroUsize::new(threads).unwrap());
            skillstat_domain::testing::contract::workers(&workers);
        }
    }
}
