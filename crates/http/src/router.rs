//! All routes, what stands before them, and the document that describes them.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa::openapi::{Info, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::front::front;
use crate::problem::Refusal;
use crate::routes::{
    artifact, artifacts, cache, deploy, diff, events, exact, fleet, health, matrix, metrics,
    orders, project, projects, root, status, watch, writes,
};
use crate::state::HttpState;
use crate::{document, page};

/// Where the routes of SkillMeat are.
pub(crate) const PREFIX: &str = "/api/v1";

/// Where the document is.
const DOCUMENT: &str = "/openapi.json";

/// From how many bytes on an answer is compressed: below, it costs more than it saves.
pub(crate) const LARGE: u64 = 8 << 10;

/// Returns the service.
///
/// For [`GuardConfig::trust_loopback`](crate::GuardConfig) to mean anything it has to be served with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
pub fn router(state: impl Into<Arc<HttpState>>) -> Router {
    let state = state.into();
    let (routes, document) = described().split_for_parts();
    let document = Bytes::from(json(&document));
    routes
        .route(
            DOCUMENT,
            get(async move || ([(CONTENT_TYPE, "application/json")], document.clone())),
        )
        .route("/metrics/", get(metrics::get))
        .merge(page::assets())
        .merge(without_slash())
        .fallback(async || Refusal::no_route())
        .method_not_allowed_fallback(async || Refusal::no_method())
        .layer((
            from_fn_with_state(Arc::clone(&state), front),
            CompressionLayer::new()
                .compress_when(SizeAbove::new(LARGE).and(NotForContentType::SSE)),
        ))
        .with_state(state)
}

/// Returns the `OpenAPI` document of the routes as JSON, as the service tells it.
pub fn openapi() -> String {
    json(described().get_openapi())
}

/// Returns the paths of all routes.
pub(crate) fn paths() -> impl Iterator<Item = String> {
    described().split_for_parts().1.paths.paths.into_keys().chain([
        DOCUMENT.to_owned(),
        page::ASSETS.to_owned(),
        page::KEY.to_owned(),
    ])
}

fn json(document: &OpenApi) -> String {
    // A tree of texts and numbers always serialises.
    serde_json::to_string(document).unwrap_or_default()
}

fn described() -> OpenApiRouter<Arc<HttpState>> {
    let info = Info::new("skillstat", env!("CARGO_PKG_VERSION"));
    let mut all = OpenApiRouter::with_openapi(OpenApi::new(info, utoipa::openapi::Paths::new()))
        .routes(routes!(root::root))
        .routes(routes!(health::health))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(health::detailed))
        .routes(routes!(metrics::get))
        .routes(routes!(artifacts::list))
        .routes(routes!(artifact::get))
        .routes(routes!(diff::get))
        .routes(routes!(projects::list))
        .routes(routes!(project::get))
        .routes(routes!(deploy::list))
        .routes(routes!(writes::deploy::post))
        .routes(routes!(writes::undeploy::post))
        .routes(routes!(writes::artifact::deploy))
        .routes(routes!(writes::artifact::undeploy))
        .routes(routes!(writes::deployment::delete))
        .routes(routes!(root::version))
        .routes(routes!(status::get))
        .routes(routes!(matrix::get))
        .routes(routes!(orders::post))
        .routes(routes!(watch::get))
        .routes(routes!(events::get))
        .routes(routes!(exact::overview))
        .routes(routes!(exact::statistics))
        .routes(routes!(exact::collections))
        .routes(routes!(fleet::hosts))
        .routes(routes!(fleet::artifact))
        .routes(routes!(fleet::host))
        .routes(routes!(cache::counters))
        .routes(routes!(cache::invalidate));
    document::complete(all.get_openapi_mut());
    all
}

/// The addresses that SkillMeat's server sends on to the same without a slash in the end.
fn without_slash() -> Router<Arc<HttpState>> {
    let with_slash = [
        "artifacts/",
        "artifacts/{id}/",
        "artifacts/{id}/diff/",
        "artifacts/{id}/deploy/",
        "artifacts/{id}/undeploy/",
        "projects/",
        "projects/{id}/",
        "projects/{id}/deployments/{name}/",
        "deploy/",
        "deploy/undeploy/",
    ];
    with_slash
        .iter()
        .fold(Router::new(), |router, path| router.route(&format!("{PREFIX}/{path}"), any(send_on)))
}

async fn send_on(uri: Uri) -> Response {
    let mut target = uri.path().trim_end_matches('/').to_owned();
    if let Some(query) = uri.query() {
        target.push('?');
        target.push_str(query);
    }
    (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, target)]).into_response()
}
