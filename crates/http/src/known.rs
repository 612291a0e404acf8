//! What is known before a question is asked.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{HeaderMap, HeaderValue, IF_NONE_MATCH};
use axum::http::request::Parts;
use skillstat_domain::Coverage;

use crate::state::HttpState;

/// The answers that a client has already, and how much is watched.
#[derive(Debug)]
pub(crate) struct Known {
    /// The tags that the request names in `If-None-Match`.
    tags: Vec<HeaderValue>,
    /// The coverage before the question: a gap that was closed since may have hidden a change that is
    /// not in the answer.
    pub(crate) coverage: Arc<Coverage>,
}

impl FromRequestParts<Arc<HttpState>> for Known {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<HttpState>,
    ) -> Result<Self, Infallible> {
        Ok(Self::new(&parts.headers, state))
    }
}

impl Known {
    /// Takes down what is known now.
    pub(crate) fn new(headers: &HeaderMap, state: &HttpState) -> Self {
        // Not all headers: a browser sends many, and most requests none of these.
        let tags = headers.get_all(IF_NONE_MATCH).iter().cloned().collect();
        Self { tags, coverage: state.services.watcher.coverage() }
    }

    /// Tells whether the answer with this tag is among them; weak comparison, as RFC 9110 wants here.
    pub(crate) fn has(&self, etag: &HeaderValue) -> bool {
        self.tags
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || *etag == tag.strip_prefix("W/").unwrap_or(tag))
    }
}
