//! What this is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{HeaderMap, VARY};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::guard::Rights;
use crate::page;
use crate::router::PREFIX;
use crate::state::HttpState;

/// The version of the service.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// SkillMeat's word for a service that tells no internals.
pub(crate) const ENVIRONMENT: &str = "production";

/// What this is and where to go on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Root {
    name: &'static str,
    version: &'static str,
    environment: &'static str,
    api_prefix: &'static str,
    /// Where the routes are described.
    docs_url: &'static str,
    health_check: &'static str,
}

/// The versions of the service and of its routes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct About {
    version: &'static str,
    api_version: &'static str,
    environment: &'static str,
}

/// Returns what this is: the page to whoever names HTML in `Accept`, as browsers do, else JSON.
#[utoipa::path(
    get,
    path = "/",
    responses(
        (status = 200, content((Root = "application/json"), (String = "text/html"))),
    )
)]
pub(crate) async fn root(
    State(state): State<Arc<HttpState>>,
    Extension(rights): Extension<Rights>,
    headers: HeaderMap,
) -> Response {
    if page::is_wanted(&headers) {
        return page::page(&state, rights).await;
    }
    let root = Root {
        name: "skillstat API",
        version: VERSION,
        environment: ENVIRONMENT,
        api_prefix: PREFIX,
        docs_url: "/openapi.json",
        health_check: "/health",
    };
    ([(VARY, "Accept")], Json(root)).into_response()
}

/// Returns the versions.
#[utoipa::path(
    get,
    path = "/api/v1/version",
    responses(
        (status = 200, body = About),
    )
)]
pub(crate) async fn version() -> Json<About> {
    Json(About { version: VERSION, api_version: "v1", environment: ENVIRONMENT })
}
