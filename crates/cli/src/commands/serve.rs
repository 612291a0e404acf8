//! `skillstat serve`: the same answers over HTTP.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use skillstat_app::{App, Config, SystemClock, TokioPool, read_or_make_token, read_token};
use skillstat_cache::{Ttl, TtlStatsCache};
use skillstat_domain::Unwatched;
use skillstat_http::{Ended, GuardConfig, HttpState, Reads, Services, Token};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::ServeOptions;
use crate::console::Console;
use crate::exit::Exit;

/// How many artifacts' statistics are held.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(2048).expect("it is not zero");

/// How long requests that have begun may take when the service is told to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs the command until it is told to end by SIGTERM, SIGINT or Ctrl-C.
pub(crate) fn serve(
    config: &Config,
    options: &ServeOptions,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    log(options.log_json, console.err.color);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(run(config, options))?;
    // A computation that nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    Ok(match ended {
        Ended::InOrder => Exit::Fine,
        Ended::Late => {
            console.complain("some requests were cut off: they took too long");
            Exit::Failure
        }
    })
}

async fn run(config: &Config, options: &ServeOptions) -> anyhow::Result<Ended> {
    let listener = listener(config.listen.value).await?;
    let address = listener.local_addr()?;
    let guard = guard(config, options, address)?;
    let clock = Arc::new(SystemClock);
    let ttl = Ttl::new(Duration::from_secs(config.ttl_seconds.value.get()))?;
    let cache = Arc::new(TtlStatsCache::new(Arc::clone(&clock) as _, ttl, CAPACITY));
    let pool = Arc::new(TokioPool::new(tokio::runtime::Handle::current()));
    let query = App::new(config)?.cached(Arc::clone(&cache) as _, pool);
    let feed = query.feed();
    let watcher = Arc::new(Unwatched);
    let services = Services { query: Arc::new(query), cache, clock, watcher, feed };
    let state = HttpState::new(services, guard);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let shutdown = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: no more requests are taken");
        notify(sd_notify::NotifyState::Stopping);
    };
    tracing::info!(%address, key = %config.token_file.value.display(), "listening on http://{address}");
    notify(sd_notify::NotifyState::Ready);
    let ended = skillstat_http::serve(listener, state, shutdown, PATIENCE).await;
    tracing::info!("ended");
    Ok(ended)
}

/// Takes the socket that systemd has opened, or opens one.
async fn listener(address: SocketAddr) -> anyhow::Result<TcpListener> {
    if let Some(activated) = listenfd::ListenFd::from_env().take_tcp_listener(0)? {
        activated.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(activated)?);
    }
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is in use, perhaps by another `skillstat serve`: end that, or choose another address with `--listen`"
        ),
        _ => anyhow::Error::new(error).context(format!("failed to listen on {address}")),
    })
}

/// Who may ask what. Beyond this machine nobody may even read without the key, and that must be there
/// before: one that is made just now is known to nobody else.
fn guard(
    config: &Config,
    options: &ServeOptions,
    address: SocketAddr,
) -> anyhow::Result<GuardConfig> {
    let local = address.ip().is_loopback();
    let token_file = &config.token_file.value;
    let token = if local { read_or_make_token(token_file) } else { read_token(token_file) };
    let token = token.with_context(|| {
        if local {
            "no key for writing".to_owned()
        } else {
            format!("listening on {address}, beyond this machine, takes a key")
        }
    })?;
    Ok(GuardConfig {
        hosts: options.hosts.clone(),
        origins: options.origins.clone(),
        token: Token::new(&token),
        reads: if local { Reads::Open } else { Reads::WithToken },
        trust_loopback: options.trust_loopback,
        private_socket: false,
    })
}

/// Tells systemd, where there is one.
fn notify(state: sd_notify::NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the service manager was not told");
    }
}

fn log(json: bool, color: bool) {
    let subscriber = tracing_subscriber::fmt().with_ansi(color).with_writer(io::stderr);
    // Fails when there is one already, for `-v` or in a test.
    let _already_set = if json { subscriber.json().try_init() } else { subscriber.try_init() };
}
