//! The two levels of the deployment-statistics cache.

use std::fmt::Debug;
use std::time::Duration;

use crate::{
    Affected, ArtifactId, CacheCounters, Cached, DeploymentStatistics, Generation, ProjectPath,
    Scanned,
};

/// Holds the discovered projects (level 1, one entry) and statistics by artifact (level 2).
///
/// An implementation MUST, once an invalidation has returned, neither return what was stored before
/// it nor take what is stored with a [`Generation`] read before it, as far as the invalidation
/// concerns it: [`invalidate_all`](Self::invalidate_all) concerns everything,
/// [`invalidate_statistics`](Self::invalidate_statistics) the artifacts it names, and
/// [`invalidate_artifact`](Self::invalidate_artifact) that artifact and the list of projects, for a
/// project may have been added. It MUST NOT return a level-2 entry that is older than
/// its time to live or was made from a list of projects that has since been replaced by another. When
/// the list of projects grows too old, what is being made from it MUST be refused as after
/// [`invalidate_all`](Self::invalidate_all): nobody who asks later may be given it. It
/// MUST be bounded, and MUST NOT grow with questions. It never blocks for long.
///
/// # Source
///
/// The operations of SkillMeat's `DeploymentStatsCache`, of February 2026.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait StatsCache: Debug + Send + Sync {
    /// Returns the generation, to be read before anything is loaded that is to be stored.
    fn generation(&self) -> Generation;

    /// Tells whether statistics of `artifact` read since `generation` are good: that no invalidation
    /// which concerns it has happened since.
    fn is_current(&self, artifact: &ArtifactId, generation: Generation) -> bool;

    /// Returns the list of projects, if there is a good one.
    fn discovered_projects(&self) -> Option<Cached<Scanned<Vec<ProjectPath>>>>;

    /// Stores the list of projects, unless something was invalidated since `generation`. A list that
    /// differs from the one before makes all statistics bad that were made from that.
    fn store_discovered_projects(
        &self,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        generation: Generation,
    );

    /// Puts a list in the place of the one whose version is `held`, for whoever knows which project has
    /// come or gone, and makes statistics bad as
    /// [`invalidate_statistics`](Self::invalidate_statistics) does. Returns what that returns; nothing
    /// when another list is held, and then nothing has happened.
    fn amend_projects(
        &self,
        held: u64,
        projects: Cached<Scanned<Vec<ProjectPath>>>,
        affected: &Affected,
    ) -> Option<Affected>;

    /// Returns the statistics of an artifact, if there are good ones; counts a hit or a miss.
    fn statistics(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>>;

    /// Returns the same without counting, for a second look.
    fn peek(&self, artifact: &ArtifactId) -> Option<Cached<DeploymentStatistics>>;

    /// Stores the statistics of an artifact, unless they were invalidated since `generation`.
    fn store_statistics(
        &self,
        artifact: &ArtifactId,
        statistics: Cached<DeploymentStatistics>,
        generation: Generation,
    );

    /// Makes the statistics of an artifact bad, and those being made now.
    fn invalidate_artifact(&self, artifact: &ArtifactId);

    /// Makes the statistics of these artifacts bad, and those being made now. The list of projects
    /// stays good: for whoever knows which project has changed, and whose statistics may differ from
    /// those that were made since there is this list.
    ///
    /// Returns whose it made bad. That is all when some may be there that are older than this list,
    /// even if those asked for are none; else, if those asked for are none, nothing has happened.
    fn invalidate_statistics(&self, affected: &Affected) -> Affected;

    /// Makes everything bad, and everything being made now.
    fn invalidate_all(&self);

    /// Begins a generation, as every invalidation does, and makes no statistics bad: for what belongs to
    /// no artifact.
    fn begin(&self) -> Generation;

    /// Returns the generation that the last invalidation of everything began, for what belongs to no
    /// artifact.
    fn cleared(&self) -> Generation;

    /// Counts a question that waited for the answer to another one.
    fn count_joined(&self);

    /// Returns how long what is stored is good for; zero when nothing is ever stored.
    fn ttl(&self) -> Duration;

    /// Returns what the cache holds and has done.
    fn counters(&self) -> CacheCounters;
}

const _: fn(&dyn StatsCache) = |_| {};
