//! The answers that a client has already.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::{HeaderValue, IF_NONE_MATCH};
use axum::http::request::Parts;

/// The tags that a request names in `If-None-Match`.
#[derive(Debug)]
pub(crate) struct Known(Vec<HeaderValue>);

impl<S: Sync> FromRequestParts<S> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        // Not all headers: a browser sends many, and most requests none of these.
        Ok(Self(parts.headers.get_all(IF_NONE_MATCH).iter().cloned().collect()))
    }
}

impl Known {
    /// Tells whether the answer with this tag is among them; weak comparison, as RFC 9110 wants here.
    pub(crate) fn has(&self, etag: &HeaderValue) -> bool {
        self.0
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || *etag == tag.strip_prefix("W/").unwrap_or(tag))
    }
}
