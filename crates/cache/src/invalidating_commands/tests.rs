//! Whoever asks after an order gets the new statistics.

use std::num::NonZeroUsize;
use std::sync::mpsc;

use skillstat_domain::testing::{ManualClock, MockDeployObserver, MockDeployer};
use skillstat_domain::{
    AnswerSource, DeployError, Deployer, DeploymentRecord, InTurn, Outcome, ProblemKind, Profiles,
    ProjectStates, RecordedArtifacts, Replace, StatisticsQuery, StatsCache, Targets, Task,
};
use tokio::runtime::Handle;

use super::*;
use crate::sync::{Mutex, lock};
use crate::test_world::{World, id, project_path};
use crate::{Sources, Ttl, TtlStatsCache};

#[derive(Debug)]
struct Threads;

impl BlockingPool for Threads {
    fn run(&self, job: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(job);
    }
}

/// A cache over a world of three projects, and commands whose deployer does this with each task.
fn commands(
    carry_out: impl Fn(&World, &Task, &dyn DeployObserver) + Send + Sync + 'static,
) -> (Arc<CachedStatistics>, Arc<InvalidatingCommands>) {
    let (world, clock) = (World::with_projects(3), Arc::new(ManualClock::default()));
    let capacity = NonZeroUsize::new(100).expect("it is not zero");
    let cache: Arc<dyn StatsCache> =
        Arc::new(TtlStatsCache::new(Arc::clone(&clock) as _, Ttl::DEFAULT, capacity));
    let sources = Sources {
        discovery: Arc::clone(&world) as _,
        states: Arc::clone(&world) as _,
        hasher: Arc::clone(&world) as _,
        collections: Arc::clone(&world) as _,
        workers: Arc::clone(&world) as _,
    };
    let statistics = Arc::new(CachedStatistics::new(sources, cache, clock, Arc::new(Threads)));
    let mut deployer = MockDeployer::new();
    let wrote = Arc::clone(&world);
    let recorded = Arc::clone(&world);
    deployer.expect_recorded().returning(move |project| {
        let in_root = |record: &DeploymentRecord| RecordedArtifacts {
            profile_root: record.profile_root.clone(),
            artifacts: vec![record.artifact.clone()],
            complete: true,
        };
        Ok(recorded.records(project).records.iter().map(in_root).collect())
    });
    deployer.expect_carry_out().returning(move |tasks, observer| {
        let failed = |task: &Task| {
            carry_out(&wrote, task, observer);
            Err(DeployError::Changed { path: "half-way".to_owned() })
        };
        tasks.iter().map(failed).collect()
    });
    deployer.expect_vanished_records().returning(|| vec![vanished()]);
    let deployer: Arc<dyn Deployer> = Arc::new(deployer);
    let service = DeploymentService::new(
        deployer,
        Arc::clone(&world) as _,
        Arc::clone(&world) as _,
        (world, "/collections".into()),
        Arc::new(InTurn),
    );
    let cache = Some(Arc::clone(&statistics));
    (statistics, Arc::new(InvalidatingCommands::new(service, cache, Arc::new(Threads))))
}

fn vanished() -> Problem {
    Problem {
        path: "/p/001".to_owned(),
        line: None,
        kind: ProblemKind::VanishedRecord,
        reason: "is gone".to_owned(),
        fix: "deploy it again".to_owned(),
        artifact: None,
    }
}

fn undeploy() -> UndeployOrder {
    UndeployOrder {
        artifacts: vec![id("skill:a")],
        projects: vec![project_path(1)],
        profiles: Profiles::Usual,
        force: false,
        keep_copies: false,
        dry_run: false,
    }
}

async fn total(statistics: &CachedStatistics) -> usize {
    let answer = statistics.statistics(&id("skill:a")).await.expect("nothing is in the way");
    answer.cached.value.total()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_answer_the_statistics_are_new_also_after_a_failure() {
    let (statistics, commands) = commands(|world, _, observer| {
        world.undeploy(1, "skill:a");
        observer.changed(&project_path(1));
    });
    assert_eq!(total(&statistics).await, 3);
    let reports = commands.undeploy(undeploy(), Arc::new(())).await.unwrap();
    assert!(matches!(reports[0].outcome, Outcome::Failed(_)));
    assert_eq!(total(&statistics).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_hears_of_a_change_and_asks_gets_the_new_statistics() {
    let (statistics, commands) = commands(|world, _, observer| {
        world.undeploy(1, "skill:a");
        observer.changed(&project_path(1));
    });
    assert_eq!(total(&statistics).await, 3);
    let runtime = Handle::current();
    let mut observer = MockDeployObserver::new();
    observer.expect_changed().times(1).returning(move |_| {
        assert_eq!(runtime.block_on(total(&statistics)), 2);
    });
    commands.undeploy(undeploy(), Arc::new(observer)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_an_order_has_come_is_told() {
    let (_, commands) = commands(|_, _, observer| {
        observer.begin(1);
        observer.advance();
    });
    let (tell, told) = mpsc::channel();
    let mut observer = MockDeployObserver::new();
    let begun = tell.clone();
    observer.expect_begin().returning(move |tasks| begun.send(tasks).unwrap());
    observer.expect_advance().returning(move || tell.send(0).unwrap());
    let order = RestoreOrder { backups: vec!["1".parse().unwrap()], force: true, dry_run: false };
    let reports = commands.restore(order, Arc::new(observer)).await.unwrap();
    assert!(matches!(reports[0].outcome, Outcome::Failed(_)));
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [1, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_collections_are_read_again_after_a_deploy_that_may_have_written() {
    let (statistics, commands) = commands(|_, _, _| unreachable!("there is no such artifact"));
    let ask = || async { statistics.collections().await.unwrap().source };
    assert_eq!(ask().await, AnswerSource::Miss);
    for (dry_run, expected) in [(true, AnswerSource::Hit), (false, AnswerSource::Miss)] {
        let targets =
            Targets::Projects { projects: vec![project_path(1)], profiles: Profiles::Usual };
        let order = DeployOrder {
            artifacts: vec![id("skill:none")],
            collection: None,
            targets,
            dest_path: None,
            replace: Replace::Nothing,
            create_projects: false,
            dry_run,
        };
        let reports = commands.deploy(order, Arc::new(())).await.unwrap();
        let not_found = DeployError::ArtifactNotFound { artifact: id("skill:none") };
        assert_eq!(reports[0].outcome, Outcome::Failed(not_found));
        assert_eq!(ask().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_an_error_and_nothing_is_relied_on() {
    let (statistics, commands) = commands(|world, _, _| {
        world.undeploy(1, "skill:a");
        panic!("out of order");
    });
    assert_eq!(total(&statistics).await, 3);
    let failed = commands.undeploy(undeploy(), Arc::new(())).await;
    assert_eq!(failed, Err(QueryError::Failed { reason: "out of order".to_owned() }));
    assert_eq!(total(&statistics).await, 2);
    for _ in 0..=MOST {
        assert_eq!(
            commands.vanished_records().await,
            Ok(vec![vanished()]),
            "every place is free again"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_carried_out_when_nobody_waits_and_only_so_many_at_once() {
    let (go_on, gate) = mpsc::channel::<()>();
    let (done, all_done) = mpsc::channel();
    let gate = Mutex::new(gate);
    let (_, commands) = commands(move |_, _, _| {
        lock(&gate).recv().unwrap();
        done.send(()).unwrap();
    });
    let orders: Vec<_> = (0..MOST)
        .map(|_| {
            let commands = Arc::clone(&commands);
            tokio::spawn(async move { commands.undeploy(undeploy(), Arc::new(())).await })
        })
        .collect();
    while !commands.places.all_taken() {
        tokio::task::yield_now().await;
    }
    assert_eq!(commands.undeploy(undeploy(), Arc::new(())).await, Err(QueryError::Busy));
    for order in orders {
        order.abort();
    }
    for _ in 0..MOST {
        go_on.send(()).unwrap();
        all_done.recv().unwrap();
    }
}
