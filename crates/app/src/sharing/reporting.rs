//! Telling other machines how this one is.

use std::sync::Arc;
use std::time::Duration;

use skillstat_domain::{
    ChangeFeed, Fleet, HostArtifact, HostSummary, Overview, StatisticsQuery, Watcher,
};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::host;
use crate::Config;

/// How often it is looked whether there is news.
const LOOK: Duration = Duration::from_secs(1);

/// How often it is told without any.
const AGAIN: Duration = Duration::from_secs(5);

/// Tells how this machine is: when that has changed, and from time to time.
#[derive(Debug)]
pub(crate) struct Reporting {
    pub(crate) fleet: Arc<dyn Fleet>,
    pub(crate) query: Arc<dyn StatisticsQuery>,
    pub(crate) watcher: Arc<dyn Watcher>,
    pub(crate) feed: Arc<dyn ChangeFeed>,
    /// Who this is; the rest is filled in each time.
    pub(crate) host: HostSummary,
}

impl Reporting {
    /// Says who this is, and nothing yet of how it is.
    pub(crate) fn host(config: &Config) -> HostSummary {
        HostSummary {
            host: host::id(config),
            name: host::name(config),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            watch: skillstat_domain::WatchState::Starting,
            roots: config.roots.value.len(),
            projects: 0,
            problems: 0,
            modified: 0,
            artifacts: Vec::new(),
            left_out: 0,
        }
    }

    /// Goes on for as long as it is polled.
    pub(crate) async fn report(self) {
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut tried: Option<(Instant, u64)> = None;
        loop {
            ticks.tick().await;
            let news = self.feed.latest();
            if tried.is_some_and(|(at, latest)| at.elapsed() < AGAIN && latest == news) {
                continue;
            }
            tried = Some((Instant::now(), news));
            if let Ok(overview) = self.query.overview().await {
                let summary = self.summary(&overview.cached.value);
                // Why it failed is in the state of the way there.
                let _failed = self.fleet.report(&summary).await;
            }
        }
    }

    fn summary(&self, overview: &Overview) -> HostSummary {
        let mut artifacts: Vec<_> = overview
            .artifacts
            .iter()
            .map(|(artifact, statistics)| HostArtifact {
                artifact: artifact.clone(),
                total: statistics.total(),
                modified: statistics.modified(),
                worst: statistics.worst(),
            })
            .collect();
        let left_out = artifacts.len().saturating_sub(HostSummary::MOST_ARTIFACTS);
        artifacts.truncate(HostSummary::MOST_ARTIFACTS);
        HostSummary {
            watch: self.watcher.coverage().state(),
            projects: overview.project_totals().len(),
            problems: overview.problems.len(),
            modified: overview.artifacts.values().filter(|one| one.modified() > 0).count(),
            artifacts,
            left_out,
            ..self.host.clone()
        }
    }
}
