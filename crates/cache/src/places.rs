//! How much may be done at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The places for work that takes a thread that blocks; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    taken: Arc<AtomicUsize>,
    most: usize,
}

impl Places {
    /// Makes so many.
    pub(crate) fn new(most: usize) -> Self {
        Self { taken: Arc::default(), most }
    }

    /// Takes a place, if one is free.
    pub(crate) fn take(&self) -> Option<Place> {
        let place = Place(Arc::clone(&self.taken));
        (place.0.fetch_add(1, Ordering::Relaxed) < self.most).then_some(place)
    }

    /// Tells whether every place is taken.
    #[cfg(all(test, not(shuttle)))]
    pub(crate) fn all_taken(&self) -> bool {
        self.taken.load(Ordering::Relaxed) >= self.most
    }
}

/// One of the places, given back when it goes.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
