//! What the page has written: the orders that its words become, and what it is told.

use std::sync::Arc;
use std::sync::mpsc::channel;

use serde_json::{Value, json};
use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Action, ArtifactId, DeployError, DeployOrder, DeploymentProfile, ItemReport, NeedsForce,
    Outcome, Plan, ProfileRoot, Profiles, ProjectPath, QueryError, Replace, RestoreOrder, Targets,
    UndeployOrder,
};

use crate::support::{Reply, Service, small_world, with_body};

const PATH: &str = "/api/v1/orders";

/// What somebody was told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Order {
    Deploy(DeployOrder),
    Undeploy(UndeployOrder),
    Restore(RestoreOrder),
}

fn project() -> ProjectPath {
    ProjectPath::new("/p/a".into()).unwrap()
}

fn profiles(root: &str) -> Profiles {
    Profiles::These(vec![DeploymentProfile::of_root(ProfileRoot::new(root).unwrap())])
}

/// Sends a body and returns the answer, and the order if there was one; whatever is asked has the outcome.
async fn send(body: &Value, outcome: Outcome) -> (Reply, Option<Order>) {
    let (tell, told) = channel();
    let report = ItemReport {
        artifact: "skill:canvas".parse().unwrap(),
        project: project(),
        profile_root: None,
        outcome,
    };
    let mut commands = MockDeploymentCommands::new();
    let (told_deploy, told_undeploy, told_restore) = (tell.clone(), tell.clone(), tell);
    let same = report.clone();
    commands.expect_deploy().returning(move |order, _| {
        told_deploy.send(Order::Deploy(order)).unwrap();
        Ok(vec![same.clone()])
    });
    commands.expect_undeploy().returning(move |order, _| {
        told_undeploy.send(Order::Undeploy(order)).unwrap();
        Ok(vec![report.clone()])
    });
    commands.expect_restore().returning(move |order, _| {
        told_restore.send(Order::Restore(order)).unwrap();
        Ok(Vec::new())
    });
    let service = Service::writing(small_world(), Arc::new(commands));
    let reply = service.send(with_body("POST", PATH, &body.to_string())).await;
    (reply, told.try_recv().ok())
}

fn planned() -> Outcome {
    Outcome::Planned(Plan {
        artifact: "skill:canvas".parse().unwrap(),
        project: project(),
        profile_root: ProfileRoot::new(".claude").unwrap(),
        action: Action::Create,
        path: "skills/canvas".into(),
        hash: None,
        warnings: Vec::new(),
    })
}

#[tokio::test]
async fn a_deploy_is_planned_and_carried_out_by_the_same_order() {
    // An id is taken as it is printed: no extension is taken off.
    let body = json!({"order": "deploy", "artifact": "skill:canvas.md", "project_path": "/p/a",
                      "dry_run": true});
    let mut expected = DeployOrder {
        artifacts: vec![ArtifactId::from_printed("skill:canvas.md").unwrap()],
        collection: None,
        targets: Targets::Projects { projects: vec![project()], profiles: Profiles::Usual },
        dest_path: None,
        replace: Replace::Unmodified,
        create_projects: false,
        dry_run: true,
    };
    let (reply, order) = send(&body, planned()).await;
    assert_eq!(order, Some(Order::Deploy(expected.clone())));
    let written = reply.json();
    assert_eq!((&written["dry_run"], &written["done"]), (&json!(true), &json!(1)));
    assert_eq!(written["items"][0]["action"], "create");

    let body = json!({"order": "deploy", "artifact": "skill:canvas.md", "project_path": "/p/a",
                      "profile_root": ".codex", "force": true});
    expected.dry_run = false;
    expected.replace = Replace::Anything;
    expected.targets =
        Targets::Projects { projects: vec![project()], profiles: profiles(".codex") };
    assert_eq!(send(&body, planned()).await.1, Some(Order::Deploy(expected)));
}

#[tokio::test]
async fn an_undeploy_takes_edited_copies_only_by_force() {
    for force in [false, true] {
        let body = json!({"order": "undeploy", "artifact": "widget:x", "project_path": "/p/a",
                          "profile_root": ".mine", "force": force});
        let expected = UndeployOrder {
            artifacts: vec!["widget:x".parse().unwrap()],
            projects: vec![project()],
            profiles: profiles(".mine"),
            force,
            keep_copies: false,
            dry_run: false,
        };
        assert_eq!(send(&body, planned()).await.1, Some(Order::Undeploy(expected)));
    }
}

#[tokio::test]
async fn a_backup_is_brought_back() {
    let body = json!({"order": "restore", "backup": "b-1", "dry_run": true});
    let backups = vec!["b-1".parse().unwrap()];
    let expected = RestoreOrder { backups, force: false, dry_run: true };
    assert_eq!(send(&body, planned()).await.1, Some(Order::Restore(expected)));
}

#[tokio::test]
async fn what_fails_is_in_the_answer_with_what_to_do() {
    let body = json!({"order": "undeploy", "artifact": "skill:canvas", "project_path": "/p/a"});
    let why = NeedsForce::LocallyModified;
    let failed = Outcome::Failed(DeployError::NeedsForce { path: "/p/a/x".to_owned(), why });
    let (reply, _) = send(&body, failed).await;
    let written = reply.json();
    assert_eq!((reply.status.as_u16(), &written["failed"]), (200, &json!(1)));
    assert_eq!(written["items"][0]["error"], "needs_force");
    assert!(written["items"][0]["fix"].as_str().is_some_and(|fix| !fix.is_empty()), "{written}");
}

#[tokio::test]
async fn a_name_that_cannot_be_one_reaches_nobody() {
    let check = async |body: Value, name: &str| {
        let (reply, order) = send(&body, planned()).await;
        let (status, text) = reply.problem();
        assert_eq!((status, order), (400, None), "{body}");
        assert!(text.starts_with(&format!("{name}: ")), "{body}: {text}");
    };
    let project = "/p/a";
    check(json!({"order": "destroy"}), "order").await;
    check(json!({"order": "deploy", "project_path": project}), "artifact").await;
    check(json!({"order": "deploy", "artifact": "x", "project_path": project}), "artifact").await;
    check(json!({"order": "undeploy", "artifact": "skill:x"}), "project_path").await;
    check(json!({"order": "deploy", "artifact": "skill:x", "project_path": "p/a"}), "project_path")
        .await;
    let root = json!({"order": "deploy", "artifact": "skill:x", "project_path": project,
                      "profile_root": "claude"});
    check(root, "profile_root").await;
    check(json!({"order": "restore"}), "backup").await;
    check(json!({"order": "restore", "backup": "../x"}), "backup").await;
    let (reply, order) = send(&json!({"order": "deploy", "force": "yes"}), planned()).await;
    assert_eq!((reply.problem().0, order), (422, None));
}

#[tokio::test]
async fn that_nobody_knows_what_was_done_is_no_success() {
    let mut commands = MockDeploymentCommands::new();
    let failed = || QueryError::Failed { reason: "secret".to_owned() };
    commands.expect_restore().returning(move |_, _| Err(failed()));
    let service = Service::writing(small_world(), Arc::new(commands));
    let reply = service.send(with_body("POST", PATH, r#"{"order":"restore","backup":"b"}"#)).await;
    assert_eq!(reply.problem(), (500, "Internal server error".to_owned()));
}
