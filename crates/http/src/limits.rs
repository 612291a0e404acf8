//! How much one request, and all of them, may cost.

use std::any::Any;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use crate::guard::is_probe;
use crate::problem::Refusal;

/// What requests may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The bytes of a body.
    pub body: usize,
    /// The time until an answer begins, with reading the body.
    pub time: Duration,
    /// The time until the head of a connection's next request has arrived; whoever sends none is
    /// disconnected. Kept by [`serve`](crate::serve()).
    pub head: Duration,
    /// The time that a client may read nothing of its answer; then it is disconnected. Kept by
    /// [`serve`](crate::serve()).
    pub read: Duration,
    /// The requests answered at once; health is not counted.
    pub at_once: usize,
    /// The connections open at once; more wait until one is closed. Kept by [`serve`](crate::serve()),
    /// for each listener.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            time: Duration::from_secs(30),
            head: Duration::from_secs(10),
            read: Duration::from_secs(30),
            at_once: 512,
            connections: 1024,
        }
    }
}

/// The places of those who are answered now.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    time: Duration,
}

impl Places {
    /// Makes as many as the limits say.
    pub(crate) fn new(limits: Limits) -> Self {
        let free = Semaphore::new(limits.at_once.min(Semaphore::MAX_PERMITS));
        Self { free: Arc::new(free), time: limits.time }
    }
}

/// Has a request answered within the limits, or says that it is not.
pub(crate) async fn limited<F: Future<Output = Response>>(
    places: &Places,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let place = if is_probe(request.uri().path()) {
        None
    } else {
        match places.free.try_acquire() {
            Ok(place) => Some(place),
            Err(_) => {
                return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once")
                    .with_header(RETRY_AFTER, "1")
                    .into_response();
            }
        }
    };
    let mut answer = pin!(answer(request));
    let answer = match poll_fn(|context| Poll::Ready(answer.as_mut().poll(context))).await {
        // Most are there at once, and need no clock.
        Poll::Ready(answer) => Ok(answer),
        Poll::Pending => tokio::time::timeout(places.time, answer).await,
    };
    drop(place);
    answer.unwrap_or_else(|_| {
        Refusal::new(StatusCode::GATEWAY_TIMEOUT, "request timed out").into_response()
    })
}

/// The answer in place of a handler's that panicked.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let reason = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    tracing::error!(reason, "a request handler panicked");
    Refusal::internal().into_response()
}
