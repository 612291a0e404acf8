//! The exact answers: nothing is left out, and the head says whether the body is to be taken.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use skillstat_domain::testing::MockWatcher;
use skillstat_domain::{
    Collection, Coverage, DeploymentStatistics, Overview, Scanned, WatchMethod,
};
use skillstat_wire::{EXACT_VERSION, ExactCollections, ExactOverview, ExactStatistics, Malformed};

use crate::support::{Reply, Service, request, small_world};

const STATISTICS: &str = "/api/v1/exact/statistics?artifact=skill:canvas";
const ALL: [&str; 3] = ["/api/v1/exact/overview", STATISTICS, "/api/v1/exact/collections"];

/// A watcher that is live, or starting, one time after another; the last state stays.
fn watcher(states: &[bool]) -> Arc<MockWatcher> {
    let mut states: Vec<_> = states.to_vec();
    states.reverse();
    let states = std::sync::Mutex::new(states);
    let mut watcher = MockWatcher::new();
    watcher.expect_coverage().returning(move || {
        let mut states = states.lock().unwrap();
        let complete = if states.len() > 1 { states.pop() } else { states.last().copied() };
        let complete = complete.unwrap();
        Arc::new(Coverage { method: WatchMethod::Inotify, complete, ..Coverage::none() })
    });
    Arc::new(watcher)
}

fn service(states: &[bool]) -> Service {
    Service::watched(small_world(), watcher(states), "f00d")
}

fn read<Exact: serde::de::DeserializeOwned, Domain: TryFrom<Exact, Error = Malformed>>(
    reply: &Reply,
) -> Domain {
    Domain::try_from(serde_json::from_slice::<Exact>(&reply.bytes).unwrap()).unwrap()
}

#[tokio::test]
async fn they_are_read_as_the_value_that_was_answered() {
    let service = service(&[true]);
    let overview: Overview = read::<ExactOverview, _>(&service.get(ALL[0]).await);
    assert_eq!(overview, service.world.overview);
    let statistics: DeploymentStatistics = read::<ExactStatistics, _>(&service.get(ALL[1]).await);
    assert_eq!(statistics, overview.artifacts[&"skill:canvas".parse().unwrap()]);
    let collections: Scanned<Vec<Collection>> =
        read::<ExactCollections, _>(&service.get(ALL[2]).await);
    assert_eq!(collections, Scanned::whole(service.world.collections.clone()));
    let nowhere = service.get("/api/v1/exact/statistics?artifact=skill:none").await;
    let nothing = DeploymentStatistics::default();
    assert_eq!(read::<ExactStatistics, DeploymentStatistics>(&nowhere), nothing);
}

#[tokio::test]
async fn everything_is_serialised_once_for_each_version() {
    let service = service(&[true]);
    let first = service.get(ALL[0]).await.bytes;
    assert_eq!(service.get(ALL[0]).await.bytes.as_ptr(), first.as_ptr());
    service.world.version.store(2, Ordering::SeqCst);
    let anew = service.get(ALL[0]).await.bytes;
    assert_eq!(anew, first);
    assert_ne!(anew.as_ptr(), first.as_ptr());
}

#[tokio::test]
async fn the_head_says_what_was_looked_at_in_which_shape_and_when() {
    let service = service(&[true]);
    service.clock.advance(Duration::from_millis(1_234));
    for path in ALL {
        let reply = service.get(path).await;
        let headers = ["skillstat-exact", "skillstat-fingerprint", "skillstat-watch"];
        assert_eq!(headers.map(|name| reply.header(name)), [EXACT_VERSION, "f00d", "live"]);
        assert_eq!((reply.header("skillstat-age-ms"), reply.header("age")), ("1234", "1"));
        let tag = reply.header("etag").to_owned();
        let again = service.send(request("GET", path, &[("if-none-match", &tag)])).await;
        assert_eq!((again.status.as_u16(), again.header("skillstat-fingerprint")), (304, "f00d"));
    }
    let nameless = Service::new(small_world()).get(ALL[0]).await;
    assert_eq!((nameless.status.as_u16(), nameless.header("skillstat-fingerprint")), (200, ""));
}

#[tokio::test]
async fn a_gap_that_was_closed_during_the_question_is_a_gap() {
    // Fails when the coverage is looked at only before the question, or only after it.
    for (before, after, expected) in [
        (true, true, "live"),
        (false, true, "starting"),
        (true, false, "starting"),
        (false, false, "starting"),
    ] {
        let others = [
            "/api/v1/status",
            "/api/v1/artifacts",
            "/api/v1/artifacts/skill:canvas?include_deployments=true",
            "/api/v1/projects",
            "/api/v1/projects/L3AvYQ==",
            "/api/v1/deploy?project_path=/p/a",
        ];
        for path in ALL.iter().chain(&others) {
            let reply = service(&[before, after]).get(path).await;
            assert_eq!(reply.header("skillstat-watch"), expected, "{path} {before} {after}");
        }
    }
}

#[tokio::test]
async fn what_the_client_would_not_take_is_not_computed() {
    for (states, fingerprint, watch, expected) in [
        (&[true][..], "f00d", "live", (200, 1)),
        (&[true], "beef", "live", (412, 0)),
        (&[false], "f00d", "live", (412, 0)),
        (&[false], "f00d", "any", (200, 1)),
    ] {
        let service = service(states);
        let only = [("skillstat-fingerprint", fingerprint), ("skillstat-watch", watch)];
        let reply = service.send(request("GET", ALL[0], &only)).await;
        let asked = service.world.asked.load(Ordering::SeqCst);
        assert_eq!((reply.status.as_u16(), asked), expected, "{states:?} {only:?}");
        // Whoever is refused is told by the head why.
        let watched = if states[0] { "live" } else { "starting" };
        let headers = ["skillstat-exact", "skillstat-fingerprint", "skillstat-watch"];
        assert_eq!(headers.map(|name| reply.header(name)), [EXACT_VERSION, "f00d", watched]);
        for path in &ALL[1..] {
            let reply = service.send(request("GET", path, &only)).await;
            assert_eq!(reply.status.as_u16(), expected.0, "{path}");
        }
    }
    let nameless = Service::new(small_world());
    let only = request("GET", ALL[0], &[("skillstat-fingerprint", "f00d")]);
    assert_eq!(nameless.send(only).await.problem().0, 412);
}

#[tokio::test]
async fn an_id_is_taken_as_it_is_printed() {
    let service = service(&[true]);
    let ask = async |rest: &str| service.get(&format!("/api/v1/exact/statistics{rest}")).await;
    let found = ask("?artifact=skill%3Acanvas").await;
    assert_eq!(read::<ExactStatistics, DeploymentStatistics>(&found).total(), 2);
    let other = ask("?artifact=skill:canvas.md").await;
    assert_eq!(read::<ExactStatistics, DeploymentStatistics>(&other).total(), 0);
    assert_eq!(ask("?artifact=canvas").await.problem().0, 400);
    assert_eq!(ask("").await.status, 422);
}
