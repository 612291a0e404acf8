//! A service on a free port of this machine, with a key, as `skillstat serve` starts one.

use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use skillstat_app::{Config, Live, read_or_make_key};
use skillstat_http::{ApiKey, GuardConfig, HttpState, serve};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use super::service::{services, until_live};

/// Answers until it goes.
pub(crate) struct Loopback {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    _live: Live,
    _runtime: Runtime,
}

impl Loopback {
    /// Starts one that follows the disk, and waits until it sees every change.
    pub(crate) fn start(config: &Config) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let live = Live::start(config, runtime.handle()).expect("the settings are right");
        let key = read_or_make_key(&config.key_file.value).expect("the home is writable");
        let guard = GuardConfig { key: ApiKey::new(&key), ..GuardConfig::default() };
        let state = HttpState::new(services(&live, Arc::clone(&live.watcher)), guard);
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        until_live(&*live.watcher);
        runtime.spawn(serve(listener, state, pending(), Duration::ZERO));
        Self { address, _live: live, _runtime: runtime }
    }
}
