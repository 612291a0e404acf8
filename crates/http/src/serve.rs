//! Answering on a listener until told to end, and then in order.

use std::any::Any;
use std::fmt::Debug;
use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use futures_util::FutureExt;
use futures_util::future::Either;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::sync::Semaphore;

use crate::unfinished::Kept;
use crate::unread::Hurried;
use crate::warm::warm;
use crate::{HttpState, Limits, router};

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request that had begun was answered.
    InOrder,
    /// Some were cut off when their time was up.
    Late,
}

/// Answers requests until `shutdown` is ready, then takes no more and waits at most `patience` for
/// those that have begun.
///
/// A connection whose next request does not arrive in time ([`Limits::head`](crate::Limits::head)), which is
/// answered with 408 if it was begun, or whose answer is not read ([`Limits::read`](crate::Limits::read)) is closed, and only so many are open at
/// once. What makes the listener fail, such as too many open files, is waited out.
pub async fn serve<L: Listener<Addr: Debug + Sync + 'static>>(
    mut listener: L,
    state: HttpState,
    shutdown: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> Ended {
    let mut protocol = http1::Builder::new();
    let Limits { head, read, connections: most, .. } = state.limits;
    protocol.timer(TokioTimer::new()).header_read_timeout(head);
    let places = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
    let ending = state.ending.clone();
    let trusting = state.guard.trust_loopback;
    let state = Arc::new(state);
    let routes = TowerToHyperService::new(router(Arc::clone(&state)));
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let accept = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (Listener::accept(&mut listener).await, place)
        };
        let ((stream, peer), place) = tokio::select! {
            accepted = accept => accepted,
            () = &mut shutdown => break,
        };
        // Looked at only where this machine is trusted; a socket of this machine has none.
        let address =
            (&peer as &dyn Any).downcast_ref::<SocketAddr>().filter(|_| trusting).copied();
        let stream = Kept::new(Hurried::new(stream, read));
        let (state, routes, asking) = (Arc::clone(&state), routes.clone(), stream.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            if let Some(peer) = address {
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            asking.is_request();
            if let Some(response) = warm(&state, &request) {
                return Either::Left(ready(Ok(response)));
            }
            let asking = asking.clone();
            Either::Right(routes.call(request).inspect(move |_| asking.is_request()))
        });
        let connection = protocol.serve_connection(TokioIo::new(stream.clone()), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                if error.is_timeout() {
                    stream.time_is_up().await;
                }
                tracing::debug!(?peer, %error, "a connection was given up");
            }
        });
    }
    drop(listener);
    // A stream would go on for as long as somebody reads it.
    ending.send_replace(true);
    tokio::select! {
        () = connections.shutdown() => Ended::InOrder,
        () = tokio::time::sleep(patience) => Ended::Late,
    }
}
