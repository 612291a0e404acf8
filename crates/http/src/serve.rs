//! Answering on a listener until told to end, and then in order.

use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::map_request;
use axum::serve::{IncomingStream, Listener};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::oneshot;

use crate::{HttpState, router};

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request that had begun was answered.
    InOrder,
    /// Some were cut off when their time was up.
    Late,
}

/// The address of who connects; nothing for a socket of this machine.
#[derive(Debug, Clone)]
pub struct Caller(Option<SocketAddr>);

impl Connected<IncomingStream<'_, TcpListener>> for Caller {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self(Some(*stream.remote_addr()))
    }
}

impl Connected<IncomingStream<'_, UnixListener>> for Caller {
    fn connect_info(_: IncomingStream<'_, UnixListener>) -> Self {
        Self(None)
    }
}

/// Hands the address on as the guard looks for it.
async fn introduce(mut request: Request) -> Request {
    if let Some(ConnectInfo(Caller(Some(address)))) = request.extensions_mut().remove() {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    request
}

/// Answers requests until `shutdown` is ready, then takes no more and waits at most `patience` for
/// those that have begun.
///
/// # Errors
///
/// Fails when the listener does.
pub async fn serve<L>(
    listener: L,
    state: HttpState,
    shutdown: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> io::Result<Ended>
where
    L: Listener<Addr: Debug>,
    Caller: for<'a> Connected<IncomingStream<'a, L>>,
{
    let (told, hears) = oneshot::channel();
    let until = async move {
        shutdown.await;
        // Nobody hears it when the listener has failed meanwhile.
        let _failed = told.send(());
    };
    let routes = router(state).layer(map_request(introduce));
    let service = routes.into_make_service_with_connect_info::<Caller>();
    let server = axum::serve(listener, service).with_graceful_shutdown(until);
    let late = async move {
        if hears.await.is_ok() {
            tokio::time::sleep(patience).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = server.into_future() => ended.map(|()| Ended::InOrder),
        () = late => Ok(Ended::Late),
    }
}
