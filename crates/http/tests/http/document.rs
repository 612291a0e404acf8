//! The document that describes the routes.

use std::collections::BTreeSet;

use crate::support::{Service, small_world};

#[tokio::test]
async fn every_route_is_described() {
    let reply = Service::new(small_world()).get("/openapi.json").await;
    assert_eq!(reply.header("content-type"), "application/json");
    let document = reply.json();
    assert_eq!(document["info"]["title"], "skillstat");
    let paths: BTreeSet<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "/",
        "/api/v1/artifacts",
        "/api/v1/artifacts/{id}",
        "/api/v1/cache",
        "/api/v1/cache/invalidate",
        "/api/v1/deploy",
        "/api/v1/projects",
        "/api/v1/projects/{id}",
        "/api/v1/status",
        "/api/v1/version",
        "/health",
        "/health/detailed",
        "/health/live",
        "/health/ready",
        "/metrics",
    ];
    assert_eq!(paths, expected.map(ToOwned::to_owned).into());
}

#[tokio::test]
async fn every_reference_in_it_leads_somewhere() {
    let document = Service::new(small_world()).get("/openapi.json").await.json();
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let references: BTreeSet<_> = text
        .split("\"#/components/schemas/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(references.len() > 10);
    for reference in references {
        assert!(schemas.contains_key(reference), "{reference} is not there");
    }
}
