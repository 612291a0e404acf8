//! The page as it comes, its files, and what it draws.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use skillstat_domain::testing::MockStatsCache;
use skillstat_domain::{CopyState, Problem, ProblemKind};
use skillstat_http::{ApiKey, GuardConfig, Reads};

use crate::support::{Reply, Service, World, request, small_world};

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

async fn page(service: &Service) -> String {
    let reply = service.send(request("GET", "/", &[BROWSER])).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    text(&reply)
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.bytes.to_vec()).unwrap()
}

/// A service that takes its key for reading, too.
fn locked(world: World) -> Service {
    let key = ApiKey::new("secret");
    let guard = GuardConfig { key, reads: Reads::WithKey, ..GuardConfig::default() };
    Service::with(world, guard, MockStatsCache::new())
}

#[tokio::test]
async fn a_browser_gets_a_table_and_a_program_what_it_got_before() {
    let service = Service::new(small_world());
    let html = page(&service).await;
    assert!(html.contains("4 artifacts, 2 projects, 1 modified"), "{html}");
    let row = "<td><bdi>skill</bdi></td><th scope=\"row\"><bdi>canvas</bdi></th><td>2</td><td>1</td>\
               <td>modified</td>";
    assert!(html.contains(row), "{html}");
    let undeployed = "<bdi>planner</bdi></th><td>0</td><td>0</td><td>not deployed</td>";
    assert!(html.contains(undeployed), "{html}");
    let root = service.get("/").await;
    assert_eq!(
        (root.json()["name"].as_str(), root.header("vary")),
        (Some("skillstat API"), "Accept")
    );
}

#[tokio::test]
async fn the_policy_allows_the_files_of_the_page_and_nothing_else() {
    let service = Service::new(small_world());
    let reply = service.send(request("GET", "/", &[BROWSER])).await;
    let policy = reply.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(reply.header("referrer-policy"), "no-referrer");
    let html = text(&reply);
    let named = html.split("\"/page/").skip(1).filter_map(|rest| rest.split('"').next());
    let mut files = 0;
    for file in named {
        let path = format!("/page/{file}");
        let asset = service.get(&path).await;
        assert_eq!(asset.status, StatusCode::OK, "{path}");
        let etag = asset.header("etag").to_owned();
        let again = service.send(request("GET", &path, &[("if-none-match", &etag)])).await;
        assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0), "{path}");
        files += 1;
    }
    assert!(files > 10, "only {files} files");
    assert_eq!(service.get("/page/none.js").await.problem().0, 404);
}

#[tokio::test]
async fn where_reading_takes_the_key_the_page_tells_nothing_without() {
    // Fails when `render` does not look at the rights.
    let service = locked(small_world());
    let html = page(&service).await;
    assert!(html.contains("takes its key for reading") && !html.contains("canvas"), "{html}");
    assert_eq!(service.get("/page/main.js").await.status, StatusCode::OK);
    assert_eq!(service.get("/page/none.js").await.problem().0, 401);
    assert_eq!(service.get("/api/v1/matrix").await.problem().0, 401);
    let with_key = request("GET", "/", &[BROWSER, ("x-api-key", "secret")]);
    assert!(text(&service.send(with_key).await).contains("canvas"));
    let wrong = request("GET", "/", &[BROWSER, ("x-api-key", "wrong")]);
    assert!(!text(&service.send(wrong).await).contains("canvas"));
}

#[tokio::test(start_paused = true)]
async fn a_first_scan_that_takes_long_is_not_waited_for() {
    let world = World { hangs: true, ..small_world() };
    let html = page(&Service::new(world)).await;
    assert!(html.contains("being read for the first time"), "{html}");
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\""), "{html}");
}

#[tokio::test]
async fn a_failure_is_said_and_not_why() {
    let html = page(&Service::new(World { panics: true, ..small_world() })).await;
    assert!(html.contains("There is no answer") && !html.contains("secret path"), "{html}");
}

#[tokio::test]
async fn nothing_deployed_is_said() {
    let html = page(&Service::new(World::new())).await;
    assert!(html.contains("Nothing is deployed"), "{html}");
    assert!(html.contains("aria-label=\"Overview\" hidden>"), "{html}");
    assert!(html.contains("aria-label=\"Problems\" hidden>"), "{html}");
}

#[tokio::test]
async fn names_and_problems_are_no_markup() {
    let evil = "<script>alert('1')</script>\"&{{rows}}\u{202e}";
    let hash = "cd".repeat(32);
    let copy = format!("/p/a skill:canvas skills/canvas 2026-01-01T00:00:00 {hash}");
    let mut world = World::new().copy(&copy, CopyState::Synced);
    let statistics = world.overview.artifacts.pop_first().unwrap().1;
    let id = skillstat_domain::ArtifactId::new(evil, evil).unwrap();
    world.overview.artifacts.insert(id, statistics);
    world.overview.problems.push(Problem {
        path: evil.to_owned(),
        line: Some(3),
        kind: ProblemKind::MalformedRecord,
        reason: evil.to_owned(),
        fix: evil.to_owned(),
        artifact: None,
    });
    let html = page(&Service::new(world)).await;
    let shown = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;{{rows}}\\u{202e}";
    assert_eq!(html.matches(shown).count(), 5, "{html}");
    assert!(!html.contains("<script>alert") && !html.contains('\u{202e}'), "{html}");
    assert!(html.contains(":3</bdi>"), "{html}");
}

#[tokio::test]
async fn the_matrix_has_a_digit_for_each_copy_and_tells_where_to_listen_from() {
    let service = Service::new(small_world());
    let reply = service.get("/api/v1/matrix").await;
    let matrix = reply.json();
    assert_eq!(matrix["projects"], json!(["/p/a", "/p/b"]));
    let states: Vec<_> = matrix["states"].as_array().unwrap().iter().collect();
    let digit = |state: &str| states.iter().position(|found| *found == state).unwrap();
    let (synced, missing, modified) = (digit("synced"), digit("missing"), digit("modified"));
    let row = |artifact: &str, in_collection: bool, cells: String| json!({"artifact": artifact, "in_collection": in_collection, "cells": cells});
    let expected = json!([
        row("agent:planner", true, "..".to_owned()),
        row("command:review", true, "..".to_owned()),
        row("skill:canvas", true, format!("{modified}{synced}")),
        row("widget:stray", false, format!("{missing}{synced}")),
    ]);
    assert_eq!(matrix["artifacts"], expected);
    assert!(reply.header("skillstat-event").ends_with("-7"), "{:?}", reply.headers);
    let etag = reply.header("etag").to_owned();
    let again = service.send(request("GET", "/api/v1/matrix", &[("if-none-match", &etag)])).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn the_matrix_tells_problems_of_the_collections_too() {
    let mut world = small_world();
    world.unread = vec![Problem {
        path: "/home/me/.skillmeat/collections/x/collection.toml".to_owned(),
        line: None,
        kind: ProblemKind::MalformedManifest,
        reason: "no TOML".to_owned(),
        fix: "mend it".to_owned(),
        artifact: None,
    }];
    let service = Service::new(world);
    let matrix = service.get("/api/v1/matrix").await.json();
    assert_eq!(matrix["problems"][0]["reason"], "no TOML");
    assert!(page(&service).await.contains("no TOML"));
}

/// Asks for the key with a code.
async fn key(service: &Service, code: &str) -> (u16, serde_json::Value) {
    let headers = [("skillstat-code", code)];
    let reply = service.send(request("GET", "/page/key", &headers)).await;
    assert_eq!(reply.status == 200, reply.header("cache-control") == "no-store");
    (reply.status.as_u16(), reply.json()["key"].clone())
}

#[tokio::test]
async fn the_link_gives_the_key_once() {
    // Fails when the code is not taken, and when it is taken by a wrong one.
    for reads in [Reads::Open, Reads::WithKey] {
        let guard = GuardConfig { key: ApiKey::new("secret"), reads, ..GuardConfig::default() };
        let service =
            Service::with(small_world(), guard, MockStatsCache::new()).admitting("a-code");
        for wrong in ["", "a-cod", "a-code2"] {
            assert_eq!(key(&service, wrong).await.0, 403);
        }
        assert_eq!(service.get("/page/key").await.problem().0, 403);
        assert_eq!(key(&service, "a-code").await, (200, json!("secret")));
        assert_eq!(key(&service, "a-code").await.0, 403);
    }
}

#[tokio::test]
async fn the_link_is_good_for_ten_minutes_only() {
    let guard = GuardConfig { key: ApiKey::new("secret"), ..GuardConfig::default() };
    let service = Service::with(small_world(), guard, MockStatsCache::new()).admitting("a-code");
    service.clock.advance(Duration::from_secs(601));
    assert_eq!(key(&service, "a-code").await.0, 403);
}

#[tokio::test]
async fn without_a_link_nobody_gets_the_key() {
    for code in ["", "secret"] {
        assert_eq!(key(&locked(small_world()), code).await.0, 403);
    }
}
