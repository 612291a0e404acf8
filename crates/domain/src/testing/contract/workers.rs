//! The contract of [`Workers`].

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Workers;

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn workers(workers: &dyn Workers) {
    for jobs in [0, 1, 2, 1000] {
        let runs: Vec<_> = (0..jobs).map(|_| AtomicUsize::new(0)).collect();
        workers.for_each(jobs, &|job| {
            runs[job].fetch_add(1, Ordering::Relaxed);
        });
        assert!(
            runs.iter().all(|run| run.load(Ordering::Relaxed) == 1),
            "each of {jobs} jobs runs once"
        );
    }
    let panicking = catch_unwind(AssertUnwindSafe(|| {
        workers.for_each(3, &|job| assert_ne!(job, 1, "this panic is part of the test"));
    }));
    assert!(panicking.is_err(), "a job's panic reaches the caller");
}
