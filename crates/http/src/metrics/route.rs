//! What is counted for one route.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram, Key, Label, Recorder};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::METADATA;

pub(super) const REQUESTS: &str = "skillstat_http_requests_total";
pub(super) const DURATION: &str = "skillstat_http_request_duration_seconds";

/// The methods that are told apart; whatever else comes is the last.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];

/// The classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The series of one route, each made when it is met first and then kept at hand.
#[derive(Debug)]
pub(crate) struct Route {
    path: String,
    requests: [[OnceLock<Counter>; CLASSES.len()]; METHODS.len()],
    duration: OnceLock<Histogram>,
}

impl Route {
    /// Counts for the route with this path.
    pub(super) fn new(path: String) -> Self {
        Self { path, requests: Default::default(), duration: OnceLock::new() }
    }

    /// Counts a request that was answered.
    pub(super) fn count(
        &self,
        recorder: &PrometheusRecorder,
        method: &Method,
        status: StatusCode,
        duration: Duration,
    ) {
        let (method, class) = (index(method), usize::from(status.as_u16() / 100).clamp(1, 5) - 1);
        let requests = self.requests[method][class].get_or_init(|| {
            let labels = vec![
                Label::new("method", METHODS[method]),
                self.label(),
                Label::new("status", CLASSES[class]),
            ];
            recorder.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA)
        });
        requests.increment(1);
        let durations = self.duration.get_or_init(|| {
            let key = Key::from_parts(DURATION, vec![self.label()]);
            recorder.register_histogram(&key, &METADATA)
        });
        durations.record(duration);
    }

    fn label(&self) -> Label {
        Label::new("route", self.path.clone())
    }
}

fn index(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::HEAD => 1,
        Method::POST => 2,
        Method::PUT => 3,
        Method::PATCH => 4,
        Method::DELETE => 5,
        Method::OPTIONS => 6,
        _ => METHODS.len() - 1,
    }
}
