//! The off switch.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use skillstat_domain::{
    Affected, ArtifactId, CacheCounters, Cached, DeploymentStatistics, Generation, ProjectPath,
    Scanned, StatsCache,
};

/// Holds nothing: every question is computed. Concurrent questions are not even joined, because
/// nothing read by another one is good.
#[derive(Debug, Default)]
pub struct NoopCache {
    /// Each look at the generation begins another one.
    generations: AtomicU64,
}

impl StatsCache for NoopCache {
    fn generation(&self) -> Generation {
        Generation::new(self.generations.fetch_add(1, Ordering::Relaxed))
    }

    fn is_current(&self, _artifact: &ArtifactId, _generation: Generation) -> bool {
        false
    }

    fn discovered_projects(&self) -> Option<Cached<Scanned<Vec<ProjectPath>>>> {
        None
    }

    fn store_discovered_projects(&self, _: Cached<Scanned<Vec<ProjectPath>>>, _: Generation) {}

    fn amend_projects(
        &self,
        _held: u64,
        _: Cached<Scanned<Vec<ProjectPath>>>,
        _: &Affected,
    ) -> Option<Affected> {
        None
    }

    fn statistics(&self, _artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        None
    }

    fn peek(&self, _artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        None
    }

    fn store_statistics(&self, _: &ArtifactId, _: Cached<DeploymentStatistics>, _: Generation) {}

    fn invalidate_artifact(&self, _artifact: &ArtifactId) {}

    fn invalidate_statistics(&self, affected: &Affected) -> Affected {
        affected.clone()
    }

    fn invalidate_all(&self) {}

    fn begin(&self) -> Generation {
        self.generation()
    }

    fn cleared(&self) -> Generation {
        self.generation()
    }

    fn count_joined(&self) {}

    fn ttl(&self) -> Duration {
        Duration::ZERO
    }

    fn counters(&self) -> CacheCounters {
        CacheCounters::default()
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_contract_of_stats_caches() {
        let make = || std::sync::Arc::new(NoopCache::default()) as _;
        skillstat_domain::testing::contract::stats_cache(&make);
    }
}
