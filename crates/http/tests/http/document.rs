//! The document that describes the routes.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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
        "/api/v1/artifacts/{id}/deploy",
        "/api/v1/artifacts/{id}/diff",
        "/api/v1/artifacts/{id}/undeploy",
        "/api/v1/cache",
        "/api/v1/cache/invalidate",
        "/api/v1/deploy",
        "/api/v1/deploy/undeploy",
        "/api/v1/events",
        "/api/v1/exact/collections",
        "/api/v1/exact/overview",
        "/api/v1/exact/statistics",
        "/api/v1/fleet",
        "/api/v1/fleet/artifacts/{id}",
        "/api/v1/fleet/hosts/{id}",
        "/api/v1/matrix",
        "/api/v1/orders",
        "/api/v1/projects",
        "/api/v1/projects/{id}",
        "/api/v1/projects/{id}/deployments/{name}",
        "/api/v1/status",
        "/api/v1/version",
        "/api/v1/watch",
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
    let references: BTreeSet<_> =
        text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(references.len() > 15);
    for reference in references {
        assert!(document.pointer(&format!("/{reference}")).is_some(), "{reference} is not there");
    }
}

#[tokio::test]
async fn every_operation_has_a_name_of_its_own_and_says_who_may_ask() {
    let document = Service::new(small_world()).get("/openapi.json").await.json();
    let scheme = &document["components"]["securitySchemes"]["key"];
    assert_eq!((&scheme["in"], &scheme["name"]), (&json!("header"), &json!("X-API-Key")));
    let (either, key) = (json!([{}, {"key": []}]), json!([{"key": []}]));
    let mut names = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} is taken");
            let guarded =
                path.starts_with("/api/") || ["/metrics", "/health/detailed"].contains(&&**path);
            let expected = match method.as_str() {
                "post" | "delete" => &key,
                // It tells what is in files.
                _ if path.ends_with("/diff") => &key,
                _ if guarded => &either,
                _ => &Value::Null,
            };
            assert_eq!(&operation["security"], expected, "{path}");
            let statuses: Vec<_> = operation["responses"].as_object().unwrap().keys().collect();
            assert!(statuses.iter().all(|status| status.parse::<u16>().is_ok()), "{statuses:?}");
            let refuses = statuses.iter().any(|status| *status == "401");
            assert_eq!(refuses, guarded, "{path}");
        }
    }
}
