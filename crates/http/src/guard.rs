//! Who may ask what: `Host`, origin and key, checked before any route is.

mod config;
mod host;
pub(crate) mod origin;

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, DefaultBodyLimit, Request};
use axum::http::header::{CONTENT_LENGTH, WWW_AUTHENTICATE};
use axum::http::{HeaderName, Method, StatusCode};
use axum::response::{IntoResponse, Response};
pub use config::{ApiKey, GuardConfig, Reads};

use crate::page;
use crate::problem::Refusal;
use crate::state::HttpState;

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What the guard found out about a request, for routes that do more for some than for others.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rights {
    /// Whether this request could have been a read of anything.
    pub(crate) read: bool,
    /// Whether this request could also have been a write.
    pub(crate) write: bool,
    /// Whether it comes from a page that is not ours and not allowed.
    cross_site: bool,
}

impl Rights {
    /// Refuses to tell what is in files without the key, from this machine too: others use it who may
    /// not open them.
    pub(crate) fn contents(self) -> Result<(), Refusal> {
        match self {
            Self { write: true, .. } => Ok(()),
            Self { cross_site: true, .. } => {
                Err(Refusal::new(StatusCode::FORBIDDEN, origin::REFUSED))
            }
            Self { .. } => Err(refusal(Err(NoKey::Missing))),
        }
    }
}

/// Lets a request through to `next`, or refuses it.
pub(crate) async fn guarded<F: Future<Output = Response>>(
    state: &HttpState,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let config = &state.guard;
    let allowed_origin = origin::allowed(&request, config);
    let mut response = if let Some(answer) = origin::preflight(&request, allowed_origin.as_ref()) {
        match host::check(&request, config) {
            Ok(()) => answer,
            Err(refusal) => refusal.into_response(),
        }
    } else {
        match check(&request, config, state.limits.body) {
            Ok(rights) => {
                request.extensions_mut().insert(rights);
                if writes(&request) {
                    DefaultBodyLimit::max(state.limits.body).apply(&mut request);
                }
                next(request).await
            }
            Err(refusal) => refusal.into_response(),
        }
    };
    origin::mark(response.headers_mut(), config, allowed_origin);
    response
}

/// Tells what a request may do, or why it is refused.
pub(crate) fn check(
    request: &Request,
    config: &GuardConfig,
    body: usize,
) -> Result<Rights, Refusal> {
    host::check(request, config)?;
    let writes = writes(request);
    let same_site = origin::check(request, config);
    if writes {
        same_site.as_ref().map_err(|why| Refusal::new(StatusCode::FORBIDDEN, *why))?;
    }
    let key = key(request, config);
    if !(always_open(request.uri().path()) || key.is_ok() && (key == Ok(Key::Good) || !writes)) {
        return Err(refusal(key));
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if length.is_some_and(|length| length.parse().is_ok_and(|length: u64| length > body as u64)) {
        return Err(too_large());
    }
    let (write, cross_site) = (same_site.is_ok() && key == Ok(Key::Good), same_site.is_err());
    Ok(Rights { read: key.is_ok(), write, cross_site })
}

fn writes(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The answer to a body that is too large.
pub(crate) fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "request body too large")
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Everything.
    Good,
    /// There is none and for reading none is needed.
    NotNeededToRead,
}

/// Why a key opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NoKey {
    Missing,
    Wrong,
}

fn key(request: &Request, config: &GuardConfig) -> Result<Key, NoKey> {
    if config.private_socket || config.trust_loopback && from_loopback(request) {
        return Ok(Key::Good);
    }
    match (request.headers().get(API_KEY), &config.key) {
        (Some(given), Some(key)) if key.is(given.as_bytes()) => Ok(Key::Good),
        (Some(given), Some(_)) if !given.is_empty() => Err(NoKey::Wrong),
        _ if config.reads == Reads::WithKey => Err(NoKey::Missing),
        _ => Ok(Key::NotNeededToRead),
    }
}

fn refusal(key: Result<Key, NoKey>) -> Refusal {
    match key {
        Err(NoKey::Wrong) => Refusal::new(StatusCode::FORBIDDEN, "Invalid API key"),
        Err(NoKey::Missing) | Ok(_) => Refusal::new(StatusCode::UNAUTHORIZED, "API key required")
            .with_header(WWW_AUTHENTICATE, "ApiKey"),
    }
}

/// Tells whether a path takes no key: it tells nothing but that the service is there, or, as `/` does,
/// looks at the rights itself.
pub(crate) fn always_open(path: &str) -> bool {
    path == "/" || is_probe(path) || page::is_asset(path)
}

/// Tells whether a path only says that the service is well, which it must also when it is busy.
pub(crate) fn is_probe(path: &str) -> bool {
    matches!(path, "/health" | "/health/live" | "/health/ready")
}

fn from_loopback(request: &Request) -> bool {
    request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(
        |ConnectInfo(peer)| match peer.ip() {
            IpAddr::V4(address) => address.is_loopback(),
            IpAddr::V6(address) => address.to_canonical().is_loopback(),
        },
    )
}
