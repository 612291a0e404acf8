//! `GET artifacts/{id}/diff`: what is asked for, who may ask, and what goes wrong.

use std::sync::{Arc, Mutex};

use skillstat_domain::testing::{MockDiffQuery, MockStatsCache};
use skillstat_domain::{
    ArtifactDiff, DiffError, DiffRequest, Problem, ProblemKind, ProfileRoot, WantedTexts,
};
use skillstat_http::{ApiKey, GuardConfig};

use crate::support::diffs::{InMemoryDiffs, directory};
use crate::support::{Reply, Service, World, request, small_world};

const PATH: &str = "/api/v1/artifacts/skill:pdf/diff?project_path=/home/p/shop";

fn private() -> GuardConfig {
    GuardConfig { private_socket: true, ..GuardConfig::default() }
}

/// A service whose comparisons fail like this.
fn failing(error: DiffError) -> Service {
    let mut diffs = MockDiffQuery::new();
    diffs.expect_diff().returning(move |_| Err(error.clone()));
    service(diffs)
}

fn service(diffs: MockDiffQuery) -> Service {
    let service = Service::with(small_world(), private(), MockStatsCache::new());
    service.comparing(Arc::new(diffs))
}

/// Asks, and returns what was asked of the comparison.
async fn asked(query: &str) -> DiffRequest {
    let asked = Arc::new(Mutex::new(None));
    let mut diffs = MockDiffQuery::new();
    let noted = Arc::clone(&asked);
    diffs.expect_diff().times(1).returning(move |wanted| {
        *noted.lock().unwrap() = Some(wanted.clone());
        Ok(ArtifactDiff {
            artifact: wanted.artifact.clone(),
            project: wanted.project.clone(),
            profile_root: ProfileRoot::new(".claude").unwrap(),
            path: "skills/pdf".to_owned(),
            collection: "default".to_owned(),
            files: Vec::new(),
        })
    });
    let reply = service(diffs).get(&format!("{PATH}{query}")).await;
    assert_eq!(reply.status, 200, "{query}");
    let asked = asked.lock().unwrap().take();
    asked.unwrap()
}

#[tokio::test]
async fn parameters_choose_the_copy_the_original_and_the_texts() {
    let plain = asked("").await;
    assert_eq!(plain.artifact.as_str(), "skill:pdf");
    assert_eq!(plain.project.as_str(), "/home/p/shop");
    assert_eq!((plain.profile_root, plain.collection, plain.texts), (None, None, WantedTexts::All));
    for query in ["&summary_only=true", "&include_unified_diff=no", "&summary_only=1&file_paths=a"]
    {
        assert_eq!(asked(query).await.texts, WantedTexts::None, "{query}");
    }
    let only =
        |paths: &[&str]| WantedTexts::Only(paths.iter().map(|path| String::from(*path)).collect());
    assert_eq!(asked("&file_paths=a%20b,c/d").await.texts, only(&["a b", "c/d"]));
    assert_eq!(asked("&file_paths=").await.texts, WantedTexts::All);
    assert_eq!(asked("&profile_root=.codex").await.profile_root, ProfileRoot::new(".codex").ok());
    for (collection, expected) in [("Default%20Collection", "default"), ("gone", "gone")] {
        let asked = asked(&format!("&collection={collection}")).await;
        assert_eq!(asked.collection.as_deref(), Some(expected));
    }
    assert_eq!(asked("&collection=").await.collection, None);
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_told() {
    let service = service(MockDiffQuery::new());
    let status = async |path: &str| {
        let reply = service.get(path).await;
        (reply.status.as_u16(), reply.json()["detail"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(status("/api/v1/artifacts/skill:pdf/diff").await.0, 422);
    assert_eq!(status(&format!("{PATH}&summary_only=perhaps")).await.0, 422);
    let relative = status("/api/v1/artifacts/skill:pdf/diff?project_path=shop").await;
    assert_eq!(relative, (400, "Project path does not exist: shop".to_owned()));
    let root = status(&format!("{PATH}&profile_root=claude")).await;
    assert!(root.0 == 400 && root.1.starts_with("Invalid profile_root: "), "{root:?}");
    let no_name = status("/api/v1/artifacts/skill:/diff?project_path=/p").await;
    assert_eq!(no_name, (404, "Artifact 'skill:' not found".to_owned()));
    assert_eq!(status("/api/v1/artifacts/%ff:x/diff?project_path=/p").await.0, 400);
}

#[tokio::test]
async fn what_cannot_be_compared_says_why() {
    let problem = Problem {
        path: "/home/p/shop/.claude/skills/pdf/link".to_owned(),
        line: None,
        kind: ProblemKind::UnreadableCopy,
        reason: "leaves the profile root".to_owned(),
        fix: "remove the link".to_owned(),
        artifact: None,
    };
    let failed = || DiffError::Failed { reason: "secret".to_owned() };
    for (error, status, detail) in [
        (DiffError::NoProject, 400, "Project path does not exist: /home/p/shop"),
        (DiffError::NotDeployed, 404, "Artifact 'skill:pdf' not found in project /home/p/shop"),
        (DiffError::NoOriginal, 404, "Artifact 'skill:pdf' not found in any collection"),
        (DiffError::Nothing, 404, "Artifact 'skill:pdf' not found in either collection or project"),
        (
            DiffError::Unreadable(Box::new(problem)),
            409,
            "/home/p/shop/.claude/skills/pdf/link leaves the profile root; to mend it: remove the link",
        ),
        (DiffError::Busy, 503, "too much is compared at once"),
        (failed(), 500, "Internal server error"),
    ] {
        let reply = failing(error).get(PATH).await;
        assert_eq!(reply.problem(), (status, detail.to_owned()));
        assert_eq!(reply.header("retry-after"), if status == 503 { "1" } else { "" });
    }
    let stray = "/api/v1/artifacts/widget:stray/diff?project_path=/p";
    let reply = failing(DiffError::NotDeployed).get(stray).await;
    assert_eq!(reply.problem().0, 400, "a type that no tracker there has");
}

/// Asks with a key set, and these headers.
async fn guarded(guard: GuardConfig, headers: &[(&str, &str)]) -> Reply {
    let guard = GuardConfig { key: ApiKey::new("right"), ..guard };
    let service = Service::with(World::new(), guard, MockStatsCache::new());
    let side = |text: &str| vec![("skill:pdf skills/pdf", directory(&[("SKILL.md", text)]))];
    let diffs = InMemoryDiffs::new(&[("p/shop", side("secret of the copy\n"))], side("text\n"));
    service.comparing(Arc::new(diffs)).send(request("GET", PATH, headers)).await
}

#[tokio::test]
async fn what_is_in_files_takes_the_key_from_this_machine_too() {
    let reply = guarded(GuardConfig::default(), &[]).await;
    assert_eq!(reply.problem(), (401, "API key required".to_owned()));
    let reply = guarded(GuardConfig::default(), &[("x-api-key", "wrong")]).await;
    assert_eq!(reply.problem().0, 403);
    let other = [("origin", "https://evil.example"), ("x-api-key", "right")];
    let reply = guarded(GuardConfig::default(), &other).await;
    assert_eq!(reply.problem().0, 403, "another page's");
    let reply = guarded(private(), &[]).await;
    assert_eq!(reply.status, 200, "only the owner opens the socket");

    let reply = guarded(GuardConfig::default(), &[("x-api-key", "right")]).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("etag"), "");
    let text = reply.json()["files"][0]["unified_diff"].as_str().unwrap().to_owned();
    assert!(text.contains("\n-text\n+secret of the copy\n"), "{text}");
}

#[tokio::test]
async fn an_address_with_a_slash_in_the_end_is_sent_on() {
    let service = service(MockDiffQuery::new());
    let reply = service.get("/api/v1/artifacts/skill:pdf/diff/?project_path=/p").await;
    assert_eq!(reply.status, 307);
    assert_eq!(reply.header("location"), "/api/v1/artifacts/skill:pdf/diff?project_path=/p");
}
