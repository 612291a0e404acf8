//! The questions of SkillMeat's own web client, as its browser sends them.

use serde_json::{Value, json};

use crate::service::{Answer, REVIEW_HASH, Service};

const PAGE: &str = "http://localhost:3000";

fn start() -> Service {
    Service::start(&["--origin", PAGE, "--trust-loopback"])
}

/// Asks as the page does.
fn get(service: &Service, path: &str) -> Value {
    let headers = format!("Origin: {PAGE}\r\nSec-Fetch-Site: same-site\r\nAccept: */*\r\n");
    let answer = service.ask(&format!("GET /api/v1{path}"), &headers, "");
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    is_readable(&answer);
    answer.json()
}

/// Checks that the browser lets the page read an answer.
#[track_caller]
fn is_readable(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(answer.header("vary").to_ascii_lowercase(), "origin");
}

/// Takes the fields out of an object that the client reads; fails when one is not there.
fn read(object: &Value, fields: &[&str]) -> Value {
    let take = |field: &&str| {
        let value = object.get(field).unwrap_or_else(|| panic!("no {field} in {object}"));
        ((*field).to_owned(), value.clone())
    };
    Value::Object(fields.iter().map(take).collect())
}

#[test]
fn the_tab_of_an_artifact_shows_where_it_is_deployed() {
    let service = start();
    let project_path = service.sandbox.tree().join("shop").canonicalize().expect("it is there");
    // The client sends the id as it is; others encode it.
    for id in ["command:review", "command%3Areview", "command:review.md"] {
        for collection in ["default", "Default%20Collection"] {
            let query = format!("collection={collection}&include_deployments=true");
            let artifact = get(&service, &format!("/artifacts/{id}?{query}"));
            let stats = &artifact["deployment_stats"];
            assert_eq!(read(stats, &["modified_deployments"]), json!({"modified_deployments": 1}));
            let fields = ["project_name", "project_path", "is_modified", "deployed_at"];
            let expected = json!({
                "project_name": "shop",
                "project_path": project_path,
                "is_modified": true,
                "deployed_at": "2026-01-02T03:04:05",
            });
            assert_eq!(read(&stats["projects"][0], &fields), expected, "{id} {collection}");
            assert_eq!(stats["projects"].as_array().map(Vec::len), Some(1));
        }
    }
}

#[test]
fn the_tab_of_an_artifact_that_is_nowhere_is_empty() {
    let service = start();
    let path = "/artifacts/skill:unused?collection=default&include_deployments=true";
    assert_eq!(get(&service, path)["deployment_stats"]["projects"], json!([]));
}

#[test]
fn the_deployments_are_asked_for_project_by_project() {
    let service = start();
    let projects = get(&service, "/projects");
    let projects = projects["items"].as_array().expect("an array");
    assert_eq!(projects.len(), 1);
    let project =
        read(&projects[0], &["id", "path", "name", "deployment_count", "last_deployment"]);
    let path = project["path"].as_str().expect("a text");
    let encoded = path.replace('/', "%2F");
    for more in ["", "&deployment_profile_id=claude_code"] {
        let list = get(&service, &format!("/deploy?project_path={encoded}{more}"));
        assert_eq!(list["total"], 1);
        let fields = [
            "artifact_name",
            "artifact_type",
            "deployed_at",
            "sync_status",
            "project_path",
            "artifact_path",
            "collection_sha",
            "local_modifications",
            "from_collection",
        ];
        let expected = json!({
            "artifact_name": "review",
            "artifact_type": "command",
            "deployed_at": "2026-01-02T03:04:05",
            "sync_status": "modified",
            "project_path": path,
            "artifact_path": "commands/review.md",
            "collection_sha": REVIEW_HASH,
            "local_modifications": true,
            "from_collection": "default",
        });
        assert_eq!(read(&list["deployments"][0], &fields), expected);
    }
    let id = project["id"].as_str().expect("a text").replace('=', "%3D");
    assert_eq!(get(&service, &format!("/projects/{id}"))["name"], "shop");
}

#[test]
fn the_tab_of_an_artifact_shows_what_differs() {
    let service = start();
    let tree = service.sandbox.tree().canonicalize().expect("it is there");
    let original = tree.join(".skillmeat/collections/default/commands/review.md");
    std::fs::create_dir_all(original.parent().expect("below the tree")).expect("writable");
    std::fs::write(&original, "of the collection\n").expect("writable");
    let project = tree.join("shop");
    let copy = project.join(".claude/commands/review.md");
    std::fs::write(&copy, "of the copy\n").expect("writable");
    let path = project.to_str().expect("UTF-8").replace('/', "%2F");
    let diff = get(&service, &format!("/artifacts/command%3Areview/diff?project_path={path}"));
    let fields = ["has_changes", "project_path", "summary"];
    let summary = json!({"added": 0, "modified": 1, "deleted": 0, "unchanged": 0});
    let expected = json!({"has_changes": true, "project_path": project, "summary": summary});
    assert_eq!(read(&diff, &fields), expected);
    let fields = ["file_path", "status", "unified_diff"];
    let expected = json!({
        "file_path": "review.md",
        "status": "modified",
        "unified_diff": "--- collection/review.md\n+++ project/review.md\n@@ -1 +1 @@\n\
                         -of the collection\n+of the copy\n",
    });
    assert_eq!(read(&diff["files"][0], &fields), expected);

    // Whatever was kept of the statistics, the difference is that of now.
    std::fs::write(&copy, "of the collection\n").expect("writable");
    let path = format!("/artifacts/command:review/diff?project_path={path}");
    assert_eq!(get(&service, &path)["has_changes"], false);
}

#[test]
fn a_write_is_asked_for_first_and_needs_no_key() {
    let service = start();
    let asks = |page: &str| {
        let headers = format!(
            "Origin: {page}\r\nAccess-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n"
        );
        service.ask("OPTIONS /api/v1/cache/invalidate", &headers, "")
    };
    let answer = asks(PAGE);
    assert_eq!(answer.status, 204);
    is_readable(&answer);
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    let allowed = answer.header("access-control-allow-headers").to_ascii_lowercase();
    assert!(allowed.contains("content-type"), "{allowed}");
    assert_eq!(answer.header("access-control-max-age"), "600");
    assert_eq!(asks("http://localhost:3001").status, 403);

    let write = |page: &str| {
        let headers = format!("Origin: {page}\r\nContent-Type: application/json\r\n");
        service.ask("POST /api/v1/cache/invalidate", &headers, r#"{"artifact": "command:review"}"#)
    };
    let answer = write(PAGE);
    assert_eq!((answer.status, answer.json()), (200, json!({"invalidated": "command:review"})));
    is_readable(&answer);
    assert_eq!(write("http://localhost:3001").status, 403);
}

#[test]
fn an_error_can_be_read_by_the_page_too() {
    let service = start();
    let answer =
        service.ask("GET /api/v1/artifacts/skill:none", &format!("Origin: {PAGE}\r\n"), "");
    assert_eq!((answer.status, answer.detail().as_str()), (404, "Artifact 'skill:none' not found"));
    is_readable(&answer);
}
