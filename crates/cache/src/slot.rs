//! One value of which there is only one.

use std::time::Duration;

use skillstat_domain::{Cached, Generation, Moment};

use crate::sync::{Mutex, lock};

/// Holds a value with the generation it was read in, and no longer than its time to live.
#[derive(Debug)]
pub(crate) struct TtlSlot<T> {
    // Held to copy a pointer in or out.
    held: Mutex<Option<(Cached<T>, Generation)>>,
}

impl<T> Default for TtlSlot<T> {
    fn default() -> Self {
        Self { held: Mutex::new(None) }
    }
}

impl<T> TtlSlot<T> {
    /// Returns the value, if it was read in a good generation and is not too old.
    pub(crate) fn get(
        &self,
        good: impl FnOnce(Generation) -> bool,
        now: Moment,
        ttl: Duration,
    ) -> Option<Cached<T>> {
        let held = lock(&self.held);
        let (cached, read) = held.as_ref()?;
        (good(*read) && now < cached.as_of.after(ttl)).then(|| cached.clone())
    }

    /// Holds a value that was read in a generation, unless a later one is held.
    pub(crate) fn put(&self, cached: Cached<T>, read: Generation) {
        let mut held = lock(&self.held);
        if held.as_ref().is_none_or(|(_, later)| *later <= read) {
            *held = Some((cached, read));
        }
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_was_read_earlier_does_not_take_the_place_of_what_was_read_later() {
        // Fails when `put` does not compare.
        let slot = TtlSlot::default();
        let (earlier, later) = (Generation::default(), Generation::default().next());
        for (version, read, expected) in [(1, later, 1), (2, earlier, 1), (3, later, 3)] {
            slot.put(Cached { value: Arc::new(()), as_of: Moment::default(), version }, read);
            let held = slot.get(|read| read == later, Moment::default(), Duration::MAX);
            assert_eq!(held.map(|held| held.version), Some(expected));
        }
    }
}
