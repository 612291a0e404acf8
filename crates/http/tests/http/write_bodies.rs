//! Bodies that are refused, in the words of SkillMeat's server.

use std::sync::Arc;

use axum::body::Body;
use serde_json::{Value, json};
use skillstat_domain::testing::MockDeploymentCommands;

use crate::support::{Service, request, small_world, with_body};
use crate::writing::ROUTES;

/// Asks when nobody may be asked for anything, and returns the list that 422 has.
async fn refused(path: &str, content_type: Option<&str>, body: &str) -> Value {
    let service = Service::writing(small_world(), Arc::new(MockDeploymentCommands::new()));
    let headers = content_type.map(|kind| ("content-type", kind));
    let mut request = request("POST", path, headers.as_slice());
    *request.body_mut() = Body::from(body.to_owned());
    let reply = service.send(request).await;
    assert_eq!(reply.status, 422, "{path} {body}: {:?}", reply.json());
    reply.json()["detail"].clone()
}

async fn check(path: &str, body: &str, expected: Value) {
    assert_eq!(refused(path, Some("application/json"), body).await, expected, "{body}");
}

#[tokio::test]
async fn what_does_not_say_that_it_is_json_is_none() {
    for (method, path, body) in ROUTES {
        if method == "DELETE" {
            continue;
        }
        for kind in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
            let why = "Input should be a valid dictionary or object to extract fields from";
            let expected = json!([
                {"type": "model_attributes_type", "loc": ["body"], "msg": why, "input": body}
            ]);
            assert_eq!(refused(path, kind, body).await, expected, "{path} {kind:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_object_is_refused() {
    for (method, path, _) in ROUTES {
        if method == "DELETE" {
            continue;
        }
        let missing =
            json!([{"type": "missing", "loc": ["body"], "msg": "Field required", "input": null}]);
        check(path, "", missing.clone()).await;
        check(path, "null", missing).await;
        let why = "Input should be a valid dictionary or object to extract fields from";
        check(
            path,
            "[1]",
            json!([
                {"type": "model_attributes_type", "loc": ["body"], "msg": why, "input": [1]}
            ]),
        )
        .await;
        check(path, "{\n  oops}", json!([
            {"type": "json_invalid", "loc": ["body", 4], "msg": "JSON decode error", "input": {}}
        ]))
        .await;
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_the_fields_is_told_at_once() {
    let body = json!({
        "artifact_id": 7,
        "artifact_type": null,
        "project_path": ["x"],
        "overwrite": "yes",
        "deployment_profile_ids": ["codex", 1],
        "dest_path": true,
    });
    let text = |name: &str, input: Value| json!({"type": "string_type", "loc": ["body", name], "msg": "Input should be a valid string", "input": input});
    let expected = json!([
        text("artifact_id", json!(7)),
        {"type": "missing", "loc": ["body", "artifact_name"], "msg": "Field required", "input": body},
        text("artifact_type", json!(null)),
        {"type": "bool_type", "loc": ["body", "overwrite"], "msg": "Input should be a valid boolean", "input": "yes"},
        text("dest_path", json!(true)),
        {"type": "string_type", "loc": ["body", "deployment_profile_ids", 1], "msg": "Input should be a valid string", "input": 1},
    ]);
    check("/api/v1/deploy", &body.to_string(), expected).await;
    let ids = json!({"project_path": "/p/a", "deployment_profile_ids": "codex"});
    let expected = json!([{
        "type": "list_type", "loc": ["body", "deployment_profile_ids"],
        "msg": "Input should be a valid list", "input": "codex",
    }]);
    check(ROUTES[2].1, &ids.to_string(), expected).await;
}

#[tokio::test]
async fn a_project_is_needed_though_its_absence_is_told_last() {
    let body = json!({"artifact_id": "", "artifact_name": "x", "artifact_type": "skill"});
    let expected = json!([{
        "type": "missing", "loc": ["body", "project_path"], "msg": "Field required", "input": body,
    }]);
    check("/api/v1/deploy", &body.to_string(), expected.clone()).await;
    check("/api/v1/deploy/undeploy", &body.to_string(), expected).await;
}

#[tokio::test]
async fn profiles_are_named_in_one_way() {
    let why = |text: &str, body: &Value| json!([{"type": "value_error", "loc": ["body"], "msg": format!("Value error, {text}"), "input": body}]);
    let one_way = "name profiles in one way: deployment_profile_id, deployment_profile_ids, all_profiles or \
                   use_project_defaults";
    for (body, text) in [
        (
            json!({"project_path": "/p/a", "deployment_profile_id": "codex", "all_profiles": true}),
            one_way,
        ),
        (
            json!({"project_path": "/p/a", "all_profiles": true, "use_project_defaults": true}),
            one_way,
        ),
        (
            json!({"project_path": "/p/a", "deployment_profile_ids": []}),
            "deployment_profile_ids names no profile",
        ),
        (
            json!({"project_path": "/p/a", "deployment_profile_ids": ["codex", "codex"]}),
            "deployment_profile_ids names a profile twice",
        ),
    ] {
        check(ROUTES[2].1, &body.to_string(), why(text, &body)).await;
    }
}

#[tokio::test]
async fn taking_a_deployment_away_needs_its_type() {
    let service = Service::writing(small_world(), Arc::new(MockDeploymentCommands::new()));
    let path = "/api/v1/projects/L3AvYQ==/deployments/canvas";
    let reply = service.send(with_body("DELETE", path, "")).await;
    let expected = json!([{
        "type": "missing", "loc": ["query", "artifact_type"], "msg": "Field required", "input": null,
    }]);
    assert_eq!((reply.status.as_u16(), &reply.json()["detail"]), (422, &expected));
    let path = format!("{path}?artifact_type=skill&remove_files=maybe");
    assert_eq!(service.send(with_body("DELETE", &path, "")).await.status, 422);
    let garbage = "/api/v1/projects/!!!/deployments/canvas?artifact_type=skill";
    let reply = service.send(with_body("DELETE", garbage, "")).await;
    assert_eq!(reply.problem().0, 400);
}
