//! Telling a person how far a scan is.

use std::fmt::Debug;

/// Hears how a scan goes on. `()` is the observer that does not care.
///
/// An implementation MUST be quick and MUST NOT panic; it is called from several threads.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait ScanObserver: Debug + Send + Sync {
    /// A phase begins, with that many steps; zero when nobody knows.
    fn begin(&self, phase: ScanPhase, steps: usize);

    /// One step of the phase is done.
    fn advance(&self);
}

const _: fn(&dyn ScanObserver) = |_| {};

impl ScanObserver for () {
    fn begin(&self, _phase: ScanPhase, _steps: usize) {}

    fn advance(&self) {}
}

/// The phases of a scan, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanPhase {
    /// Walking the search roots; the number of steps is not known.
    Discovering,
    /// Reading trackers; a step is a project.
    Reading,
    /// Hashing copies; a step is a copy.
    Hashing,
}
