//! What the recordings do not show.

use std::sync::atomic::Ordering;

use axum::body::Body;
use serde_json::{Value, json};
use skillstat_domain::testing::MockStatsCache;
use skillstat_domain::{CacheCounters, CopyState, Problem, ProblemKind};
use skillstat_http::GuardConfig;

use crate::support::{Reply, Service, World, request, sample_collection, small_world};

async fn get(path: &str) -> Reply {
    Service::new(small_world()).get(path).await
}

#[tokio::test]
async fn an_artifact_in_no_collection_is_answered_by_its_records() {
    let artifact = get("/api/v1/artifacts/widget:stray?include_deployments=true").await.json();
    assert_eq!((&artifact["source"], &artifact["collections"]), (&json!("unknown"), &json!([])));
    assert_eq!(artifact["added"], "2026-01-01T12:00:00Z");
    assert_eq!(artifact["updated"], "2026-01-03T00:00:00");
    let statistics = &artifact["deployment_stats"];
    assert_eq!(
        (&statistics["total_deployments"], &statistics["problems"]),
        (&json!(2), &json!([]))
    );
    assert_eq!(statistics["projects"][0]["state"], "missing");
    assert_eq!(get("/api/v1/artifacts/widget:stray").await.json()["deployment_stats"], Value::Null);
    let elsewhere = get("/api/v1/artifacts/widget:stray?collection=default").await;
    assert_eq!(elsewhere.problem(), (404, "Artifact 'widget:stray' not found".to_owned()));
}

#[tokio::test]
async fn a_type_that_a_tracker_has_is_a_type() {
    let other = get("/api/v1/artifacts/widget:other").await;
    assert_eq!(other.problem(), (404, "Artifact 'widget:other' not found".to_owned()));
    let unknown = get("/api/v1/artifacts/gadget:stray").await;
    let text = "Invalid artifact ID format. Expected 'type:name'".to_owned();
    assert_eq!(unknown.problem(), (400, text.clone()));
    assert_eq!(get("/api/v1/artifacts/skill%FF:x").await.problem(), (400, text));
}

#[tokio::test]
async fn one_extension_is_taken_off_an_id() {
    let stripped = get("/api/v1/artifacts/skill:canvas.md").await;
    assert_eq!((stripped.status.as_u16(), &stripped.json()["id"]), (200, &json!("skill:canvas")));
    assert_eq!(get("/api/v1/artifacts/skill:canvas.md.md").await.status, 404);
}

#[tokio::test]
async fn an_artifact_of_a_collection_without_its_deployments_asks_for_no_statistics() {
    let service = Service::new(small_world());
    assert_eq!(service.get("/api/v1/artifacts/skill:canvas").await.status, 200);
    assert_eq!(service.get("/api/v1/artifacts").await.status, 200);
    assert_eq!(service.world.asked.load(Ordering::SeqCst), 0);
    assert_eq!(service.get("/api/v1/artifacts/skill:none").await.status, 404);
    assert_eq!(service.world.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_deployment_is_zero_and_not_null() {
    let review = get("/api/v1/artifacts/command:review?include_deployments=true").await.json();
    let expected =
        json!({"total_deployments": 0, "modified_deployments": 0, "projects": [], "problems": []});
    assert_eq!(review["deployment_stats"], expected);
}

#[tokio::test]
async fn an_artifact_from_github_says_so() {
    let mut world = small_world();
    let artifact = &mut world.collections[0].artifacts[0];
    artifact.origin = "github".to_owned();
    artifact.details.upstream = Some("a/b/canvas".to_owned());
    artifact.details.resolved_sha = Some("abc".to_owned());
    artifact.details.resolved_version = Some("v1.2".to_owned());
    artifact.details.last_updated = "2026-12-01T00:00:00".parse().ok();
    let shown = Service::new(world).get("/api/v1/artifacts/skill:canvas").await.json();
    assert_eq!((&shown["source"], &shown["origin"]), (&json!("a/b/canvas"), &json!("github")));
    assert_eq!(
        (&shown["version"], &shown["updated"]),
        (&json!("v1.2"), &json!("2026-12-01T00:00:00"))
    );
    assert_eq!(shown["upstream"]["current_sha"], "abc");
}

#[tokio::test]
async fn the_active_collection_is_looked_in_first() {
    let mut world = small_world();
    let mut work = sample_collection();
    work.name = "a-work".to_owned();
    work.active = false;
    work.artifacts[0].details.tags = vec!["work".to_owned()];
    world.collections.insert(0, work);
    let service = Service::new(world);
    let shown = service.get("/api/v1/artifacts/skill:canvas").await.json();
    assert_eq!(shown["tags"], json!(["design", "test"]));
    assert_eq!(shown["collections"].as_array().map(Vec::len), Some(2));
    let shown = service.get("/api/v1/artifacts/skill:canvas?collection=a-work").await.json();
    assert_eq!(shown["tags"], json!(["work"]));
    let list = service.get("/api/v1/artifacts").await.json();
    assert_eq!(list["page_info"]["total_count"], 3);
}

#[tokio::test]
async fn artifacts_are_listed_page_by_page_and_by_what_is_asked_for() {
    let mut world = small_world();
    world.collections[0].artifacts[1].details.import_id = Some("i7".to_owned());
    let service = Service::new(world);
    let (mut after, mut seen) = (String::new(), Vec::new());
    loop {
        let page = service.get(&format!("/api/v1/artifacts?limit=1&after={after}")).await.json();
        seen.push(page["items"][0]["id"].as_str().unwrap().to_owned());
        after = page["page_info"]["end_cursor"].as_str().unwrap().replace('=', "%3D");
        if page["page_info"]["has_next_page"] == false {
            break;
        }
    }
    assert_eq!(seen, ["agent:planner", "command:review", "skill:canvas"]);
    for (query, expected) in [
        ("artifact_type=skill,agent", 2),
        ("tags=none,test", 1),
        ("tags=none", 0),
        ("tools=write,read", 1),
        ("tools=write", 0),
        ("search=", 3),
        ("search=CANVAS%20Des", 1),
        ("search=PLAN", 1),
        ("search=nothing", 0),
        ("import_id=i7", 1),
        ("import_id=i8", 0),
        ("collection=Default%20collection", 3),
    ] {
        let page = service.get(&format!("/api/v1/artifacts?{query}")).await.json();
        assert_eq!(page["page_info"]["total_count"], expected, "{query}");
    }
    assert_eq!(service.get("/api/v1/artifacts?collection=x").await.status, 404);
    assert_eq!(service.get("/api/v1/artifacts?limit=501").await.status, 422);
}

#[tokio::test]
async fn artifacts_are_listed_with_where_they_are_deployed_if_that_is_asked_for() {
    let service = Service::new(small_world());
    let stats = async |query: &str| {
        let page = service.get(&format!("/api/v1/artifacts?{query}")).await.json();
        let stats = |id: &str| {
            let items = page["items"].as_array().unwrap();
            items.iter().find(|item| item["id"] == id).unwrap()["deployment_stats"].clone()
        };
        (stats("skill:canvas"), stats("command:review"))
    };
    assert_eq!(stats("").await, (Value::Null, Value::Null));
    let (canvas, review) = stats("include_deployments=true").await;
    let alone = service.get("/api/v1/artifacts/skill:canvas?include_deployments=true").await;
    assert_eq!(canvas, alone.json()["deployment_stats"]);
    assert_eq!(canvas["total_deployments"], 2);
    assert_eq!((&review["total_deployments"], &review["projects"]), (&json!(0), &json!([])));
    assert_eq!(service.get("/api/v1/artifacts?include_deployments=maybe").await.status, 422);
}

#[tokio::test]
async fn a_project_is_found_by_any_form_of_its_id_and_garbage_is_refused() {
    for id in ["L3AvYQ==", "L3AvYQ", "L3AvYQ%3D%3D"] {
        let project = get(&format!("/api/v1/projects/{id}")).await.json();
        assert_eq!((&project["path"], &project["id"]), (&json!("/p/a"), &json!("L3AvYQ==")));
        assert_eq!(
            (&project["deployment_count"], &project["stats"]["modified_count"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(project["stats"]["by_type"], json!({"skill": 1, "widget": 1}));
        assert_eq!(project["last_deployment"], "2026-01-03T00:00:00");
    }
    for id in ["!!!", "cA==", "L3AvLi4v", "gICA"] {
        let (status, text) = get(&format!("/api/v1/projects/{id}")).await.problem();
        assert!(status == 400 && text.starts_with("Invalid project ID format: "), "{id}: {text}");
    }
}

#[tokio::test]
async fn projects_are_listed_page_by_page_the_latest_first() {
    let world = small_world().project("/p/none");
    let service = Service::new(world);
    let page = service.get("/api/v1/projects?limit=2").await;
    assert_eq!(page.header("x-cache-hit"), "hit");
    let page = page.json();
    let names: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["a", "b"]);
    let after = page["page_info"]["end_cursor"].as_str().unwrap();
    let rest = service.get(&format!("/api/v1/projects?after={after}")).await.json();
    assert_eq!(
        (&rest["items"][0]["name"], &rest["items"][0]["last_deployment"]),
        (&json!("none"), &Value::Null)
    );
    assert_eq!(rest["page_info"]["has_previous_page"], true);
}

#[tokio::test]
async fn an_empty_project_has_no_deployments() {
    let reply =
        Service::new(small_world().project("/p/none")).get("/api/v1/projects/L3Avbm9uZQ==").await;
    assert_eq!(reply.problem(), (404, "No deployments found for project: none".to_owned()));
}

#[tokio::test]
async fn deployments_of_a_project_are_in_the_order_of_its_tracker() {
    let body = get("/api/v1/deploy?project_path=/p/a/").await.json();
    let deployments = body["deployments"].as_array().unwrap();
    let states: Vec<_> = deployments
        .iter()
        .map(|one| (&one["artifact_name"], &one["sync_status"], &one["state"]))
        .collect();
    assert_eq!(
        json!(states),
        json!([["canvas", "modified", "modified"], ["stray", "synced", "missing"]])
    );
    for path in ["", "p", "/p/../p/a", "/p/c"] {
        let none = get(&format!("/api/v1/deploy?project_path={path}")).await.json();
        assert_eq!((&none["project_path"], &none["total"]), (&json!(path), &json!(0)));
    }
    let lacking = get("/api/v1/deploy").await;
    assert_eq!(
        (lacking.problem().0, &lacking.json()["detail"][0]["type"]),
        (422, &json!("missing"))
    );
}

#[tokio::test]
async fn a_copy_that_cannot_be_verified_is_neither_synced_nor_modified() {
    let problem = Problem {
        path: "/p/a/x".to_owned(),
        line: None,
        kind: ProblemKind::UnreadableCopy,
        reason: "permission denied".to_owned(),
        fix: "chmod".to_owned(),
        artifact: None,
    };
    let copy = format!("/p/a skill:x skills/x 2026-01-01T00:00:00 {}", "cd".repeat(32));
    let world = World::new().copy(&copy, CopyState::Unreadable(Box::new(problem)));
    let service = Service::new(world);
    let list = service.get("/api/v1/deploy?project_path=/p/a").await.json();
    let project = service.get("/api/v1/projects/L3AvYQ==").await.json();
    let (listed, shown) = (&list["deployments"][0], &project["deployments"][0]);
    assert_eq!(listed["sync_status"], "unknown");
    for copy in [listed, shown] {
        assert_eq!(
            (&copy["local_modifications"], &copy["state"]),
            (&json!(false), &json!("unreadable"))
        );
        assert_eq!(copy["reason"], "permission denied");
    }
}

#[tokio::test]
async fn no_browser_takes_an_answer_for_something_else() {
    assert_eq!(get("/api/v1/status").await.header("x-content-type-options"), "nosniff");
    assert_eq!(get("/nowhere").await.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn the_status_is_that_of_the_command_line() {
    let status = get("/api/v1/status").await.json();
    assert_eq!((&status["projects"], &status["problems"]), (&json!(2), &json!([])));
    assert_eq!(status["artifacts"][0]["artifact"], "skill:canvas");
    assert_eq!(status["artifacts"][0]["modified_deployments"], 1);
}

#[tokio::test]
async fn the_cache_tells_its_counters_and_forgets() {
    let mut cache = MockStatsCache::new();
    let ttl = std::time::Duration::from_mins(2);
    let mut counters = CacheCounters::default();
    (counters.stats_entries, counters.ttl, counters.hits) = (3, ttl, 9);
    cache.expect_counters().return_const(counters);
    cache.expect_invalidate_all().times(4).return_const(());
    cache
        .expect_invalidate_artifact()
        .withf(|id| id.as_str() == "skill:pdf")
        .times(1)
        .return_const(());
    let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let service = Service::with(small_world(), guard, cache);

    let counters = service.get("/api/v1/cache").await.json();
    assert_eq!(
        (&counters["stats_entries"], &counters["ttl"], &counters["hits"]),
        (&json!(3), &json!(120.0), &json!(9))
    );
    for (body, status, expected) in [
        ("", 200, json!({"invalidated": "all"})),
        ("null", 200, json!({"invalidated": "all"})),
        ("{\"x\": 1}", 200, json!({"invalidated": "all"})),
        ("{\"artifact\": \"skill:pdf.md\"}", 200, json!({"invalidated": "skill:pdf"})),
        ("{\"artifact\": \"pdf\"}", 400, Value::Null),
        ("{\"artifact\": 5}", 422, Value::Null),
        ("[]", 422, Value::Null),
        ("{", 422, Value::Null),
    ] {
        let request = request("POST", "/api/v1/cache/invalidate", &[]).map(|_| Body::from(body));
        let reply = service.send(request).await;
        assert_eq!(reply.status, status, "{body}");
        assert_eq!(reply.json()["invalidated"], expected["invalidated"], "{body}");
    }
    assert_eq!(service.get("/api/v1/projects?refresh=true").await.status, 200);
}

#[tokio::test]
async fn who_may_not_write_does_not_refresh_either() {
    // The mock expects nothing, so invalidating would panic.
    assert_eq!(get("/api/v1/projects?refresh=true").await.status, 200);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems() {
    assert_eq!(get("/nowhere").await.problem(), (404, "Not Found".to_owned()));
    assert_eq!(get("/api/v1/nowhere").await.problem(), (404, "Not Found".to_owned()));
    let service = Service::new(small_world());
    let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let writable = Service::with(small_world(), guard, MockStatsCache::new());
    let reply = writable.send(request("DELETE", "/api/v1/status", &[])).await;
    assert_eq!(reply.problem(), (405, "Method Not Allowed".to_owned()));
    assert!(reply.header("allow").contains("GET"));
    let head = service.send(request("HEAD", "/api/v1/status", &[])).await;
    assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
}

#[tokio::test]
async fn a_slash_in_the_end_is_sent_on() {
    let reply = get("/api/v1/artifacts/skill%3Acanvas/?collection=default").await;
    let target = "/api/v1/artifacts/skill%3Acanvas?collection=default";
    assert_eq!((reply.status.as_u16(), reply.header("location")), (307, target));
}
