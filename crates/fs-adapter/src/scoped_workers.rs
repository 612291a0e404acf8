//! A fixed number of threads for each batch of jobs.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use skillstat_domain::Workers;

/// By how much a thread that gives way is nicer than the one that started it.
#[cfg(target_os = "linux")]
const NICER: i32 = 5;

/// Runs jobs on scoped threads that take the next job when they are done with one.
///
/// Why not a pool that lives on: a batch is a whole scan, thousands of jobs, and starting eight
/// threads costs less than hashing two copies. The calling thread is one of them.
#[derive(Debug, Clone, Copy)]
pub struct ScopedWorkers {
    threads: NonZeroUsize,
    giving_way: bool,
}

impl ScopedWorkers {
    /// Uses this many threads.
    pub fn new(threads: NonZeroUsize) -> Self {
        Self { threads, giving_way: false }
    }

    /// Lets the threads that are started yield the processor to others, such as those that answer
    /// meanwhile (Linux). The calling thread does not, so that a batch gets on beside other programs.
    #[must_use]
    pub fn giving_way(self) -> Self {
        Self { giving_way: true, ..self }
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
        Self::new(NonZeroUsize::new(cores.max(8)).unwrap_or(NonZeroUsize::MIN))
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
        let started = || {
            if self.giving_way {
                give_way();
            }
            work();
        };
        thread::scope(|scope| {
            for _ in 1..self.threads.get().min(jobs) {
                // Where the system allows no more threads, those there are do the work.
                if thread::Builder::new().spawn_scoped(scope, started).is_err() {
                    break;
                }
            }
            work();
        });
    }
}

/// Makes the calling thread a nicer one; there is no way back without a privilege.
#[cfg(target_os = "linux")]
fn give_way() {
    use rustix::process::{getpriority_process, setpriority_process};
    // On Linux this is the thread and not the process. Where it is not allowed all are alike.
    let _refused = getpriority_process(None).and_then(|now| setpriority_process(None, now + NICER));
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn only_started_threads_give_way_and_only_if_told() {
        use std::sync::{Barrier, Mutex};

        let nice = || rustix::process::getpriority_process(None).unwrap();
        let (caller, before) = (thread::current().id(), nice());
        let workers = ScopedWorkers::new(NonZeroUsize::new(3).unwrap());
        for (workers, started) in
            [(workers, before), (workers.giving_way(), (before + NICER).min(19))]
        {
            // All three meet, so none has done the work of another.
            let (found, met) = (Mutex::new(Vec::new()), Barrier::new(3));
            workers.for_each(3, &|_| {
                met.wait();
                found.lock().unwrap().push((thread::current().id() == caller, nice()));
            });
            let mut found = found.into_inner().unwrap();
            found.sort_unstable();
            assert_eq!(found, [(false, started), (false, started), (true, before)]);
        }
    }

    #[test]
    fn keeps_the_contract_of_workers() {
        for threads in [1, 2, 16] {
            let workers = ScopedWorkers::new(NonZeroUsize::new(threads).unwrap());
            skillstat_domain::testing::contract::workers(&workers);
        }
    }
}
