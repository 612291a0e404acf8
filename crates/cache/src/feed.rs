//! News of what has changed, for any number of listeners.

mod listening;
mod pending;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use listening::Listening;
use pending::Pending;
use skillstat_domain::{ArtifactId, ChangeFeed, Listener, News, Notice, StatisticsQuery};
use tokio::sync::{Notify, watch};

use crate::cached_statistics::Effect;
use crate::sync::{Mutex, lock};

/// How many notices are kept for listeners that are behind or come back.
const KEPT: usize = 1024;

/// How many artifacts, and projects, are told one by one; more at once are told as one resync.
const TOLD_APART: usize = 256;

/// How long changes are gathered before they are told: a save is several, a checkout thousands.
const GATHERED: Duration = Duration::from_millis(20);

/// Tells listeners of what a [`CachedStatistics`](crate::CachedStatistics) has taken as changed.
///
/// The notices are kept in one ring, whoever listens; a listener holds its place in it and nothing else.
#[derive(Debug, Default)]
pub struct Feed {
    pending: Mutex<Pending>,
    wake: Notify,
    ring: Arc<Ring>,
}

/// The latest notices.
#[derive(Debug)]
struct Ring {
    notices: Mutex<VecDeque<Notice>>,
    /// The id of the latest.
    latest: watch::Sender<u64>,
}

impl Default for Ring {
    fn default() -> Self {
        Self { notices: Mutex::default(), latest: watch::Sender::new(0) }
    }
}

impl Ring {
    fn push(&self, news: News) {
        let mut notices = lock(&self.notices);
        if notices.len() == KEPT {
            notices.pop_front();
        }
        // Under the lock, so that a listener that is woken finds it.
        self.latest.send_modify(|latest| {
            *latest += 1;
            notices.push_back(Notice { id: *latest, news });
        });
    }
}

impl Feed {
    /// Adds what a change did; it is told soon.
    pub(crate) fn add(&self, effect: Effect) {
        lock(&self.pending).add(effect);
        self.wake.notify_one();
    }

    /// Tells what comes in, for as long as it is polled: new statistics are asked for as anybody asks, so
    /// they are there when listeners ask for the rest.
    pub async fn tell(&self, query: &dyn StatisticsQuery) {
        loop {
            self.wake.notified().await;
            tokio::time::sleep(GATHERED).await;
            let pending = std::mem::take(&mut *lock(&self.pending));
            self.publish(pending, query).await;
        }
    }

    async fn publish(&self, pending: Pending, query: &dyn StatisticsQuery) {
        for (project, there) in pending.projects {
            self.ring.push(News::Project { project, there });
        }
        if pending.collections {
            self.ring.push(News::Collections);
        }
        let Some(artifacts) = pending.artifacts else { return self.ring.push(News::Resync) };
        for artifact in artifacts {
            self.ring.push(news(artifact, query).await);
        }
    }
}

async fn news(artifact: ArtifactId, query: &dyn StatisticsQuery) -> News {
    let Ok(answer) = query.statistics(&artifact).await else { return News::Resync };
    let statistics = &*answer.cached.value;
    News::Artifact {
        artifact,
        total: statistics.total(),
        modified: statistics.modified(),
        worst: statistics.worst(),
    }
}

impl ChangeFeed for Feed {
    fn latest(&self) -> u64 {
        *self.ring.latest.borrow()
    }

    fn listen(&self, after: Option<u64>) -> Box<dyn Listener> {
        Box::new(Listening::new(&self.ring, after))
    }
}

#[cfg(test)]
#[cfg(not(shuttle))]
mod tests;
