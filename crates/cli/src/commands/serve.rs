//! `skillstat serve` and `skillstatd`: the same answers over HTTP.

mod log;
mod sockets;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use skillstat_app::{Config, Live, local_offset, random_key, read_key, read_or_make_key};
use skillstat_http::{ApiKey, Ended, GuardConfig, HttpState, Others, Reads, Services};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use self::log::log;
use self::sockets::Sockets;
use crate::args::ServeOptions;
use crate::console::Console;
use crate::exit::{Exit, Usage};

/// How long requests that have begun may take when the service is told to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs the command until it is told to end by SIGTERM, SIGINT or Ctrl-C.
pub(crate) fn serve(
    config: &Config,
    options: &ServeOptions,
    verbose: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    config.has_roots().map_err(Usage::wrap)?;
    log(&config.log, verbose, options.log_json, console.err.color)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(run(config, options, console.err.size.is_some()));
    // A computation that nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    Ok(match ended? {
        Ended::InOrder => Exit::Fine,
        Ended::Late => {
            console.complain("some requests were cut off: they took too long");
            Exit::Failure
        }
    })
}

/// Answers until told to end; at a terminal also shows a link to the page.
async fn run(config: &Config, options: &ServeOptions, at_terminal: bool) -> anyhow::Result<Ended> {
    let sockets = Sockets::open(config.listen.value, &config.socket).await?;
    let addresses: Vec<_> =
        sockets.network.iter().map(TcpListener::local_addr).collect::<io::Result<_>>()?;
    let guard = guard(config, options, &addresses)?;
    let live = Live::start(config, &Handle::current())?;
    let services = Services {
        query: Arc::clone(&live.query),
        diffs: Arc::clone(&live.diffs),
        commands: Arc::clone(&live.commands),
        cache: Arc::clone(&live.cache),
        clock: Arc::clone(&live.clock),
        watcher: Arc::clone(&live.watcher),
        feed: Arc::clone(&live.feed) as _,
        others: live.sharing.as_ref().map(|sharing| Others {
            this: sharing.this,
            fleet: Arc::clone(&sharing.fleet),
            volumes: Arc::clone(&sharing.volumes),
        }),
    };
    let state = HttpState::new(services, guard)
        .with_local_offset(local_offset())
        .with_fingerprint(&config.fingerprint());
    // Nobody reads a log for it, and many can.
    let code = if at_terminal && !addresses.is_empty() { Some(random_key()?) } else { None };
    let state = match &code {
        Some(code) => state.with_admission(code),
        None => state,
    };
    let private = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let private = state.clone().with_guard(private);
    let shutdown = told_to_end()?;
    for address in &addresses {
        tracing::info!(%address, key = %config.key_file.value.display(), "listening on http://{address}");
    }
    if let (Some(code), Some(address)) = (code, addresses.first()) {
        let port = address.port();
        // What listens everywhere listens here, too, by a name that is answered.
        let everywhere = address.ip().is_unspecified();
        let host = if everywhere { format!("localhost:{port}") } else { address.to_string() };
        tracing::info!(
            "the page, with the key: http://{host}/#enter={code} (works once, for 10 minutes)"
        );
    }
    for socket in &sockets.private {
        let path = socket.local_addr()?.as_pathname().map(|path| path.display().to_string());
        tracing::info!(socket = path, "listening without a key");
    }
    tracing::info!("ready");
    notify(sd_notify::NotifyState::Ready);
    let mut services = tokio::task::JoinSet::new();
    for socket in sockets.network {
        let end = has_come(shutdown.clone());
        services.spawn(skillstat_http::serve(socket, state.clone(), end, PATIENCE));
    }
    for socket in sockets.private {
        let end = has_come(shutdown.clone());
        services.spawn(skillstat_http::serve(socket, private.clone(), end, PATIENCE));
    }
    let mut ended = Ended::InOrder;
    while let Some(service) = services.join_next().await {
        if service? == Ended::Late {
            ended = Ended::Late;
        }
    }
    tracing::info!("ended");
    Ok(ended)
}

/// Becomes true when the process is told to end.
fn told_to_end() -> io::Result<watch::Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let (tell, told) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending: no more requests are taken");
        notify(sd_notify::NotifyState::Stopping);
        // Nobody hears it when every listener has failed.
        let _heard = tell.send(true);
    });
    Ok(told)
}

async fn has_come(mut end: watch::Receiver<bool>) {
    // An error means that nobody is left to tell: that is the end, too.
    let _end = end.wait_for(|end| *end).await;
}

/// Who may ask what. Beyond this machine nobody may even read without the key, and that must be there
/// before: one that is made just now is known to nobody else.
fn guard(
    config: &Config,
    options: &ServeOptions,
    addresses: &[SocketAddr],
) -> anyhow::Result<GuardConfig> {
    let beyond = addresses.iter().find(|address| !address.ip().is_loopback());
    let local = beyond.is_none();
    let key_file = &config.key_file.value;
    let key = if local { read_or_make_key(key_file) } else { read_key(key_file) };
    let key = key.with_context(|| match beyond {
        None => "no key for writing".to_owned(),
        Some(address) => {
            format!("listening on {address}, beyond this machine, takes a key")
        }
    })?;
    Ok(GuardConfig {
        hosts: options.hosts.clone(),
        origins: options.origins.clone(),
        key: ApiKey::new(&key),
        reads: if local { Reads::Open } else { Reads::WithKey },
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
