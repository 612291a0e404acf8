//! The files of the page.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH,
};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

use super::admission::{KEY, key};
use crate::problem::Refusal;
use crate::state::HttpState;

/// Where the files are.
pub(crate) const ASSETS: &str = "/page/{file}";

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

macro_rules! file {
    ($name:literal, $type:expr) => {
        ($name, $type, include_str!(concat!("assets/", $name)))
    };
}

/// Name, type and content of each.
const FILES: [(&str, &str, &str); 17] = [
    file!("page.css", CSS),
    file!("icon.svg", "image/svg+xml"),
    file!("main.js", SCRIPT),
    file!("announce.js", SCRIPT),
    file!("ask.js", SCRIPT),
    file!("copies.js", SCRIPT),
    file!("diff.js", SCRIPT),
    file!("elements.js", SCRIPT),
    file!("filters.js", SCRIPT),
    file!("freshness.js", SCRIPT),
    file!("grid.js", SCRIPT),
    file!("hosts.js", SCRIPT),
    file!("key.js", SCRIPT),
    file!("model.js", SCRIPT),
    file!("news.js", SCRIPT),
    file!("orders.js", SCRIPT),
    file!("texts.js", SCRIPT),
];

/// Tells whether a path is one of the files, or gives the key to who has a code for it.
pub(crate) fn is_asset(path: &str) -> bool {
    path == KEY || path.strip_prefix("/page/").is_some_and(|name| find(name).is_some())
}

/// Returns the routes of the files, and the one that gives the key.
pub(crate) fn assets() -> Router<Arc<HttpState>> {
    // They are many and small, and all of them stand before the first look at the matrix.
    let files = Router::new().route(ASSETS, get(file)).layer(CompressionLayer::new());
    files.route(KEY, get(key))
}

fn find(name: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    FILES.iter().find(|(file, _, _)| *file == name)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some((_, media, content)) = find(&name) else {
        return Refusal::no_route().into_response();
    };
    let etag = etag(content);
    let known = headers.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(etag.as_str())) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, *media)], *content).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(ETAG, etag);
    }
    response
}

/// Names a content; the same in every process.
fn etag(content: &str) -> String {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    format!("\"{:016x}\"", hasher.finish())
}
