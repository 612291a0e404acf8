//! How old an answer is and how it was come by, in headers.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, HeaderValue};
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use skillstat_domain::{Answer, AnswerSource, Cached, Coverage, Moment, WatchState};
use skillstat_wire::WATCH_HEADER;

use crate::aside::aside;
use crate::known::Known;
use crate::problem::Refusal;
use crate::state::HttpState;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Whether every change before the question is in the answer.
pub(crate) const WATCH: HeaderName = HeaderName::from_static(WATCH_HEADER);
const CACHE_HIT: HeaderName = HeaderName::from_static("x-cache-hit");
const LAST_FETCHED: HeaderName = HeaderName::from_static("x-cache-last-fetched");

/// How many headers an answer has in the end, so that their table need not grow.
const HEADERS: usize = 12;

/// The freshness of what was made from one answer or two.
#[derive(Debug)]
pub(crate) struct Freshness {
    as_of: Moment,
    source: AnswerSource,
    version: u64,
    /// The version of the second answer, if there is one.
    second: Option<u64>,
}

impl Freshness {
    /// Begins with one answer.
    pub(crate) fn new<T>(answer: &Answer<T>) -> Self {
        let Answer { cached, source } = answer;
        let Cached { as_of, version, .. } = *cached;
        Self { as_of, source: *source, version, second: None }
    }

    /// Adds a second answer: the older decides the age, the slower the source.
    #[must_use]
    pub(crate) fn and<T>(mut self, answer: &Answer<T>) -> Self {
        self.as_of = self.as_of.min(answer.cached.as_of);
        if rank(answer.source) > rank(self.source) {
            self.source = answer.source;
        }
        self.second = Some(answer.cached.version);
        self
    }

    /// Adds what SkillMeat's server says of its cache.
    pub(crate) fn mark(&self, state: &HttpState, response: &mut Response) {
        let hit = if self.source == AnswerSource::Hit { "hit" } else { "miss" };
        let headers = response.headers_mut();
        headers.insert(CACHE_HIT, HeaderValue::from_static(hit));
        // The wall clock, for people: no answer depends on it.
        let fetched = Timestamp::now().checked_sub(self.age(state));
        let text = fetched.map(|fetched| format!("{fetched:.6}")).unwrap_or_default();
        if let Ok(text) = HeaderValue::from_str(&text) {
            headers.insert(LAST_FETCHED, text);
        }
    }

    /// Returns how old the oldest thing is that the answer was made from.
    pub(crate) fn age(&self, state: &HttpState) -> Duration {
        state.services.clock.now().since(self.as_of)
    }

    /// Sends a body that is made only if the client does not have it yet.
    pub(crate) fn send(
        &self,
        state: &HttpState,
        known: &Known,
        body: impl FnOnce() -> Result<Bytes, Refusal>,
    ) -> Result<Response, Refusal> {
        self.send_tagged(state, known, self.etag(state), body)
    }

    /// Sends a body that takes long to make, which is done [aside](aside()).
    pub(crate) async fn send_large(
        &self,
        state: &HttpState,
        known: &Known,
        body: impl FnOnce() -> Result<Bytes, Refusal> + Send + 'static,
    ) -> Result<Response, Refusal> {
        let etag = self.etag(state);
        let body = if known.has(&etag) { Bytes::new() } else { aside(body).await? };
        self.send_tagged(state, known, etag, || Ok(body))
    }

    /// Sends a body whose tag was made before.
    pub(crate) fn send_tagged(
        &self,
        state: &HttpState,
        known: &Known,
        etag: HeaderValue,
        body: impl FnOnce() -> Result<Bytes, Refusal>,
    ) -> Result<Response, Refusal> {
        let mut response = Response::default();
        let headers = response.headers_mut();
        headers.reserve(HEADERS);
        headers.insert(AGE, HeaderValue::from(self.age(state).as_secs()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(
            CACHE_STATUS,
            HeaderValue::from_static(match self.source {
                AnswerSource::Hit => "skillstat; hit",
                AnswerSource::Miss => "skillstat; fwd=miss",
                AnswerSource::Joined => "skillstat; fwd=miss; collapsed",
            }),
        );
        let watch = match known.coverage.state() {
            WatchState::Live => watched(&state.services.watcher.coverage()),
            _ => watched(&known.coverage),
        };
        headers.insert(WATCH, watch);
        if known.has(&etag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *response.body_mut() = body()?.into();
        }
        response.headers_mut().insert(ETAG, etag);
        Ok(response)
    }

    /// Names the versions, and the process, which begins to count them anew.
    pub(crate) fn etag(&self, state: &HttpState) -> HeaderValue {
        let (process, version) = (state.process, self.version);
        let tag = match self.second {
            Some(second) => format!("\"{process:016x}-{version:x}-{second:x}\""),
            None => format!("\"{process:016x}-{version:x}\""),
        };
        HeaderValue::try_from(tag).expect("digits, hyphens and quotes may stand in a header")
    }
}

/// Serialises an answer.
pub(crate) fn json(value: &impl Serialize) -> Result<Bytes, Refusal> {
    // Boxed, so that what is kept of it is no larger than what is sent.
    serde_json::to_vec(value).map(|bytes| bytes.into_boxed_slice().into()).map_err(|error| {
        tracing::error!(%error, "an answer could not be serialised");
        Refusal::internal()
    })
}

/// Says whether every change is seen, and if not, one reason.
pub(crate) fn watched(coverage: &Coverage) -> HeaderValue {
    let state = coverage.state();
    let reason = match &coverage.gaps[..] {
        [gap, ..] if state == WatchState::Degraded => format!("{} {}", gap.path, gap.reason),
        _ => return HeaderValue::from_static(state.as_str()),
    };
    let printable = |c: char| if c.is_ascii() && !c.is_ascii_control() { c } else { '?' };
    let quoted: String = reason.chars().map(printable).collect();
    let quoted = quoted.replace('\\', "\\\\").replace('"', "\\\"");
    HeaderValue::from_str(&format!("{state}; reason=\"{quoted}\""))
        .unwrap_or(HeaderValue::from_static(state.as_str()))
}

fn rank(source: AnswerSource) -> u8 {
    match source {
        AnswerSource::Hit => 0,
        AnswerSource::Joined => 1,
        AnswerSource::Miss => 2,
    }
}
