//! What the service listens on: sockets that systemd has opened, or its own.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixListener as StdUnixListener;
use std::path::PathBuf;
use std::{fs, io};

use anyhow::{Context, ensure};
use listenfd::ListenFd;
use skillstat_app::{Origin, PrivateSocket, Setting};
use tokio::net::{TcpListener, UnixListener};

/// What group and others may do with a socket.
const OTHERS: u32 = 0o077;

/// The sockets of a service.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    /// Those on the network.
    pub(super) network: Vec<TcpListener>,
    /// Those that only the user can open.
    pub(super) private: Vec<UnixListener>,
    /// The file of our own one; it goes with the service.
    pub(super) own: Option<PrivateSocket>,
}

impl Sockets {
    /// Takes what systemd has opened. Opens the address if none of that is on the network, and the
    /// private socket unless it was handed over: clients look for it by its name.
    pub(super) async fn open(
        address: SocketAddr,
        private: &Setting<Option<PathBuf>>,
    ) -> anyhow::Result<Self> {
        let (mut sockets, mut paths) = (Self::default(), Vec::new());
        let mut handed_over = ListenFd::from_env();
        for index in 0..handed_over.len() {
            if let Ok(Some(socket)) = handed_over.take_tcp_listener(index) {
                socket.set_nonblocking(true)?;
                sockets.network.push(TcpListener::from_std(socket)?);
                continue;
            }
            let socket = handed_over.take_unix_listener(index);
            let socket = socket.with_context(|| format!("systemd's socket {index} is no use"))?;
            if let Some(socket) = socket {
                paths.push(private_path(&socket)?);
                sockets.add(socket)?;
            }
        }
        if sockets.network.is_empty() {
            sockets.network.push(listen(address).await?);
        }
        let wanted = private.value.as_ref().filter(|path| !paths.contains(path));
        match wanted.map(|path| PrivateSocket::bind(path)).transpose() {
            Ok(None) => {}
            Ok(Some((own, socket))) => {
                sockets.own = Some(own);
                sockets.add(socket)?;
            }
            // Nobody asked for it, and everything else works without.
            Err(error) if private.origin == Origin::Default => {
                tracing::warn!("no private socket: {error:#}");
            }
            Err(error) => {
                return Err(error.context(format!("no private socket ({})", private.origin)));
            }
        }
        Ok(sockets)
    }

    fn add(&mut self, private: StdUnixListener) -> io::Result<()> {
        private.set_nonblocking(true)?;
        self.private.push(UnixListener::from_std(private)?);
        Ok(())
    }
}

/// Returns where a socket of systemd is, if only its owner can open it.
fn private_path(socket: &StdUnixListener) -> anyhow::Result<PathBuf> {
    let address = socket.local_addr()?;
    let path = address.as_pathname().context("a socket of systemd has no path")?.to_owned();
    let shown = path.display();
    let metadata = fs::metadata(&path).with_context(|| format!("failed to look at `{shown}`"))?;
    ensure!(
        metadata.mode() & OTHERS == 0,
        "others may open `{shown}`, and no key is asked for there: `SocketMode=0600` in its unit"
    );
    Ok(path)
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "{address} is in use, perhaps by another `skillstat serve`: end that, or choose another address with `--listen`"
        ),
        _ => anyhow::Error::new(error).context(format!("failed to listen on {address}")),
    })
}
