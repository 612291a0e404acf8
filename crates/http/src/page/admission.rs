//! A link that gives the page its key, once.
//!
//! Whoever starts the service at a terminal sees the link there. What it carries stands behind the `#`, so
//! it is sent in no address; the page takes it from there, and gets the key for it. Found in a log or a
//! history afterwards it opens nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderName};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use skillstat_domain::Moment;

use crate::guard::ApiKey;
use crate::problem::Refusal;
use crate::state::HttpState;

/// Where the page asks for the key.
pub(crate) const KEY: &str = "/page/key";

/// How long the link may be used after the service has started.
const LIFETIME: Duration = Duration::from_mins(10);

/// What the link carries. A page of another origin cannot send it without asking first.
const CODE: HeaderName = HeaderName::from_static("skillstat-code");

/// The code that was not used yet, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Admission(Mutex<Option<ApiKey>>);

impl Admission {
    /// Admits whoever has this code, once.
    pub(crate) fn of(code: &str) -> Self {
        Self(Mutex::new(ApiKey::new(code)))
    }

    /// Tells whether this is the code, which is used up then, and after its time in any case.
    fn admits(&self, given: Option<&HeaderValue>, started: Moment, now: Moment) -> bool {
        let mut code = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.since(started) > LIFETIME {
            *code = None;
        }
        let given = given.map(HeaderValue::as_bytes).unwrap_or_default();
        code.take_if(|code| code.is(given)).is_some()
    }
}

/// Returns the key for the code of the link.
pub(super) async fn key(State(state): State<Arc<HttpState>>, headers: HeaderMap) -> Response {
    let now = state.services.clock.now();
    let admitted = state.admission.admits(headers.get(CODE), state.started, now);
    let Some(key) = state.guard.key.as_ref().and_then(ApiKey::text).filter(|_| admitted) else {
        let why = "the link was used before, or is too old";
        return Refusal::new(StatusCode::FORBIDDEN, why).into_response();
    };
    ([(CACHE_CONTROL, "no-store")], Json(json!({ "key": key }))).into_response()
}
