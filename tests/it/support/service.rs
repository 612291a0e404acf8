//! A service in this process: wired as `skillstatd` wires it, but for what a test says of its watcher.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use skillstat_app::{Config, Live, PrivateSocket};
use skillstat_domain::{Coverage, WatchState, Watcher};
use skillstat_http::{GuardConfig, HttpState, Services, serve};
use tokio::net::UnixListener;
use tokio::runtime::{Builder, Runtime};

/// Longer than it takes until everything is watched.
const PATIENCE: Duration = Duration::from_mins(1);

/// Listens on the private socket of a configuration until it goes.
#[derive(Debug)]
pub(crate) struct Service {
    watcher: Arc<Watched>,
    // The file goes first, so that nobody asks while the rest ends.
    _socket: PrivateSocket,
    _live: Live,
    _runtime: Runtime,
}

/// The watcher of a service; counts how often it is asked.
#[derive(Debug)]
struct Watched {
    watcher: Arc<dyn Watcher>,
    /// What it says in place of the truth.
    coverage: Option<Arc<Coverage>>,
    asked: AtomicUsize,
}

impl Watcher for Watched {
    fn is_settled(&self) -> bool {
        self.watcher.is_settled()
    }

    fn settle(&self) {
        self.watcher.settle();
    }

    fn coverage(&self) -> Arc<Coverage> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.coverage.clone().unwrap_or_else(|| self.watcher.coverage())
    }
}

impl Service {
    /// Starts one that follows the disk, and waits until it sees every change.
    pub(crate) fn follow(config: &Config) -> Self {
        let service = Self::start(config, None);
        until_live(&*service.watcher);
        service
    }

    /// Starts one that says of its watcher what a test wants it to.
    pub(crate) fn told(config: &Config, coverage: Coverage) -> Self {
        Self::start(config, Some(Arc::new(coverage)))
    }

    fn start(config: &Config, coverage: Option<Arc<Coverage>>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let live = Live::start(config, runtime.handle()).expect("the settings are right");
        let (watcher, asked) = (Arc::clone(&live.watcher), AtomicUsize::new(0));
        let watcher = Arc::new(Watched { watcher, coverage, asked });
        let services = services(&live, Arc::clone(&watcher) as _);
        let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
        let state = HttpState::new(services, guard).with_fingerprint(&config.fingerprint());
        let path = config.socket.value.as_deref().expect("a service has a socket");
        let (socket, listener) = PrivateSocket::bind(path).expect("nobody else listens");
        listener.set_nonblocking(true).expect("it is a socket");
        runtime.spawn(async move {
            let listener = UnixListener::from_std(listener).expect("within a runtime");
            serve(listener, state, pending(), Duration::ZERO).await
        });
        Self { watcher, _socket: socket, _live: live, _runtime: runtime }
    }

    /// How often it was asked how much is watched: before and after each question that it answers, and
    /// once for one that it refuses.
    pub(crate) fn asked(&self) -> usize {
        self.watcher.asked.load(Ordering::SeqCst)
    }
}

/// Waits until every change is seen.
pub(super) fn until_live(watcher: &dyn Watcher) {
    let begun = Instant::now();
    while watcher.coverage().state() != WatchState::Live {
        assert!(begun.elapsed() < PATIENCE, "never live: {:?}", watcher.coverage());
        std::thread::yield_now();
    }
}

/// Returns what a service asks.
pub(super) fn services(live: &Live, watcher: Arc<dyn Watcher>) -> Services {
    Services {
        query: Arc::clone(&live.query),
        diffs: Arc::clone(&live.diffs),
        commands: Arc::clone(&live.commands),
        cache: Arc::clone(&live.cache),
        clock: Arc::clone(&live.clock),
        watcher,
        feed: Arc::clone(&live.feed) as _,
        others: None,
    }
}
