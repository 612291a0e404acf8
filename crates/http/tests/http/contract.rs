//! The recordings of SkillMeat's two servers, asked again of ours.
//!
//! What differs on purpose is in the table of the crate's README, and here with its field.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use skillstat_domain::testing::MockStatsCache;
use skillstat_domain::{CopyState, DriftKind};
use skillstat_http::{ApiKey, GuardConfig, Reads};

use crate::support::{
    InMemoryCommands, Service, World, diffs, request, sample_collection, with_body,
};

/// Fields of 0.74.0 alone.
const ONLY_IN_0_74: [&str; 26] = [
    "collection_not_found",
    "uuid",
    "target_platforms",
    "effort",
    "model",
    "allowed_tools",
    "disallowed_tools",
    "permission_mode",
    "context",
    "scope",
    "grouped_deployments",
    "owner_id",
    "owner_type",
    "visibility",
    "enforce_override",
    "workflow_id",
    "content_hash",
    "upstream_binding",
    "platform",
    "branch_name",
    "active",
    "deployments_by_profile",
    "grouped_artifact_deployments",
    "grouped_deployed_artifacts",
    "build_sha",
    "edition",
];

/// What differs on purpose, or is of the moment, or tells of the recorder's machine: the recording
/// and the end of the field's path.
const DIFFERENT: [(&str, &str); 30] = [
    ("health", "timestamp"),
    ("health", "version"),
    ("health", "environment"),
    ("health", "uptime_seconds"),
    ("health-detailed", "components"),
    ("health-detailed", "system_info"),
    ("health-ready", "components"),
    ("root", "name"),
    ("root", "version"),
    ("root", "environment"),
    ("root", "docs_url"),
    ("version", "version"),
    ("version", "environment"),
    // 0.74.0 alone has these here; in other answers both versions have a field of that name.
    ("peer/artifact-get", "body.deployments"),
    ("peer/artifacts-list", "deployments"),
    ("peer/deploy-list", ".id"),
    ("peer/project-get", "deployment_profiles"),
    ("peer/project-get", "default_deployment_profile_ids"),
    ("peer/project-get", "git_origin"),
    // The recorded one is the flag in the tracker, which nobody keeps up to date.
    ("peer/deploy-list-alpha", "deployments.2.local_modifications"),
    ("peer/project-get-alpha", "deployments.2.local_modifications"),
    ("peer/project-get-alpha", "stats.modified_count"),
    // Other directories are not looked at.
    ("peer/project-get-nodeploy", "detail"),
    // The recorded one has an empty line after each; see the test below.
    ("peer/artifact-diff", "files.1.unified_diff"),
    // The recording was anonymised: this directory was called `cwd`.
    ("seed/projects-list", "items.2.name"),
    ("artifact-trailing-slash", "body"),
    // Every program counts in its own words; and the address without a slash is answered, too.
    ("seed/metrics", "body"),
    ("seed/metrics", "status"),
    ("seed/id-skill_canvas.md", "body"),
    ("seed/id-skill_canvas.md", "status"),
];

/// The hash of one of the recorded artifacts.
fn hash(id: &str) -> &'static str {
    match id {
        "skill:canvas" => "7d958bbef5503e69026dae885dd98e8c66caea6eb3be232cbd517509a9a2271a",
        "command:review" => "9f68450ac78c63de294464d463e6bc6f4bdac491297ee52540a0a5eaf5caaf4e",
        _ => "467a68366c9fdad9306f8535fdb518a62fb78018f46ec3d3d4bfde5908de895a",
    }
}

fn world(copies: &[&str]) -> World {
    let mut world = World::new();
    for copy in copies {
        let (copy, modified) = copy.strip_suffix(" modified").map_or((*copy, false), |c| (c, true));
        let id = copy.split(' ').nth(1).unwrap();
        let state = if modified {
            CopyState::Modified {
                current: "ab".repeat(32).parse().unwrap(),
                kind: DriftKind::Content,
            }
        } else {
            CopyState::Synced
        };
        world = world.copy(&format!("{copy} {}", hash(id)), state);
    }
    world.collections.push(sample_collection());
    world
}

/// The machine as it was when something was recorded.
fn as_recorded(name: &str) -> World {
    const CANVAS: &str = "skill:canvas skills/canvas 2026-11-22T";
    const REVIEW: &str = "command:review commands/review.md 2026-11-22T";
    const PLANNER: &str = "agent:planner agents/planner.md 2026-11-22T";
    let (me, me2) = ("/home/me/projects", "/home/me2/projects");
    let copies = match name {
        "seed/projects-list" | "seed/deploy-list" => vec![
            format!("{me2}/brandnew {REVIEW}19:03:20.474379"),
            format!("{me2}/brandnew {CANVAS}19:33:55.565875"),
            format!("{me2}/viaart {CANVAS}19:33:51.837849"),
            format!("/home/me/here {CANVAS}19:03:20.400000"),
            format!("/home/me/here {REVIEW}19:03:20.474379"),
            format!("{me2}/alpha {REVIEW}19:00:09.715127"),
            format!("{me2}/alpha {PLANNER}19:00:09.730149"),
        ],
        "peer/deploy-list-alpha" | "peer/project-get-alpha" => vec![
            format!("{me}/alpha {REVIEW}19:00:09.715127"),
            format!("{me}/alpha {PLANNER}19:00:09.730149"),
            format!("{me}/alpha {CANVAS}19:02:48.138378 modified"),
        ],
        "peer/deploy-conflict-409" => vec![format!("{me}/beta {CANVAS}19:02:47.436187")],
        "peer/undeploy-ok" => vec![format!("{me}/beta {REVIEW}19:02:47.436187")],
        "seed/artifact-undeploy-route" => vec![format!("{me2}/viaapi {CANVAS}19:33:52")],
        name if name.starts_with("seed/") => vec![
            format!("{me2}/alpha {CANVAS}19:02:48.138378 modified"),
            format!("{me2}/brandnew {CANVAS}19:03:19.526974"),
        ],
        _ => vec![format!("{me}/alpha {CANVAS}19:00:09.588941")],
    };
    let copies: Vec<_> = copies.iter().map(String::as_str).collect();
    let world = world(&copies);
    if name == "seed/projects-list" {
        return world.project("/home/me2/projects/beta").project("/home/me2/projects/viaapi");
    }
    world.project("/home/me2/projects/viaart")
}

fn row(name: &str, field: &str) -> Option<usize> {
    DIFFERENT.iter().position(|(of, end)| name.contains(of) && field.ends_with(end))
}

fn differs(name: &str, field: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or_default();
    row(name, field).is_some() || name.starts_with("peer/") && ONLY_IN_0_74.contains(&last)
}

/// Notes the rows of the table that are true of these answers.
fn note(name: &str, field: &str, recorded: &Value, ours: &Value, rows: &mut BTreeSet<usize>) {
    if let Some(row) = row(name, field) {
        if recorded != ours {
            rows.insert(row);
        }
        return;
    }
    match recorded {
        Value::Object(recorded) => recorded.iter().for_each(|(key, value)| {
            let field = format!("{field}.{key}");
            rows.extend(row(name, &field).filter(|_| ours.get(key).is_none()));
            note(name, &field, value, &ours[key], rows);
        }),
        Value::Array(recorded) => recorded.iter().enumerate().for_each(|(place, value)| {
            note(name, &format!("{field}.{place}"), value, &ours[place], rows);
        }),
        _ => {}
    }
}

/// Checks that all of what was recorded is there.
#[track_caller]
fn compare(name: &str, field: &str, recorded: &Value, ours: &Value) {
    if differs(name, field) {
        return;
    }
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(_)) => {
            for (key, value) in recorded {
                compare(name, &format!("{field}.{key}"), value, &ours[key]);
                let there = ours.get(key).is_some() || differs(name, &format!("{field}.{key}"));
                assert!(there, "{name}: {field}.{key} is not there");
            }
        }
        (Value::Array(recorded), Value::Array(found)) => {
            assert_eq!(recorded.len(), found.len(), "{name}: {field}");
            for (place, (recorded, ours)) in recorded.iter().zip(found).enumerate() {
                compare(name, &format!("{field}.{place}"), recorded, ours);
            }
        }
        _ => assert_eq!(ours, recorded, "{name}: {field}"),
    }
}

async fn replay(name: &str, recorded: &Value, rows: &mut BTreeSet<usize>) {
    let mut guard = GuardConfig::default();
    if name.contains("apikey") {
        guard.key = ApiKey::new("right");
        guard.reads = Reads::WithKey;
    }
    // What is in files is told only to those who may write.
    guard.private_socket = name.contains("artifact-diff");
    let mut cache = MockStatsCache::new();
    cache.expect_counters().returning(Default::default);
    let (method, path) = recorded["request"].as_str().unwrap().split_once(' ').unwrap();
    let reply = if method == "GET" {
        let service = Service::with(as_recorded(name), guard, cache);
        let service = service.comparing(Arc::new(diffs::as_recorded()));
        let key = [("x-api-key", "wrong")];
        let headers: &[_] = if name.contains("wrong") { &key } else { &[] };
        service.send(request(method, path, headers)).await
    } else {
        let world = as_recorded(name);
        let commands = InMemoryCommands::new(&world);
        if let Some(date) = recorded["body"]["deployed_at"].as_str() {
            *commands.now.lock().unwrap() = date.parse().unwrap();
        }
        let body = match &recorded["request_body"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Service::writing(world, Arc::new(commands)).send(with_body(method, path, &body)).await
    };
    compare(name, "status", &recorded["status"], &reply.status.as_u16().into());
    compare(name, "body", &recorded["body"], &reply.json());
    note(name, "status", &recorded["status"], &reply.status.as_u16().into(), rows);
    note(name, "body", &recorded["body"], &reply.json(), rows);
}

#[tokio::test]
async fn recorded_questions_get_the_recorded_answers() {
    let (mut replayed, mut rows) = (0, BTreeSet::new());
    for server in ["seed", "peer"] {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(server);
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{server}/{}", path.file_stem().unwrap().to_str().unwrap());
            // That server took its own collections, by a relative path, for a project.
            if name == "peer/projects-list" {
                continue;
            }
            let recorded = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            replay(&name, &recorded, &mut rows).await;
            replayed += 1;
        }
    }
    assert_eq!(replayed, 75);
    let untrue = (0..DIFFERENT.len()).filter(|row| !rows.contains(row)).map(|row| DIFFERENT[row]);
    assert_eq!(untrue.collect::<Vec<_>>(), [], "these differ no longer");
}

#[tokio::test]
async fn a_recorded_difference_is_the_same_but_for_the_doubled_ends_of_lines() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/peer/artifact-diff.json");
    let recorded: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let guard = GuardConfig { private_socket: true, ..GuardConfig::default() };
    let service = Service::with(World::new(), guard, MockStatsCache::new());
    let service = service.comparing(Arc::new(diffs::as_recorded()));
    let (_, path) = recorded["request"].as_str().unwrap().split_once(' ').unwrap();
    let ours = service.get(path).await.json();
    let text = |body: &Value| body["files"][1]["unified_diff"].as_str().unwrap().to_owned();
    assert_eq!(text(&ours), text(&recorded["body"]).replace("\n\n", "\n"));
    assert!(text(&ours).ends_with("\n Body text.\n+local edit\n"), "{ours}");
}

#[tokio::test]
async fn the_fields_of_an_artifact_are_in_the_order_of_the_seed() {
    let service = Service::new(as_recorded("seed/x"));
    let reply = service.get("/api/v1/artifacts/skill:canvas?include_deployments=true").await;
    let text = String::from_utf8(reply.bytes.to_vec()).unwrap();
    let keys = [
        "id",
        "name",
        "type",
        "source",
        "origin",
        "origin_source",
        "version",
        "aliases",
        "tags",
        "metadata",
        "title",
        "description",
        "author",
        "license",
        "dependencies",
        "tools",
        "linked_artifacts",
        "unlinked_references",
        "upstream",
        "deployment_stats",
        "total_deployments",
        "modified_deployments",
        "projects",
        "project_name",
        "project_path",
        "is_modified",
        "deployed_at",
        "collections",
        "added",
        "updated",
        "import_id",
    ];
    let places: Vec<_> = keys.map(|key| text.find(&format!("\"{key}\":")).expect(key)).into();
    assert!(places.is_sorted(), "{text}");
}
