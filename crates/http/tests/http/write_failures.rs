//! What each error of writing is told as, on each route.

use std::sync::Arc;
use std::time::Duration;

use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    DeployError, DestinationError, ItemReport, NeedsForce, NeverFound, Outcome, ProfileRoot,
    ProjectPath,
};

use crate::support::{Service, small_world, with_body};
use crate::writing::ROUTES;

/// What is told: the same on all routes, or on those that deploy and those that undeploy, or on each.
enum Told {
    Everywhere(u16, &'static str),
    Deploying(u16, &'static str),
    OnEach([(u16, &'static str); 5]),
}

async fn check(error: DeployError, told: Told) {
    for (index, (method, path, body)) in ROUTES.into_iter().enumerate() {
        let deploys = matches!(index, 0 | 2);
        let (status, text) = match &told {
            Told::Everywhere(status, text) => (*status, *text),
            Told::Deploying(status, text) if deploys => (*status, *text),
            Told::Deploying(..) => continue,
            Told::OnEach(all) => all[index],
        };
        let report = vec![ItemReport {
            artifact: "skill:canvas".parse().unwrap(),
            project: project(),
            profile_root: None,
            outcome: Outcome::Failed(error.clone()),
        }];
        let mut commands = MockDeploymentCommands::new();
        let same = report.clone();
        commands.expect_deploy().returning(move |_, _| Ok(same.clone()));
        commands.expect_undeploy().returning(move |_, _| Ok(report.clone()));
        let service = Service::writing(small_world(), Arc::new(commands));
        let reply = service.send(with_body(method, path, body)).await;
        let text =
            text.replace("{failed}", if deploys { "Deployment failed" } else { "Undeploy failed" });
        assert_eq!(reply.problem(), (status, text), "{method} {path}");
        assert_eq!(reply.header("retry-after"), if status == 503 { "1" } else { "" });
    }
}

fn project() -> ProjectPath {
    ProjectPath::new("/p/a".into()).unwrap()
}

fn canvas() -> skillstat_domain::ArtifactId {
    "skill:canvas".parse().unwrap()
}

const OUTSIDE: &str =
    "`/p/a` does not lie below a search root; to mend it: add a search root above it with `--root`";

#[tokio::test]
async fn what_is_not_there() {
    const NOT_DEPLOYED: &str = "Artifact 'canvas' is not deployed to this project";
    const NO_PATH: &str = "Project path does not exist: /p/a";
    const NO_PROJECT: &str = "Project not found at path: /p/a";
    const NO_DIRECTORY: &str =
        "the project `/p/a` does not exist; to mend it: make the directory, or correct its path";
    check(
        DeployError::ArtifactNotFound { artifact: canvas() },
        Told::OnEach([
            (404, "Artifact 'canvas' not found in collection"),
            (404, "Artifact 'canvas' not found in collection"),
            (404, "Artifact 'skill:canvas' not found in any collection"),
            (404, "Artifact 'canvas' not found in collection"),
            (404, "Artifact 'canvas' not found in collection"),
        ]),
    )
    .await;
    let collection =
        DeployError::CollectionNotFound { collection: "x".to_owned(), directory: "/c/x".into() };
    check(
        collection,
        Told::OnEach([
            (404, "Collection 'x' not found at /c/x"),
            (404, "Collection 'x' not found at /c/x"),
            (404, "Collection 'x' not found"),
            (404, "Collection 'x' not found at /c/x"),
            (404, "Collection 'x' not found at /c/x"),
        ]),
    )
    .await;
    check(
        DeployError::NotDeployed { artifact: canvas(), project: project() },
        Told::OnEach([
            (404, NOT_DEPLOYED),
            (404, NOT_DEPLOYED),
            (404, NOT_DEPLOYED),
            (404, NOT_DEPLOYED),
            (404, "Deployment 'canvas' (skill) not found in project"),
        ]),
    )
    .await;
    check(
        DeployError::ProjectMissing { project: project() },
        Told::OnEach([
            (400, NO_DIRECTORY),
            (404, NOT_DEPLOYED),
            (400, NO_PATH),
            (400, NO_PATH),
            (404, NO_PROJECT),
        ]),
    )
    .await;
}

#[tokio::test]
async fn what_may_not_be_looked_at_or_is_kept_no_longer() {
    const NO_PROJECT: &str = "Project not found at path: /p/a";
    check(
        DeployError::OutsideRoots { project: project() },
        Told::OnEach([
            (400, OUTSIDE),
            (400, OUTSIDE),
            (400, OUTSIDE),
            (400, OUTSIDE),
            (404, NO_PROJECT),
        ]),
    )
    .await;
    let why = NeverFound::TooDeep { depth: 4, max_depth: 3 };
    check(
        DeployError::NeverFound { path: "/p/a".to_owned(), why },
        Told::Everywhere(
            400,
            "`/p/a` lies 4 below a search root, and projects are looked for 3 deep; to mend it: raise \
             `max_depth`",
        ),
    )
    .await;
    check(
        DeployError::BackupNotFound { backup: "b-1".parse().unwrap() },
        Told::Everywhere(
            404,
            "there is no backup `b-1`; to mend it: look at the list of `skillstat restore`",
        ),
    )
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_to() {
    let destination = async |error: DestinationError, text| {
        check(error.into(), Told::Everywhere(400, text)).await;
    };
    destination(DestinationError::Traversal, "Directory traversal ('..') not allowed in dest_path")
        .await;
    destination(DestinationError::Absolute, "Absolute paths not allowed in dest_path").await;
    destination(DestinationError::InvalidCharacter, "Invalid character in dest_path").await;
    destination(
        DestinationError::NotDeployable { kind: "bundle".to_owned() },
        "artifacts of type `bundle` are not deployed as copies; to mend it: deploy artifacts of type \
         skill, command, agent, hook, mcp or orchestration",
    )
    .await;
    destination(
        DestinationError::UnusableName { name: "a/b".to_owned(), reason: "holds a slash" },
        "the name `a/b` holds a slash; to mend it: name a directory below the profile root, such as \
         `.claude/skills/dev`",
    )
    .await;
    destination(
        DestinationError::OutsideProfileRoot {
            dest_path: "tools".to_owned(),
            profile_root: ProfileRoot::new(".claude").unwrap(),
        },
        "dest_path `tools` is not below the profile root `.claude`; to mend it: name a directory below \
         the profile root, such as `.claude/skills/dev`",
    )
    .await;
    check(
        DeployError::ProfileRootLeaves { path: "/p/a/.claude".to_owned() },
        Told::Everywhere(400, "Profile root escapes allowed root: /p/a/.claude"),
    )
    .await;
}

#[tokio::test]
async fn what_is_in_the_way() {
    check(
        DeployError::AlreadyDeployed { artifact: canvas() },
        Told::Deploying(409, "Artifact 'canvas' already deployed. Set overwrite=true to replace."),
    )
    .await;
    let untracked = NeedsForce::Untracked;
    check(
        DeployError::NeedsForce { path: "/p/a/.claude/skills/canvas".to_owned(), why: untracked },
        Told::Deploying(
            409,
            "`/p/a/.claude/skills/canvas` is there already, and no record says that it was deployed. Set \
             overwrite=true to replace.",
        ),
    )
    .await;
    let text = |text: &str| text.to_owned();
    let (path, reason, fix) = (text("/p/a/t"), text("is no TOML"), text("mend line 3"));
    check(
        DeployError::Tracker { path, line: Some(3), reason, fix },
        Told::Everywhere(409, "`/p/a/t`, line 3, is no TOML; to mend it: mend line 3"),
    )
    .await;
    let (path, reason, fix) = (text("/c/x"), text("is gone"), text("put it back"));
    check(
        DeployError::Source { path, reason, fix },
        Told::Everywhere(409, "the source `/c/x` is gone; to mend it: put it back"),
    )
    .await;
    check(
        DeployError::Changed { path: text("/p/a/c") },
        Told::Everywhere(
            409,
            "`/p/a/c` changed meanwhile; to mend it: try again when whatever writes there has finished",
        ),
    )
    .await;
    let (path, reason, fix) = (text("/p/a/s"), text("is odd"), text("remove it"));
    check(
        DeployError::Interrupted { path, reason, fix },
        Told::Everywhere(409, "`/p/a/s` is odd; to mend it: remove it"),
    )
    .await;
    check(
        DeployError::Busy { lock: text("/l"), waited: Duration::from_secs(10), holder: None },
        Told::Everywhere(
            503,
            "waited 10 s for the lock `/l`, which another program holds; to mend it: try again when it \
             has finished, or end it",
        ),
    )
    .await;
    let (path, reason, fix) = (text("/p/a/c"), text("has no space left"), text("make room"));
    check(
        DeployError::Failed { path, reason, fix },
        Told::Everywhere(500, "{failed}: `/p/a/c` has no space left; to mend it: make room"),
    )
    .await;
}

#[tokio::test]
async fn what_is_written_and_did_not_stay() {
    let text = |text: &str| text.to_owned();
    check(
        DeployError::RecordErased { tracker: text("/p/a/t"), times: 3, backup: None },
        Told::Everywhere(
            409,
            "the record in `/p/a/t` was taken away 3 times by another program; to mend it: deploy again \
             when the other program has finished",
        ),
    )
    .await;
    let (reason, fix, backup) = (text("it is odd"), text("look"), "7".parse().ok());
    check(
        DeployError::Unconfirmed { reason, fix, backup },
        Told::Everywhere(
            409,
            "it is written, but whether that has stayed is not known: it is odd; to mend it: look (what \
             was there before is backup `7`)",
        ),
    )
    .await;
}

#[tokio::test]
async fn what_is_in_the_way_is_a_conflict() {
    let (path, reason) = ("/p/a/s".to_owned(), "holds the copy of `skill:y`".to_owned());
    check(
        DeployError::InTheWay { path, reason },
        Told::Everywhere(
            409,
            "`/p/a/s` holds the copy of `skill:y`; to mend it: name another place with `dest_path`, or \
             undeploy what is there",
        ),
    )
    .await;
}

#[tokio::test]
async fn a_type_that_nobody_has_is_told_only_when_nothing_is_there() {
    let routes = [
        (
            "POST",
            "/api/v1/deploy/undeploy",
            r#"{"artifact_name": "x", "artifact_type": "zzz", "project_path": "/p/a"}"#,
            "Invalid artifact type: zzz",
        ),
        (
            "POST",
            "/api/v1/artifacts/zzz:x/undeploy",
            r#"{"project_path": "/p/a"}"#,
            "Invalid artifact ID format. Expected 'type:name'",
        ),
        (
            "DELETE",
            "/api/v1/projects/L3AvYQ==/deployments/x?artifact_type=zzz",
            "",
            "Invalid artifact type: zzz",
        ),
    ];
    for (method, path, body, text) in routes {
        let nothing = Service::writing(small_world(), commands());
        let reply = nothing.send(with_body(method, path, body)).await;
        assert_eq!(reply.problem(), (400, text.to_owned()), "{path}");
    }
    // A tracker has it: what is deployed can be undeployed.
    let service = Service::writing(
        small_world(),
        Arc::new(crate::support::InMemoryCommands::new(&small_world())),
    );
    let path = "/api/v1/projects/L3AvYQ==/deployments/stray?artifact_type=widget";
    assert_eq!(service.send(with_body("DELETE", path, "")).await.status, 200);
}

/// Nothing is deployed anywhere.
fn commands() -> Arc<MockDeploymentCommands> {
    let mut commands = MockDeploymentCommands::new();
    commands.expect_undeploy().returning(|order, _| {
        let (artifact, project) = (order.artifacts[0].clone(), order.projects[0].clone());
        let error =
            DeployError::NotDeployed { artifact: artifact.clone(), project: project.clone() };
        let outcome = Outcome::Failed(error);
        Ok(vec![ItemReport { artifact, project, profile_root: None, outcome }])
    });
    Arc::new(commands)
}
