//! Answering on a listener until told to end, and then in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
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

/// Answers requests until `shutdown` is ready, then takes no more and waits at most `patience` for
/// those that have begun.
///
/// # Errors
///
/// Fails when the listener does.
pub async fn serve(
    listener: TcpListener,
    state: HttpState,
    shutdown: impl Future<Output = ()> + Send + 'static,
    patience: Duration,
) -> io::Result<Ended> {
    let (told, hears) = oneshot::channel();
    let until = async move {
        shutdown.await;
        // Nobody hears it when the listener has failed meanwhile.
        let _failed = told.send(());
    };
    let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
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
