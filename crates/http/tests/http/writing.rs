//! What deploying and undeploying over HTTP asks for, and how it answers what the recordings do not
//! show.

use std::sync::Arc;

use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Action, ArtifactId, DeployError, DeployOrder, DeploymentProfile, Done, ItemReport, Outcome,
    Plan, ProfileRoot, Profiles, ProjectPath, QueryError, Replace, Skipped, Targets, UndeployOrder,
};

use crate::support::{Reply, Service, small_world, with_body};

/// The routes that write, each with a body that says enough.
pub(crate) const ROUTES: [(&str, &str, &str); 5] = [
    (
        "POST",
        "/api/v1/deploy",
        r#"{"artifact_id": "", "artifact_name": "canvas", "artifact_type": "skill", "project_path": "/p/a"}"#,
    ),
    (
        "POST",
        "/api/v1/deploy/undeploy",
        r#"{"artifact_name": "canvas", "artifact_type": "skill", "project_path": "/p/a"}"#,
    ),
    ("POST", "/api/v1/artifacts/skill:canvas/deploy", r#"{"project_path": "/p/a"}"#),
    ("POST", "/api/v1/artifacts/skill:canvas/undeploy", r#"{"project_path": "/p/a"}"#),
    ("DELETE", "/api/v1/projects/L3AvYQ==/deployments/canvas?artifact_type=skill", ""),
];

fn canvas() -> ArtifactId {
    "skill:canvas".parse().unwrap()
}

fn project() -> ProjectPath {
    ProjectPath::new("/p/a".into()).unwrap()
}

fn done(root: &str) -> Outcome {
    Outcome::Done(Done {
        plan: Plan {
            artifact: canvas(),
            project: project(),
            profile_root: ProfileRoot::new(root).unwrap(),
            action: Action::Replace,
            path: "skills/canvas".into(),
            hash: None,
            warnings: Vec::new(),
        },
        deployed_at: "2026-01-02T03:04:05".parse().ok(),
        backup: "b-1".parse().ok(),
        written_again: 0,
    })
}

fn reports(outcomes: Vec<Outcome>) -> Vec<ItemReport> {
    let report = |outcome| ItemReport {
        artifact: canvas(),
        project: project(),
        profile_root: None,
        outcome,
    };
    outcomes.into_iter().map(report).collect()
}

/// Asks one of the routes when every order is answered like this.
async fn ask(
    (method, path, body): (&str, &str, &str),
    answer: Result<Vec<Outcome>, QueryError>,
) -> Reply {
    let answer = answer.map(reports);
    let mut commands = MockDeploymentCommands::new();
    let same = answer.clone();
    commands.expect_deploy().returning(move |_, _| same.clone());
    commands.expect_undeploy().returning(move |_, _| answer.clone());
    let service = Service::writing(small_world(), Arc::new(commands));
    service.send(with_body(method, path, body)).await
}

/// Asks for a deploy and returns the order.
async fn deploy_order(path: &str, body: &str) -> Result<DeployOrder, (u16, String)> {
    let (tell, told) = std::sync::mpsc::channel();
    let mut commands = MockDeploymentCommands::new();
    commands.expect_deploy().returning(move |order, _| {
        tell.send(order).unwrap();
        Ok(reports(vec![done(".claude")]))
    });
    let service = Service::writing(small_world(), Arc::new(commands));
    let reply = service.send(with_body("POST", path, body)).await;
    told.try_recv().map_err(|_| reply.problem())
}

/// Asks for an undeploy and returns the order.
async fn undeploy_order(method: &str, path: &str, body: &str) -> UndeployOrder {
    let (tell, told) = std::sync::mpsc::channel();
    let mut commands = MockDeploymentCommands::new();
    commands.expect_undeploy().returning(move |order, _| {
        tell.send(order).unwrap();
        Ok(reports(vec![done(".claude")]))
    });
    let service = Service::writing(small_world(), Arc::new(commands));
    service.send(with_body(method, path, body)).await;
    told.try_recv().expect("it was asked for")
}

/// The least that `POST deploy` takes, and more.
fn with(more: &str) -> String {
    ROUTES[0].2.replace('}', &format!("{more}}}"))
}

fn usual_order() -> DeployOrder {
    DeployOrder {
        artifacts: vec![canvas()],
        collection: None,
        targets: Targets::Projects { projects: vec![project()], profiles: Profiles::Usual },
        dest_path: None,
        replace: Replace::Nothing,
        create_projects: true,
        dry_run: false,
    }
}

#[tokio::test]
async fn a_deploy_is_asked_for_as_the_body_says() {
    let check = async |more: &str, change: &dyn Fn(&mut DeployOrder)| {
        let mut expected = usual_order();
        change(&mut expected);
        assert_eq!(deploy_order("/api/v1/deploy", &with(more)).await, Ok(expected), "{more}");
    };
    let profiles = |order: &mut DeployOrder, profiles| {
        order.targets = Targets::Projects { projects: vec![project()], profiles };
    };
    let codex = || "codex".parse::<DeploymentProfile>().unwrap();
    check("", &|_| ()).await;
    check(r#", "overwrite": false, "collection_name": null, "dest_path": null"#, &|_| ()).await;
    check(r#", "collection_name": "", "unheard_of": [1]"#, &|_| ()).await;
    check(r#", "overwrite": true"#, &|order| order.replace = Replace::Anything).await;
    check(r#", "dest_path": ".claude/x""#, &|order| order.dest_path = Some(".claude/x".to_owned()))
        .await;
    let collection = |name: &'static str| {
        move |order: &mut DeployOrder| order.collection = Some(name.to_owned())
    };
    check(r#", "collection_name": "default""#, &collection("default")).await;
    check(r#", "collection_name": "Default Collection""#, &collection("default")).await;
    // It may have been made just now.
    check(r#", "collection_name": "new""#, &collection("new")).await;
    check(r#", "deployment_profile_id": "codex""#, &|order| {
        profiles(order, Profiles::These(vec![codex()]));
    })
    .await;
    check(
        r#", "deployment_profile_ids": ["codex", "claude_code"], "all_profiles": false"#,
        &|order| {
            profiles(order, Profiles::These(vec![codex(), DeploymentProfile::default()]));
        },
    )
    .await;
    check(r#", "all_profiles": true"#, &|order| profiles(order, Profiles::All)).await;
    check(r#", "use_project_defaults": true"#, &|_| ()).await;
}

#[tokio::test]
async fn the_tab_of_an_artifact_makes_no_projects() {
    let expected = DeployOrder { create_projects: false, ..usual_order() };
    let path = "/api/v1/artifacts/skill%3Acanvas.md/deploy";
    let found = deploy_order(path, r#"{"project_path": "/p/a/", "strategy": "overwrite"}"#).await;
    assert_eq!(found, Ok(expected.clone()));
    let path = "/api/v1/artifacts/skill:canvas/deploy?collection=Default%20Collection";
    let body = r#"{"project_path": "/p/a", "overwrite": true, "all_profiles": true}"#;
    let projects = vec![project()];
    let expected = DeployOrder {
        collection: Some("default".to_owned()),
        targets: Targets::Projects { projects, profiles: Profiles::All },
        replace: Replace::Anything,
        ..expected
    };
    assert_eq!(deploy_order(path, body).await, Ok(expected));
}

#[tokio::test]
async fn an_undeploy_takes_edited_copies_too() {
    let usual = UndeployOrder {
        artifacts: vec![canvas()],
        projects: vec![project()],
        profiles: Profiles::Usual,
        force: true,
        keep_copies: false,
        dry_run: false,
    };
    for index in [1, 3, 4] {
        let (method, path, body) = ROUTES[index];
        assert_eq!(undeploy_order(method, path, body).await, usual, "{path}");
    }
    let codex = UndeployOrder {
        profiles: Profiles::These(vec!["codex".parse().unwrap()]),
        ..usual.clone()
    };
    for (index, name) in
        [(1, "profile_id"), (1, "deployment_profile_id"), (3, "deployment_profile_id")]
    {
        let (method, path, body) = ROUTES[index];
        let body = body.replace('}', &format!(r#", "{name}": "codex"}}"#));
        assert_eq!(undeploy_order(method, path, &body).await, codex, "{path}");
    }
    let path = format!("{}&remove_files=false", ROUTES[4].1.replace("L3AvYQ==", "L3AvYQ"));
    let kept = UndeployOrder { keep_copies: true, ..usual };
    assert_eq!(undeploy_order("DELETE", &path, "").await, kept);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_before_anything_is_asked() {
    let check = async |path: &str, body: &str, status: u16, text: &str| {
        let refusal = deploy_order(path, body).await.unwrap_err();
        assert!(refusal.0 == status && refusal.1.contains(text), "{path} {body}: {refusal:?}");
    };
    let deploy = async |more: &str, status: u16, text: &str| {
        check("/api/v1/deploy", &with(more), status, text).await;
    };
    deploy(r#", "project_path": "p/a""#, 400, "Invalid project_path: the path is not absolute")
        .await;
    deploy(r#", "project_path": """#, 400, "not absolute").await;
    deploy(r#", "project_path": "~/x""#, 400, "not absolute").await;
    deploy(r#", "project_path": "/p/../x""#, 400, "holds `..`").await;
    let no_profile = "Deployment profile 'zzz' not found for project";
    deploy(r#", "deployment_profile_id": "zzz""#, 400, no_profile).await;
    deploy(r#", "deployment_profile_ids": ["codex", "zzz"]"#, 400, no_profile).await;
    deploy(r#", "artifact_type": "a:b""#, 400, "Invalid artifact type: a:b").await;
    deploy(r#", "artifact_name": """#, 404, "Artifact '' not found in collection").await;
    let artifact = async |id: &str, body: &str, status: u16, text: &str| {
        check(&format!("/api/v1/artifacts/{id}/deploy"), body, status, text).await;
    };
    let (body, no_id) = (ROUTES[2].2, "Invalid artifact ID format. Expected 'type:name'");
    artifact("canvas", body, 400, no_id).await;
    artifact("skill:", body, 400, no_id).await;
    artifact("widget:canvas", body, 400, no_id).await;
    artifact("skill%FF:x", body, 400, no_id).await;
    let merge = r#"{"project_path": "/p/a", "strategy": "merge"}"#;
    artifact("skill:canvas", merge, 400, "strategy 'merge' is not offered here").await;
}

#[tokio::test]
async fn every_answer_tells_what_was_kept() {
    for (index, route) in ROUTES.into_iter().enumerate() {
        let reply = ask(route, Ok(vec![done(".claude")])).await;
        assert_eq!(reply.status, 200, "{route:?}");
        let body = reply.json();
        assert_eq!((&body["success"], &body["backup"]), (&true.into(), &"b-1".into()), "{route:?}");
        let path = match index {
            0 => "skills/canvas",
            2 => "/p/a/.claude/skills/canvas",
            _ => continue,
        };
        assert_eq!(body["deployed_path"], path);
    }
}

#[tokio::test]
async fn several_profiles_are_told_together() {
    let reply = ask(ROUTES[0], Ok(vec![done(".agents"), done(".claude")])).await.json();
    assert_eq!(reply["deployed_profiles"], serde_json::json!(["claude_code", "codex"]));
    assert_eq!(
        (&reply["deployment_profile_id"], &reply["platform"], &reply["profile_root_dir"]),
        (&"codex".into(), &"codex".into(), &".agents".into())
    );
    let leaves = || DeployError::ProfileRootLeaves { path: "/p/a/.agents".to_owned() };
    for outcomes in [
        vec![done(".claude"), Outcome::Failed(leaves())],
        vec![Outcome::Failed(leaves()), done(".claude")],
    ] {
        let text = "Profile root escapes allowed root: /p/a/.agents; it is done for: claude_code";
        assert_eq!(ask(ROUTES[0], Ok(outcomes)).await.problem(), (400, text.to_owned()));
    }
}

#[tokio::test]
async fn an_answer_that_nobody_can_give_is_an_error_of_ours() {
    for route in ROUTES {
        let failed = QueryError::Failed { reason: "secret".to_owned() };
        let broken = (500, "Internal server error".to_owned());
        assert_eq!(ask(route, Err(failed)).await.problem(), broken);
        let reply = ask(route, Err(QueryError::Busy)).await;
        assert_eq!((reply.problem().0, reply.header("retry-after")), (503, "1"));
        // Nothing that can be skipped was asked for.
        for outcomes in [vec![], vec![Outcome::Skipped(Skipped::UpToDate)]] {
            assert_eq!(ask(route, Ok(outcomes)).await.problem(), broken);
        }
    }
}

#[tokio::test]
async fn an_address_with_a_slash_in_the_end_leads_to_the_one_without() {
    for (method, path, body) in ROUTES {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let service = Service::writing(small_world(), Arc::new(MockDeploymentCommands::new()));
        let reply = service.send(with_body(method, &format!("{path}/?{query}"), body)).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("location").starts_with(path)),
            (307, true)
        );
    }
}
