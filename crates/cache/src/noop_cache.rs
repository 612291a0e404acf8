//! The off switch.

use std::time::Duration;

use skillstat_domain::{
    Affected, ArtifactId, CacheCounters, Cached, DeploymentStatistics, Generation, ProjectPath,
    Scanned, StatsCache,
};

/// Holds nothing: every question is computed. Concurrent questions are not even joined, because
/// nothing read by another one is good.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoopCache;

impl StatsCache for NoopCache {
    fn generation(&self) -> Generation {
        Generation::default()
    }

    fn is_current(&self, _artifact: &ArtifactId, _generation: Generation) -> bool {
        false
    }

    fn discovered_projects(&self) -> Option<Cached<Scanned<Vec<ProjectPath>>>> {
        None
    }

    fn store_discovered_projects(&self, _: Cached<Scanned<Vec<ProjectPath>>>, _: Generation) {}

    fn statistics(&self, _artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>> {
        None
    }

    fn store_statistics(&self, _: &ArtifactId, _: Cached<DeploymentStatistics>, _: Generation) {}

    fn invalidate_artifact(&self, _artifact: &ArtifactId) {}

    fn invalidate_statistics(&self, _affected: &Affected) {}

    fn invalidate_all(&self) {}

    fn count_joined(&self) {}

    fn ttl(&self) -> Duration {
        Duration::ZERO
    }

    fn counters(&self) -> CacheCounters {
        CacheCounters::default()
    }
}
