//! What is noticed about every request: its id, how it was counted, and one line in the log.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::header::{HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Uri};
use axum::response::Response;
use tracing::Level;

use crate::metrics::{InFlight, Metrics, Route};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest request id that is taken from a client.
const LONGEST_ID: usize = 64;

/// Watches the requests of a process, whichever socket they come over.
#[derive(Debug)]
pub(crate) struct Observer {
    pub(crate) metrics: Metrics,
    /// What the ids of this process begin with.
    prefix: String,
    requests: AtomicU64,
}

impl Observer {
    /// Begins to count; `process` tells this process's ids from those of others.
    pub(crate) fn new(metrics: Metrics, process: u64) -> Self {
        Self { metrics, prefix: format!("{process:016x}-"), requests: AtomicU64::new(0) }
    }

    /// Begins to watch a request for the route with this path.
    pub(crate) fn notice(&self, request: &Request, route: Option<&str>) -> Noticed<'_> {
        Noticed {
            observer: self,
            began: Instant::now(),
            being_answered: self.metrics.begin(),
            id: self.id(request.headers()),
            route: self.metrics.route(route),
            method: request.method().clone(),
            uri: request.uri().clone(),
        }
    }

    /// Returns the id of a request: the client's own if it is short and plain.
    fn id(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let plain = |id: &&HeaderValue| {
            let bytes = id.as_bytes();
            (1..=LONGEST_ID).contains(&bytes.len())
                && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
        };
        headers.get(REQUEST_ID).filter(plain).cloned().or_else(|| {
            let number = self.requests.fetch_add(1, Ordering::Relaxed);
            HeaderValue::try_from([&self.prefix, number.to_string().as_str()].concat()).ok()
        })
    }
}

/// A request that was noticed and is being answered.
#[derive(Debug)]
pub(crate) struct Noticed<'a> {
    observer: &'a Observer,
    began: Instant,
    being_answered: InFlight<'a>,
    id: Option<HeaderValue>,
    route: &'a Route,
    method: Method,
    uri: Uri,
}

impl Noticed<'_> {
    /// Gives the answer the id of its request, counts it and writes it into the log.
    pub(crate) fn answered(self, response: &mut Response) {
        let duration = self.began.elapsed();
        drop(self.being_answered);
        let metrics = &self.observer.metrics;
        metrics.answered(self.route, &self.method, response.status(), duration);
        log(&self.method, &self.uri, self.id.as_ref(), response, duration);
        if let Some(id) = self.id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
    }
}

/// Writes a line: failures of ours as errors, refusals for information, the rest for who asks. What
/// stands behind the path's `?` may name projects and is left out.
fn log(
    method: &Method,
    uri: &Uri,
    id: Option<&HeaderValue>,
    response: &Response,
    duration: Duration,
) {
    macro_rules! line {
        ($level:expr) => {
            tracing::event!(
                target: "skillstat_http::request",
                $level,
                method = method.as_str(),
                path = uri.path(),
                status = response.status().as_u16(),
                duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX),
                id = id.and_then(|id| id.to_str().ok()),
                bytes = response.body().size_hint().exact(),
                "answered"
            )
        };
    }
    match response.status().as_u16() {
        500.. => line!(Level::ERROR),
        400.. => line!(Level::INFO),
        _ => line!(Level::DEBUG),
    }
}
