//! Level 1: the list of projects.

use std::sync::Arc;

use skillstat_domain::{Cached, Clock, ProjectDiscovery, ProjectPath, Scanned, StatsCache};

use crate::sync::{Mutex, lock};
use crate::tally::next_version;

/// A discovery that walks only when no good list is held.
#[derive(Debug)]
pub struct CachedDiscovery {
    inner: Arc<dyn ProjectDiscovery>,
    cache: Arc<dyn StatsCache>,
    clock: Arc<dyn Clock>,
    // Held during a walk, so that those who need the list at the same time wait for one walk. Only
    // blocking threads take it.
    walking: Mutex<()>,
}

impl CachedDiscovery {
    /// Puts a cache before a discovery.
    pub fn new(
        inner: Arc<dyn ProjectDiscovery>,
        cache: Arc<dyn StatsCache>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { inner, cache, clock, walking: Mutex::new(()) }
    }

    /// Returns the list and its age. Walks the search roots when it must.
    pub fn list(&self) -> Cached<Scanned<Vec<ProjectPath>>> {
        if let Some(list) = self.cache.discovered_projects() {
            return list;
        }
        let _walking = lock(&self.walking);
        // Another caller may have walked meanwhile; if its list was invalidated, it is not there.
        if let Some(list) = self.cache.discovered_projects() {
            return list;
        }
        let generation = self.cache.generation();
        let as_of = self.clock.now();
        let list =
            Cached { value: Arc::new(self.inner.discover()), as_of, version: next_version() };
        self.cache.store_discovered_projects(list.clone(), generation);
        list
    }
}

impl ProjectDiscovery for CachedDiscovery {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        Scanned::clone(&self.list().value)
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        self.inner.look_at(directory)
    }
}
