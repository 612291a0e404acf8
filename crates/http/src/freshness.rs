//! How old an answer is and how it was come by, in headers.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{
    AGE, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH,
};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use skillstat_domain::{Answer, AnswerSource, Coverage, Moment, WatchState};
use skillstat_wire::WATCH_HEADER;

use crate::problem::Refusal;
use crate::state::HttpState;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Whether every change before the question is in the answer.
pub(crate) const WATCH: HeaderName = HeaderName::from_static(WATCH_HEADER);
const CACHE_HIT: HeaderName = HeaderName::from_static("x-cache-hit");
const LAST_FETCHED: HeaderName = HeaderName::from_static("x-cache-last-fetched");

/// The freshness of what was made from one or more answers.
#[derive(Debug)]
pub(crate) struct Freshness {
    as_of: Moment,
    source: AnswerSource,
    etag: String,
    /// What was said before the question, if that was not `live`.
    unwatched: Option<HeaderValue>,
}

impl Freshness {
    /// Begins with one answer.
    pub(crate) fn new<T>(state: &HttpState, answer: &Answer<T>) -> Self {
        let etag = format!("{:016x}-{:x}", state.process, answer.cached.version);
        Self { as_of: answer.cached.as_of, source: answer.source, etag, unwatched: None }
    }

    /// Adds the coverage as it was before the question: a gap that was closed since may have hidden a
    /// change that is not in the answer.
    #[must_use]
    pub(crate) fn watched_before(mut self, coverage: &Coverage) -> Self {
        self.unwatched = (coverage.state() != WatchState::Live).then(|| watched(coverage));
        self
    }

    /// Adds another answer: the oldest decides the age, the slowest the source.
    #[must_use]
    pub(crate) fn and<T>(mut self, answer: &Answer<T>) -> Self {
        self.as_of = self.as_of.min(answer.cached.as_of);
        if rank(answer.source) > rank(self.source) {
            self.source = answer.source;
        }
        self.etag = format!("{}-{:x}", self.etag, answer.cached.version);
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
        request: &HeaderMap,
        body: impl FnOnce() -> Result<Bytes, Refusal>,
    ) -> Result<Response, Refusal> {
        let etag = format!("\"{}\"", self.etag);
        let mut response = if has(request, &etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let json = HeaderValue::from_static("application/json");
            ([(CONTENT_TYPE, json)], body()?).into_response()
        };
        let headers = response.headers_mut();
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
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            headers.insert(ETAG, etag);
        }
        let now = || watched(&state.services.watcher.coverage());
        headers.insert(WATCH, self.unwatched.clone().unwrap_or_else(now));
        Ok(response)
    }
}

/// Serialises an answer.
pub(crate) fn json(value: &impl Serialize) -> Result<Bytes, Refusal> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| {
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

/// Tells whether the client has the answer with this tag; weak comparison, as RFC 9110 wants here.
fn has(request: &HeaderMap, etag: &str) -> bool {
    request
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}
