//! What is told of an order, and what is said when nobody could be told.

use std::time::Duration;

use skillstat_domain::testing::{InMemoryFleet, MockDeploymentCommands};
use skillstat_domain::{Action, Done, Plan, ProblemKind, Profiles, SharedVolumes};
use tokio::time::Instant;

use super::*;
use crate::test_world::{Machine, RuntimeClock};
use crate::testing::Way;

fn project(path: &str) -> ProjectPath {
    ProjectPath::new(path.into()).unwrap()
}

fn done(path: &str) -> Outcome {
    Outcome::Done(Done {
        plan: Plan {
            artifact: "skill:a".parse().unwrap(),
            project: project(path),
            profile_root: skillstat_domain::ProfileRoot::new(".claude").unwrap(),
            action: Action::Create,
            path: "skills/a".into(),
            hash: None,
            warnings: Vec::new(),
        },
        deployed_at: None,
        backup: None,
        written_again: 0,
    })
}

fn order() -> UndeployOrder {
    UndeployOrder {
        artifacts: Vec::new(),
        projects: Vec::new(),
        profiles: Profiles::Usual,
        force: false,
        keep_copies: false,
        dry_run: false,
    }
}

/// A machine whose orders change these projects and end like this, another one, and the first's commands.
fn commands(
    changed: &'static [&'static str],
    result: fn() -> Result<Vec<ItemReport>, QueryError>,
) -> (Machine, Machine, AnnouncingCommands) {
    let clock = RuntimeClock::new();
    let server = Arc::new(InMemoryFleet::new(Arc::clone(&clock) as _));
    let [writer, reader] = [(); 2].map(|()| Machine::start(&server, &clock));
    let mut inner = MockDeploymentCommands::new();
    inner.expect_undeploy().returning(move |_, observer| {
        for path in changed {
            observer.changed(&project(path));
        }
        result()
    });
    let leases = Arc::clone(&writer.leases);
    let commands = AnnouncingCommands::new(Arc::new(inner), leases, Handle::current());
    (writer, reader, commands)
}

fn reports() -> Vec<ItemReport> {
    let report = |path| ItemReport {
        artifact: "skill:a".parse().unwrap(),
        project: project(path),
        profile_root: None,
        outcome: done(path),
    };
    ["/mnt/team/shop", "/home/me/shop"].map(report).into()
}

fn warnings(report: &ItemReport) -> Vec<ProblemKind> {
    let Outcome::Done(done) = &report.outcome else { unreachable!("all are done") };
    done.plan.warnings.iter().map(|warning| warning.kind).collect()
}

#[tokio::test(start_paused = true)]
async fn an_order_is_answered_when_others_know_of_it() {
    let (_writer, reader, commands) =
        commands(&["/mnt/team/shop", "/home/me/shop"], || Ok(reports()));
    assert_eq!(reader.ask(async || 1).await, 1);
    let answered = commands.undeploy(order(), Arc::new(())).await.unwrap();
    assert_eq!(reader.ask(async || 2).await, 2);
    assert_eq!(answered, reports(), "nothing is added when all is well");
}

#[tokio::test(start_paused = true)]
async fn an_order_elsewhere_waits_for_nobody() {
    let (writer, _reader, commands) = commands(&["/home/me/shop"], || Ok(reports()));
    let begun = Instant::now();
    commands.undeploy(order(), Arc::new(())).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(writer.leases.standing().announcements, 0);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_told_is_said_where_it_matters() {
    let (writer, _reader, commands) =
        commands(&["/mnt/team/shop", "/home/me/shop"], || Ok(reports()));
    writer.way.set(Way::Away);
    let answered = commands.undeploy(order(), Arc::new(())).await.unwrap();
    let expected = [vec![ProblemKind::NotTold], vec![]];
    assert_eq!(answered.iter().map(warnings).collect::<Vec<_>>(), expected);
}

#[tokio::test(start_paused = true)]
async fn after_a_panic_anything_may_have_changed() {
    // Fails when only what was noted is told.
    let (_writer, reader, commands) =
        commands(&[], || Err(QueryError::Failed { reason: "a panic".to_owned() }));
    assert_eq!(reader.ask(async || 1).await, 1);
    commands.undeploy(order(), Arc::new(())).await.unwrap_err();
    assert_eq!(reader.ask(async || 2).await, 2);
}

#[tokio::test(start_paused = true)]
async fn nothing_was_done_when_there_was_no_place() {
    let (writer, _reader, commands) = commands(&[], || Err(QueryError::Busy));
    assert_eq!(commands.undeploy(order(), Arc::new(())).await, Err(QueryError::Busy));
    assert_eq!(writer.leases.standing().announcements, 0);
}
