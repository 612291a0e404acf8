//! A service in this process: wired as `skillstatd` wires it, but for what a test says of its watcher.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use skillstat_app::{Config, Live, PrivateSocket};
use skillstat_domain::{Coverage, Watcher};
use skillstat_http::{GuardConfig, HttpState, Services, serve};
use tokio::net::UnixListener;
use tokio::runtime::{Builder, Runtime};

/// Listens on the private socket of a configuration until it goes.
#[derive(Debug)]
pub(crate) struct Service {
    watcher: Arc<Told>,
    _socket: PrivateSocket,
    _runtime: Runtime,
    _live: Live,
}

/// A watcher of which only the coverage is real; counts how often it is asked.
#[derive(Debug)]
struct Told {
    coverage: Arc<Coverage>,
    asked: AtomicUsize,
}

impl Watcher for Told {
    fn is_settled(&self) -> bool {
        true
    }

    fn settle(&self) {}

    fn coverage(&self) -> Arc<Coverage> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Arc::clone(&self.coverage)
    }
}

impl Service {
    /// Starts it, with as much watched as the coverage says.
    pub(crate) fn start(config: &Config, coverage: Coverage) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let live = Live::start(config, runtime.handle()).expect("the globs are right");
        let watcher = Arc::new(Told { coverage: Arc::new(coverage), asked: AtomicUsize::new(0) });
        let services = Services {
            query: Arc::clone(&live.query),
            cache: Arc::clone(&live.cache),
            clock: Arc::clone(&live.clock),
            watcher: Arc::clone(&watcher) as _,
            feed: Arc::clone(&live.feed) as _,
        };
        let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
        let state = HttpState::new(services, guard).with_fingerprint(&config.fingerprint());
        let path = config.socket.value.as_deref().expect("a service has a socket");
        let (socket, listener) = PrivateSocket::bind(path).expect("nobody else listens");
        listener.set_nonblocking(true).expect("it is a socket");
        runtime.spawn(async move {
            let listener = UnixListener::from_std(listener).expect("within a runtime");
            serve(listener, state, pending(), Duration::ZERO).await
        });
        Self { watcher, _socket: socket, _runtime: runtime, _live: live }
    }

    /// How often it was asked how much is watched: before and after each question that it answers, and
    /// once for one that it refuses.
    pub(crate) fn asked(&self) -> usize {
        self.watcher.asked.load(Ordering::SeqCst)
    }
}
