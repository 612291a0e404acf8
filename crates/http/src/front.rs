//! What every request passes on its way to a route, in one layer.
//!
//! Why not a layer each: axum boxes every layer of every route, and for each request clones the boxes,
//! each with all that lie inside it. With eight of them that cost more than the answer.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_ENCODING, ETAG, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt;

use crate::guard::guarded;
use crate::limits::{limited, panicked};
use crate::state::HttpState;

const CONTENT_TYPE_OPTIONS: HeaderName = HeaderName::from_static("x-content-type-options");

/// Has a request answered: noticed, if the guard lets it through, and within the limits.
pub(crate) async fn front(
    State(state): State<Arc<HttpState>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let noticed = state.observer.notice(&request, route);
    // The guard before the limits, so that who is refused takes no place, and a page can read what the
    // limits answer.
    let mut response = guarded(&state, request, |request| {
        limited(&state.places, request, |request| caught(next.run(request)))
    })
    .await;
    weaken(&mut response);
    harden(&mut response);
    noticed.answered(&mut response);
    response
}

/// Answers in place of a handler that panics.
async fn caught(answer: impl Future<Output = Response>) -> Response {
    // What a panic leaves behind is a lock at most, and whoever takes one of those expects it.
    let answer = AssertUnwindSafe(answer).catch_unwind().await;
    answer.unwrap_or_else(|panic| panicked(&*panic))
}

/// Keeps browsers from taking an answer for something else than it says it is.
pub(crate) fn harden(response: &mut Response) {
    response.headers_mut().insert(CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Makes the tag of a compressed answer a weak one: its bytes are not those that the tag was for.
fn weaken(response: &mut Response) {
    let headers = response.headers_mut();
    if headers.contains_key(CONTENT_ENCODING)
        && let Some(Ok(tag)) = headers.get(ETAG).map(HeaderValue::to_str)
        && let Ok(weak) = HeaderValue::from_str(&format!("W/{tag}"))
    {
        headers.insert(ETAG, weak);
    }
}
