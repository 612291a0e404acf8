//! What this is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::router::PREFIX;

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

/// Returns what this is.
#[utoipa::path(
    get,
    path = "/",
    responses(
        (status = 200, body = Root),
    )
)]
pub(crate) async fn root() -> Json<Root> {
    Json(Root {
        name: "skillstat API",
        version: VERSION,
        environment: ENVIRONMENT,
        api_prefix: PREFIX,
        docs_url: "/openapi.json",
        health_check: "/health",
    })
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
