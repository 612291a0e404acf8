//! An observer that remembers what it heard.

use std::sync::Mutex;

use crate::{ScanObserver, ScanPhase};

/// Remembers each phase, the steps announced for it and the steps done in it.
#[derive(Debug, Default)]
pub struct RecordingObserver {
    // Held for one push or one increment.
    phases: Mutex<Vec<(ScanPhase, usize, usize)>>,
}

impl RecordingObserver {
    /// Returns the phases heard, in order: phase, steps announced, steps done.
    ///
    /// # Panics
    ///
    /// Panics when a thread panicked while it held the list.
    pub fn phases(&self) -> Vec<(ScanPhase, usize, usize)> {
        self.phases.lock().expect("no test panics inside").clone()
    }
}

impl ScanObserver for RecordingObserver {
    fn begin(&self, phase: ScanPhase, steps: usize) {
        self.phases.lock().expect("no test panics inside").push((phase, steps, 0));
    }

    fn advance(&self) {
        if let Some(last) = self.phases.lock().expect("no test panics inside").last_mut() {
            last.2 += 1;
        }
    }
}
