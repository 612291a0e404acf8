//! A running application that follows what changes on disk.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use skillstat_cache::{BlockingPool, Feed, PooledDiffs, SettledStatistics, Ttl, TtlStatsCache};
use skillstat_domain::{
    Clock, DeploymentCommands, DiffQuery, StatisticsQuery, StatsCache, Watcher,
};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use crate::sharing::Reporting;
use crate::watching::watching;
use crate::{App, Config, Sharing, SystemClock, TokioPool};

/// How many artifacts' statistics are held.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(2048).expect("it is not zero");

/// Answers from a cache that is told what changes: every change that happened before a question is in
/// its answer, as far as the watcher's coverage goes.
#[derive(Debug)]
pub struct Live {
    /// Who answers.
    pub query: Arc<dyn StatisticsQuery>,
    /// Who compares copies with what they were deployed from.
    pub diffs: Arc<dyn DiffQuery>,
    /// Who deploys and undeploys.
    pub commands: Arc<dyn DeploymentCommands>,
    /// What is held.
    pub cache: Arc<dyn StatsCache>,
    /// What ages are told by.
    pub clock: Arc<dyn Clock>,
    /// What tells of changes.
    pub watcher: Arc<dyn Watcher>,
    /// The news of them.
    pub feed: Arc<Feed>,
    /// Other machines, if there are any.
    pub sharing: Option<Sharing>,
    _tasks: Tasks,
}

/// Ended when this goes.
#[derive(Debug)]
struct Tasks(Vec<JoinHandle<()>>);

impl Drop for Tasks {
    fn drop(&mut self) {
        for task in &self.0 {
            task.abort();
        }
    }
}

impl Live {
    /// Starts: looks at everything once, then begins to watch, both in the background of `runtime`. A
    /// question that comes meanwhile is answered as soon as what it needs has been looked at.
    ///
    /// # Errors
    ///
    /// Fails when a setting is no good, or when the system lets nobody watch.
    pub fn start(config: &Config, runtime: &Handle) -> anyhow::Result<Self> {
        let app = App::giving_way(config)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ttl = Ttl::new(Duration::from_secs(config.ttl_seconds.value.get()))?;
        let cache: Arc<dyn StatsCache> =
            Arc::new(TtlStatsCache::new(Arc::clone(&clock), ttl, CAPACITY));
        let pool: Arc<dyn BlockingPool> = Arc::new(TokioPool::new(runtime.clone()));
        let cached = Arc::new(app.cached(Arc::clone(&cache), Arc::clone(&pool)));
        let feed = cached.feed();
        let told = Arc::clone(&feed);
        let asked = Arc::clone(&cached);
        let telling = runtime.spawn(async move { told.tell(&*asked).await });
        let (watcher, begin) = watching(config, app.watch_ports(&cached))?;
        let sharing = Sharing::start(config, Arc::clone(&cached) as _, runtime)?;
        let watcher = match &sharing {
            Some(sharing) => sharing.watching(watcher),
            None => watcher,
        };
        let (asked, index) = (Arc::clone(&cached), app.index.clone());
        let starting = runtime.spawn(async move {
            // Whatever is wrong is told to whoever asks; this is only so that the first need not wait.
            let _looked = asked.overview().await;
            begin();
            if let Some(index) = index {
                // From here on what has changed is told. What is read again is read, so that in time also
                // what no stamp tells is seen.
                let retired = tokio::task::spawn_blocking(move || {
                    let _kept = index.keep();
                    index.retire();
                });
                let _retired = retired.await;
            }
        });
        let commands: Arc<dyn DeploymentCommands> =
            Arc::new(app.commands(Some(Arc::clone(&cached)), Arc::clone(&pool)));
        let commands = match &sharing {
            Some(sharing) => sharing.telling(commands),
            None => commands,
        };
        let diffs = Arc::new(PooledDiffs::new(app.diffs().clone(), Arc::clone(&pool)));
        let query = SettledStatistics::new(cached, Arc::clone(&watcher), pool);
        let query: Arc<dyn StatisticsQuery> = Arc::new(query);
        let mut tasks = Tasks(vec![telling, starting]);
        if let Some(Sharing { fleet, .. }) = &sharing {
            let reporting = Reporting {
                fleet: Arc::clone(fleet),
                query: Arc::clone(&query),
                watcher: Arc::clone(&watcher),
                feed: Arc::clone(&feed) as _,
                host: Reporting::host(config),
            };
            tasks.0.push(runtime.spawn(reporting.report()));
        }
        Ok(Self { query, diffs, commands, cache, clock, watcher, feed, sharing, _tasks: tasks })
    }
}
