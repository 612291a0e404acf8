//! Headers that tell how old an answer is, and answers that are not sent again.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;
use skillstat_domain::{AnswerSource, CopyState, Moment};

use crate::support::{Service, World, request, small_world};

const ARTIFACT: &str = "/api/v1/artifacts/skill:canvas?include_deployments=true";

#[tokio::test]
async fn an_answer_says_how_it_was_come_by_and_how_old_it_is() {
    let service = Service::new(small_world());
    service.clock.advance(Duration::from_millis(7_900));
    for (source, expected) in [
        (AnswerSource::Hit, "skillstat; hit"),
        (AnswerSource::Miss, "skillstat; fwd=miss"),
        (AnswerSource::Joined, "skillstat; fwd=miss; collapsed"),
    ] {
        *service.world.source.lock().unwrap() = source;
        for path in [ARTIFACT, "/api/v1/status", "/api/v1/projects", "/api/v1/artifacts"] {
            let reply = service.get(path).await;
            assert_eq!(reply.header("cache-status"), expected, "{path}");
            assert_eq!((reply.header("age"), reply.header("cache-control")), ("7", "no-cache"));
        }
    }
}

#[tokio::test]
async fn of_several_answers_the_oldest_and_the_slowest_count() {
    // Fails when `Freshness::and` takes no notice of age or source.
    let collected = Moment::new(Duration::from_secs(5));
    let service = Service::new(World { collected, ..small_world() });
    service.clock.advance(Duration::from_millis(7_900));
    *service.world.source.lock().unwrap() = AnswerSource::Joined;
    let reply = service.get("/api/v1/artifacts/skill:canvas").await;
    assert_eq!((reply.header("cache-status"), reply.header("age")), ("skillstat; hit", "2"));
    for path in
        [ARTIFACT, "/api/v1/artifacts?include_deployments=true", "/api/v1/projects/L3AvYQ=="]
    {
        let reply = service.get(path).await;
        let found = (reply.header("cache-status"), reply.header("age"));
        assert_eq!(found, ("skillstat; fwd=miss; collapsed", "7"), "{path}");
    }
}

#[tokio::test]
async fn projects_say_it_in_the_words_of_skillmeat_too() {
    let service = Service::new(small_world());
    let ago = Duration::from_millis(7_900);
    service.clock.advance(ago);
    for path in ["/api/v1/projects", "/api/v1/projects/L3AvYQ=="] {
        for (source, expected) in [(AnswerSource::Hit, "hit"), (AnswerSource::Joined, "miss")] {
            *service.world.source.lock().unwrap() = source;
            let earliest = Timestamp::now();
            let reply = service.get(path).await;
            assert_eq!(reply.header("x-cache-hit"), expected, "{path}");
            let fetched: Timestamp = reply.header("x-cache-last-fetched").parse().unwrap();
            // Microseconds are shown, and the rest cut off.
            let (rest, fetched) = (Duration::from_micros(1), fetched + ago);
            assert!((earliest - rest..=Timestamp::now()).contains(&fetched), "{path} {fetched}");
        }
    }
}

#[tokio::test]
async fn the_tag_of_a_list_with_deployments_holds_their_version_too() {
    let service = Service::new(small_world());
    let tag = async |path: &str| service.get(path).await.header("etag").to_owned();
    let with = tag("/api/v1/artifacts?include_deployments=true").await;
    let without = tag("/api/v1/artifacts").await;
    assert_eq!(with, format!("{}-1\"", without.trim_end_matches('"')));
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let service = Service::new(small_world());
    for path in [
        ARTIFACT,
        "/api/v1/artifacts/skill:canvas",
        "/api/v1/artifacts/widget:stray",
        "/api/v1/artifacts?limit=1",
        "/api/v1/projects",
        "/api/v1/projects/L3AvYQ==",
        "/api/v1/deploy?project_path=/p/a",
        "/api/v1/status",
    ] {
        let first = service.get(path).await;
        assert_eq!(first.status, 200, "{path}");
        let etag = first.header("etag").to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "{etag}");
        for tag in [etag.clone(), format!("\"x\", W/{etag}"), "*".to_owned()] {
            let again = service.send(request("GET", path, &[("if-none-match", &tag)])).await;
            assert_eq!((again.status.as_u16(), again.bytes.len()), (304, 0), "{path} {tag}");
            assert_eq!((again.header("etag"), again.header("age")), (&*etag, "0"));
        }
        let other = service.send(request("GET", path, &[("if-none-match", "\"x\"")])).await;
        assert_eq!((other.status.as_u16(), &other.bytes), (200, &first.bytes));
    }
}

#[tokio::test]
async fn a_new_version_has_a_new_tag_and_another_process_too() {
    let service = Service::new(small_world());
    let first = service.get(ARTIFACT).await;
    assert_eq!(service.get(ARTIFACT).await.header("etag"), first.header("etag"));
    service.world.version.store(2, Ordering::SeqCst);
    assert_ne!(service.get(ARTIFACT).await.header("etag"), first.header("etag"));
    let other = Service::new(small_world());
    assert_ne!(other.get(ARTIFACT).await.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn the_stored_answer_is_that_of_the_same_question_only() {
    let service = Service::new(small_world());
    let with = service.get(ARTIFACT).await;
    let plain = service.get("/api/v1/artifacts/skill:canvas").await;
    let stray = service.get("/api/v1/artifacts/widget:stray?include_deployments=1").await;
    assert_eq!(plain.json()["deployment_stats"], serde_json::Value::Null);
    assert_eq!(stray.json()["id"], "widget:stray");
    let plain = service.get("/api/v1/artifacts/widget:stray").await;
    assert_eq!(plain.json()["deployment_stats"], serde_json::Value::Null);
    let again = service.get(ARTIFACT).await;
    assert_eq!(again.bytes, with.bytes);
    let in_one = service.get(&format!("{ARTIFACT}&collection=default")).await;
    assert_eq!(in_one.bytes, with.bytes);
    let nowhere = service.get(&format!("{ARTIFACT}&collection=none")).await;
    assert_eq!(nowhere.problem(), (404, "Collection 'none' not found".to_owned()));
}

#[tokio::test]
async fn a_hit_is_the_stored_bytes_and_is_not_serialised_again() {
    let service = Service::new(small_world());
    let first = service.get(ARTIFACT).await.bytes;
    let again = service.get(ARTIFACT).await.bytes;
    assert_eq!(again.as_ptr(), first.as_ptr(), "the same bytes, not a copy of them");
    service.world.version.store(2, Ordering::SeqCst);
    let anew = service.get(ARTIFACT).await.bytes;
    assert_eq!(anew, first);
    assert_ne!(anew.as_ptr(), first.as_ptr());
}

#[tokio::test]
async fn a_large_answer_is_compressed_and_its_tag_still_answered() {
    let hash = "cd".repeat(32);
    let mut world = small_world();
    for project in 0..200 {
        let copy = format!("/q/{project} skill:canvas skills/canvas 2026-01-01T00:00:00 {hash}");
        world = world.copy(&copy, CopyState::Synced);
    }
    let service = Service::new(world);
    let gzip = ("accept-encoding", "gzip");
    let plain = service.get(ARTIFACT).await;
    let packed = service.send(request("GET", ARTIFACT, &[gzip])).await;
    assert_eq!(
        (packed.header("content-encoding"), &packed.bytes[..2]),
        ("gzip", &[0x1f, 0x8b][..])
    );
    assert!(packed.bytes.len() * 10 < plain.bytes.len());
    assert!(packed.header("vary").to_lowercase().contains("accept-encoding"));
    assert_eq!(packed.header("etag"), format!("W/{}", plain.header("etag")));
    let tag = ("if-none-match", packed.header("etag"));
    assert_eq!(service.send(request("GET", ARTIFACT, &[gzip, tag])).await.status, 304);
    let small = service.send(request("GET", "/api/v1/version", &[gzip])).await;
    assert_eq!(small.header("content-encoding"), "");
}
