//! The page a browser asks for: whether it may read the answer, and whether it may write.

use axum::extract::Request;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, VARY,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::GuardConfig;
use crate::problem::Refusal;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// The answer to a page that is not ours and not allowed.
pub(super) const REFUSED: &str = "cross-site request refused; allow its origin with --origin";

/// Returns the origin of a request if it is one of those that are allowed.
pub(crate) fn allowed(request: &Request, config: &GuardConfig) -> Option<HeaderValue> {
    let origin = request.headers().get(ORIGIN)?;
    config
        .origins
        .iter()
        .any(|allowed| allowed.as_bytes() == origin.as_bytes())
        .then(|| origin.clone())
}

/// Says why a request comes from a page that is not ours and not allowed. What says nothing of
/// where it comes from does not come from a browser.
pub(super) fn check(request: &Request, config: &GuardConfig) -> Result<(), &'static str> {
    if allowed(request, config).is_some() {
        return Ok(());
    }
    let headers = request.headers();
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        let ours = matches!(site.as_bytes(), b"same-origin" | b"none");
        return if ours { Ok(()) } else { Err(REFUSED) };
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let own = |origin: &str| {
        let host = headers.get(HOST)?.to_str().ok()?;
        let (_, asking) = origin.split_once("://")?;
        Some(asking.eq_ignore_ascii_case(host))
    };
    match origin.to_str().ok().and_then(own) {
        Some(true) => Ok(()),
        _ => Err(REFUSED),
    }
}

/// Answers the question a browser asks before it lets a page write or send a key.
pub(super) fn preflight(request: &Request, allowed: Option<&HeaderValue>) -> Option<Response> {
    let asks = *request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if !asks {
        return None;
    }
    if allowed.is_none() {
        return Some(Refusal::new(StatusCode::FORBIDDEN, REFUSED).into_response());
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, PATCH, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "X-API-Key, Content-Type, If-None-Match, X-Request-ID"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

/// Tells the browser that the page may read the answer.
pub(crate) fn mark(headers: &mut HeaderMap, config: &GuardConfig, allowed: Option<HeaderValue>) {
    if !config.origins.is_empty() {
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    if let Some(origin) = allowed {
        let exposed = "ETag, Age, Cache-Status, X-Request-ID, X-Cache-Hit, X-Cache-Last-Fetched, \
                       Skillstat-Watch";
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(exposed));
    }
}
