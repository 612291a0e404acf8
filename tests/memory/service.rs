//! The service without a socket: the routes over the cache over the disk.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use axum::http::header::HOST;
use skillstat_app::{App, Config, Flags, Surroundings, SystemClock, TokioPool};
use skillstat_cache::{BlockingPool, PooledDiffs, Ttl, TtlStatsCache};
use skillstat_domain::{Clock, StatisticsQuery, StatsCache, Unwatched};
use skillstat_http::{GuardConfig, HttpState, Services, router};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::tree::Tree;

/// A service and what it runs on.
pub(crate) struct Service {
    pub(crate) cache: Arc<dyn StatsCache>,
    query: Arc<dyn StatisticsQuery>,
    router: Router,
    runtime: Runtime,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Bytes,
}

impl Service {
    /// Starts a service over a tree; it knows nothing yet.
    pub(crate) fn start(tree: &Tree) -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
        let flags = Flags { roots: vec![tree.root()], ..Flags::default() };
        let config = Config::load(flags, &Surroundings::default()).expect("it is right");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let capacity = 2048.try_into().expect("it is not zero");
        let cache: Arc<dyn StatsCache> =
            Arc::new(TtlStatsCache::new(Arc::clone(&clock), Ttl::DEFAULT, capacity));
        let pool: Arc<dyn BlockingPool> = Arc::new(TokioPool::new(runtime.handle().clone()));
        let app = App::new(&config).expect("it is right");
        let cached = Arc::new(app.cached(Arc::clone(&cache), Arc::clone(&pool)));
        let commands = Arc::new(app.commands(Some(Arc::clone(&cached)), Arc::clone(&pool)));
        let feed = cached.feed();
        let watcher = Arc::new(Unwatched);
        let query: Arc<dyn StatisticsQuery> = cached;
        let diffs = Arc::new(PooledDiffs::new(app.diffs().clone(), pool));
        let services = Services {
            query: Arc::clone(&query),
            diffs,
            commands,
            cache: Arc::clone(&cache),
            clock,
            watcher,
            feed,
            others: None,
        };
        let router = router(HttpState::new(services, GuardConfig::default()));
        Self { cache, query, router, runtime }
    }

    /// Asks for statistics, past the routes.
    pub(crate) fn statistics(&self, artifact: &str) {
        let artifact = artifact.parse().expect("an id");
        let answer = self.runtime.block_on(self.query.statistics(&artifact)).expect("it is there");
        assert!(answer.cached.value.total() > 0, "{artifact} is deployed");
    }

    /// Asks, and reads the answer to its end.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.runtime.block_on(async {
            let request = Request::get(path).header(HOST, "localhost").body(Body::empty());
            let request = request.expect("the path is plain");
            let Ok(response) = self.router.clone().oneshot(request).await;
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), usize::MAX).await.expect("it is there");
            Answer { status, body }
        })
    }
}
