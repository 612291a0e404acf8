//! Two thousand steps of three machines at random, with faults: after each one of them is asked.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use skillstat_domain::testing::InMemoryFleet;
use skillstat_domain::{
    AnswerSource, Change, ChangeSink, Clock, DeployError, DeployOrder, DeploymentCommands,
    ItemReport, Outcome, ProblemKind, Profiles, Replace, SharedVolumes, Targets, UndeployOrder,
};
use skillstat_fleet::testing::{RuntimeClock, Way};
use tokio::task::JoinHandle;
use tokio::time::{advance, sleep};

use super::volume::{PROJECTS, SKILLS, Versions, skill};
use super::{Machine, Volume, Witness};
use crate::support::seed;

/// How many steps a history has.
const STEPS: usize = 2000;

const NAMES: [&str; 3] = ["one", "two", "three"];

/// What the next answer of each machine is promised to hold.
type Promises = Arc<Mutex<[Versions; 3]>>;

#[derive(Debug, Default)]
struct Seen {
    told: usize,
    untold: usize,
    held: usize,
    certain: usize,
}

struct History {
    seed: u64,
    random: TestRng,
    server: Arc<InMemoryFleet>,
    volume: Arc<Volume>,
    machines: [Arc<Machine>; 3],
    /// The write of each machine that is under way: whether others could be told.
    writing: [Option<JoinHandle<bool>>; 3],
    promises: Promises,
    steps: Vec<String>,
    seen: Seen,
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn everything() -> BTreeSet<Change> {
    BTreeSet::from([Change::Everything])
}

impl History {
    fn new(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let clock = RuntimeClock::new();
        let volume = Volume::new(Arc::clone(&clock));
        let server = Arc::new(InMemoryFleet::new(clock));
        let machines = NAMES.map(|name| Arc::new(Machine::start(name, &volume, &server)));
        Self {
            seed,
            random: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes),
            server,
            volume,
            machines,
            writing: [None, None, None],
            promises: Promises::default(),
            steps: Vec::new(),
            seen: Seen::default(),
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random.next_u32() as usize % bound
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Begins to write on a machine, when its last write is over.
    async fn write(&mut self, number: usize) {
        self.written(number).await;
        let (project, artifact) = (self.one_of(&PROJECTS), self.one_of(&SKILLS));
        let (machine, volume) = (Arc::clone(&self.machines[number]), Arc::clone(&self.volume));
        let is_deploy = self.below(3) > 0;
        let promises = Arc::clone(&self.promises);
        let order = order(&volume, project, artifact);
        self.writing[number] = Some(tokio::spawn(async move {
            let witness = Witness::new(&volume);
            let observer = Arc::clone(&witness) as _;
            let reports = match (order, is_deploy) {
                ((deploy, _), true) => machine.commands.deploy(deploy, observer).await,
                ((_, undeploy), false) => machine.commands.undeploy(undeploy, observer).await,
            };
            let are_told = are_told(&reports.expect("it is carried out"));
            promise(&promises, number, are_told, &witness.seen());
            are_told
        }));
        let what = if is_deploy { "deploys" } else { "undeploys" };
        self.steps.push(format!("{} {what} {artifact} in {project}", NAMES[number]));
    }

    /// Waits until a machine writes nothing.
    async fn written(&mut self, number: usize) {
        if let Some(task) = self.writing[number].take() {
            if task.await.expect("it does not panic") {
                self.seen.told += 1;
            } else {
                self.seen.untold += 1;
            }
        }
    }

    /// Tells everybody that anything may have changed, as `POST cache/invalidate` does.
    async fn invalidate(&mut self, number: usize) {
        let (_, versions) = self.volume.look();
        let machine = &self.machines[number];
        machine.cached.changed(&everything());
        let are_told = machine.leases.everything_changed().await.is_empty();
        promise(&self.promises, number, are_told, &versions);
    }

    /// Starts a machine anew, on a way that may be bad from the beginning.
    async fn start_again(&mut self, number: usize) {
        self.written(number).await;
        let machine = Machine::start(NAMES[number], &self.volume, &self.server);
        machine.way.set(self.one_of(&[Way::Fine, Way::Away, Way::Silent]));
        self.machines[number] = Arc::new(machine);
    }

    /// Has a machine stand still in the middle of its reading, while another writes and tells of it.
    async fn read_slowly(&mut self, number: usize) {
        let writer = (number + 1 + self.below(2)) % 3;
        self.written(writer).await;
        let machine = Arc::clone(&self.machines[number]);
        machine.cached.changed(&everything());
        let (has_come, open) = machine.gate.close();
        let (promised, asked) = (self.promised(number), self.volume.clock.now());
        let asking = tokio::spawn(async move { machine.ask(None).await });
        // By hand: as long as a thread is at it, time does not go by of itself.
        let begun = Instant::now();
        while has_come.try_recv().is_err() && !asking.is_finished() {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}: it never reads", self.tell());
            advance(ms(1)).await;
        }
        self.write(writer).await;
        while self.writing[writer].as_ref().is_some_and(|task| !task.is_finished()) {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}: nothing is told", self.tell());
            advance(ms(5)).await;
        }
        self.written(writer).await;
        drop(open);
        let answer = asking.await.expect("it does not panic");
        self.volume.check(&answer.facts, &promised, asked, &self.tell());
        self.ask(number).await;
    }

    async fn step(&mut self) {
        let number = self.below(3);
        let name = NAMES[number];
        let what = match self.below(40) {
            0..8 => {
                self.write(number).await;
                return;
            }
            8..12 => {
                let (project, skill) = (self.one_of(&PROJECTS), self.one_of(&SKILLS));
                self.volume.edit(project, skill, &format!("edit {}\n", self.steps.len()));
                format!("{skill} in {project} is edited by hand")
            }
            12..15 => {
                let ways = [
                    Way::Away,
                    Way::Silent,
                    Way::Mute,
                    Way::Slow(20),
                    Way::Slow(100),
                    Way::Slow(120),
                ];
                let way = self.one_of(&ways);
                self.machines[number].way.set(way);
                format!("the way of {name} is {way:?}")
            }
            15..18 => {
                self.machines.iter().for_each(|machine| machine.way.set(Way::Fine));
                "all ways are fine".to_owned()
            }
            18 => {
                self.server.forget();
                "the server forgets".to_owned()
            }
            19 => {
                self.invalidate(number).await;
                format!("{name} invalidates")
            }
            20 => {
                self.start_again(number).await;
                format!("{name} starts")
            }
            21..23 => {
                self.read_slowly(number).await;
                format!("{name} has read slowly")
            }
            23..26 => {
                let time = self.one_of(&[240, 260, 400, 1500]);
                stand_still(ms(time));
                format!("everybody stands still for {time} ms")
            }
            26 => {
                sleep(super::volume::TTL / 2).await;
                "a minute goes by".to_owned()
            }
            27..32 => {
                self.written(number).await;
                format!("{name} has written")
            }
            _ => {
                let time = self.one_of(&[0, 1, 5, 20, 60, 200]);
                sleep(ms(time)).await;
                format!("{time} ms go by")
            }
        };
        self.steps.push(what);
    }

    /// Asks a machine, and compares.
    async fn ask(&mut self, number: usize) {
        let artifact = (self.below(3) == 0).then(|| skill(self.one_of(&SKILLS)));
        let (promised, asked) = (self.promised(number), self.volume.clock.now());
        let answer = self.machines[number].ask(artifact.as_ref()).await;
        let what = format!("{}, {} is asked", self.tell(), NAMES[number]);
        let is_certain = self.volume.check(&answer.facts, &promised, asked, &what);
        self.seen.held += usize::from(answer.source == AnswerSource::Hit);
        if let (true, Some(overview)) = (is_certain, &answer.overview) {
            assert_eq!(**overview, self.volume.look().0, "{what}");
            self.seen.certain += 1;
        }
    }

    fn promised(&self, number: usize) -> Versions {
        self.promises.lock().unwrap_or_else(PoisonError::into_inner)[number].clone()
    }

    /// Says which history this is, and how it came to where it is.
    fn tell(&self) -> String {
        let last = self.steps.len().saturating_sub(12);
        let number = self.steps.len();
        format!(
            "MACHINES_SEED={}, step {number}, the last of\n  {}\n",
            self.seed,
            self.steps[last..].join("\n  ")
        )
    }

    /// When all is well again everybody hears of everything, but for what was edited by hand.
    async fn end(&mut self) {
        for number in 0..3 {
            self.machines[number].way.set(Way::Fine);
            self.written(number).await;
        }
        sleep(super::volume::TTL + ms(1)).await;
        let scanned = self.volume.look().0;
        for machine in &self.machines {
            let answer = machine.ask(None).await.overview.expect("it is about everything");
            assert_eq!(*answer, scanned, "{}: in the end", self.tell());
        }
    }
}

/// Lets time go by at once, in which nobody does anything, as when a machine sleeps.
fn stand_still(time: Duration) {
    let mut gone = pin!(advance(time));
    // Time is another now; all else that it does is to let others have their turn.
    let _others = gone.as_mut().poll(&mut Context::from_waker(Waker::noop()));
}

/// The order that deploys, and the one that undeploys.
fn order(volume: &Volume, project: &str, artifact: &str) -> (DeployOrder, UndeployOrder) {
    let (artifacts, projects) = (vec![skill(artifact)], vec![volume.project(project)]);
    let targets = Targets::Projects { projects: projects.clone(), profiles: Profiles::Usual };
    let deploy = DeployOrder {
        artifacts: artifacts.clone(),
        collection: None,
        targets,
        dest_path: None,
        replace: Replace::Anything,
        create_projects: false,
        dry_run: false,
    };
    let undeploy = UndeployOrder {
        artifacts,
        projects,
        profiles: Profiles::Usual,
        force: true,
        keep_copies: false,
        dry_run: false,
    };
    (deploy, undeploy)
}

fn are_told(reports: &[ItemReport]) -> bool {
    reports.iter().all(|report| match &report.outcome {
        Outcome::Done(done) => {
            !done.plan.warnings.iter().any(|warning| warning.kind == ProblemKind::NotTold)
        }
        // Nothing was to be done, or there to undeploy.
        Outcome::Skipped(_) | Outcome::Failed(DeployError::NotDeployed { .. }) => true,
        Outcome::Planned(plan) => panic!("it is no question: {plan:?}"),
        Outcome::Failed(error) => panic!("nothing is in the way: {error:?}"),
    })
}

/// Notes that a write was answered: its own machine knows of it, and all do when they were told.
fn promise(promises: &Promises, number: usize, are_told: bool, versions: &Versions) {
    let mut promises = promises.lock().unwrap_or_else(PoisonError::into_inner);
    for (other, promised) in promises.iter_mut().enumerate() {
        if !are_told && other != number {
            continue;
        }
        for (fact, version) in versions {
            let promised = promised.entry(fact.clone()).or_default();
            *promised = (*promised).max(*version);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_older_than_a_write_that_was_answered() {
    // Fails when nobody is told, when telling does not wait, when what was told is not seen to, when a lease is
    // not looked at or counts for too long, and when nothing is dropped without one.
    let mut history = History::new(seed("MACHINES_SEED"));
    for _ in 0..STEPS {
        history.step().await;
        let number = history.below(3);
        history.ask(number).await;
    }
    history.end().await;
    let Seen { told, untold, held, certain } = history.seen;
    let seen = format!("{}: {:?}", history.seed, history.seen);
    assert!(told > 100 && untold > 20 && held > 300 && certain > 300, "{seen}");
}
