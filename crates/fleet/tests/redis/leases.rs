//! Leases over a real server: what a question costs, and that no answer is older than what was told.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use skillstat_domain::testing::MockDeploymentCommands;
use skillstat_domain::{
    Change, ChangeSink, DeploymentCommands, Fleet, ItemReport, ProjectPath, SharedVolumes,
    UndeployOrder,
};
use skillstat_fleet::testing::{Proxy, RedisServer, Traffic};
use skillstat_fleet::{AnnouncingCommands, LeasePorts, Leases, RedisFleet, SharedVolume};
use tempfile::tempdir;
use tokio::runtime::Handle;

use crate::support::{TestClock, eventually, fleet, works};

/// What a machine holds of the disk.
#[derive(Debug, Default)]
struct Held(Mutex<(usize, Option<u64>)>);

impl ChangeSink for Held {
    fn changed(&self, _changes: &BTreeSet<Change>) {
        let mut state = self.0.lock().expect("no test panics inside");
        *state = (state.0 + 1, None);
    }
}

struct Machine {
    held: Arc<Held>,
    proxy: Proxy,
    leases: Arc<Leases>,
    fleet: Arc<RedisFleet>,
}

impl Machine {
    async fn start(server: &RedisServer) -> Self {
        let proxy = Proxy::start(server.port());
        let (held, fleet) = (Arc::new(Held::default()), fleet(&proxy.address()));
        works(&*fleet).await;
        let ports = LeasePorts {
            fleet: Arc::clone(&fleet) as _,
            sink: Arc::clone(&held) as _,
            clock: TestClock::new(),
        };
        let volume = SharedVolume {
            name: "team".parse().expect("it is a name"),
            root: "/mnt/team".into(),
            has_collections: false,
        };
        let leases = Arc::new(Leases::start(vec![volume], ports, &Handle::current()));
        Self { held, proxy, leases, fleet }
    }

    async fn ask(&self, disk: &AtomicU64) -> u64 {
        if !self.leases.are_good() {
            self.leases.settled().await;
        }
        let (generation, held) = *self.held.0.lock().expect("no test panics inside");
        if let Some(value) = held {
            return value;
        }
        let value = disk.load(Ordering::SeqCst);
        tokio::task::yield_now().await;
        let mut state = self.held.0.lock().expect("no test panics inside");
        if state.0 == generation {
            state.1 = Some(value);
        }
        value
    }

    /// Writes, and tells whether everybody could be told.
    async fn write(&self, disk: &AtomicU64) -> (u64, bool) {
        let value = disk.fetch_add(1, Ordering::SeqCst) + 1;
        self.held.changed(&BTreeSet::new());
        (value, self.leases.everything_changed().await.is_empty())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_under_a_good_lease_sends_nothing() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let (machine, disk) = (Machine::start(&server).await, AtomicU64::new(1));
    machine.ask(&disk).await;
    let calls = || {
        let stats = server.command(&["INFO", "commandstats"]).remove(0);
        let line = stats.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
        line.unwrap().split(',').next().unwrap().parse::<u64>().unwrap()
    };
    eventually("there is a lease", async || machine.leases.are_good()).await;
    let (before, begun) = (calls(), std::time::Instant::now());
    for _ in 0..100_000 {
        assert_eq!(machine.ask(&disk).await, 1);
    }
    let renewals = begun.elapsed().as_millis() / 80 + 2;
    let sent = calls() - before;
    assert!(u128::from(sent) <= renewals, "{sent} for 100,000 questions");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_machine_announces_is_in_the_next_answer_of_another() {
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let (writer, reader) = (Machine::start(&server).await, Machine::start(&server).await);
    let disk = AtomicU64::new(0);
    for _ in 0..5 {
        reader.ask(&disk).await;
        let (value, told) = writer.write(&disk).await;
        assert!(told);
        assert_eq!(reader.ask(&disk).await, value);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_told_to_its_end_though_nobody_waits_for_it() {
    // Fails when the telling is part of what is given up.
    let directory = tempdir().unwrap();
    let server = RedisServer::start(directory.path(), &[]);
    let (writer, reader) = (Machine::start(&server).await, Machine::start(&server).await);
    let disk = Arc::new(AtomicU64::new(0));
    assert_eq!(reader.ask(&disk).await, 0);
    let mut inner = MockDeploymentCommands::new();
    let wrote = Arc::clone(&disk);
    inner.expect_undeploy().returning(move |_, observer| {
        wrote.store(1, Ordering::SeqCst);
        observer.changed(&ProjectPath::new("/mnt/team/shop".into()).unwrap());
        Ok(Vec::<ItemReport>::new())
    });
    let commands =
        AnnouncingCommands::new(Arc::new(inner), Arc::clone(&writer.leases), Handle::current());
    let order = UndeployOrder {
        artifacts: Vec::new(),
        projects: Vec::new(),
        profiles: skillstat_domain::Profiles::Usual,
        force: false,
        keep_copies: false,
        dry_run: false,
    };
    let given_up = commands.undeploy(order, Arc::new(()));
    assert!(tokio::time::timeout(Duration::from_millis(1), given_up).await.is_err());
    let is_told = async || reader.ask(&disk).await == 1;
    eventually("the other machine hears of it", is_told).await;
}

fn mend(machines: &[Arc<Machine>]) {
    for machine in machines {
        machine.proxy.set(Traffic::Flows);
    }
}

/// How many questions and writes there are at once.
const AT_ONCE: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_older_than_what_was_told() {
    let directory = tempdir().unwrap();
    let mut server = RedisServer::start(directory.path(), &[]);
    let mut machines = Vec::new();
    for _ in 0..3 {
        machines.push(Arc::new(Machine::start(&server).await));
    }
    let disk = Arc::new(AtomicU64::new(0));
    let told = Arc::new(AtomicU64::new(0));
    let writes = Arc::new(AtomicUsize::new(0));
    let faults = [
        Traffic::Cut,
        Traffic::Lost,
        Traffic::OneWay,
        Traffic::Late(Duration::from_millis(30)),
        Traffic::Late(Duration::from_millis(150)),
        Traffic::Garbage(b"*1\r\n+OK\r\n"),
        Traffic::Flows,
        Traffic::Flows,
    ];
    let mut tasks = tokio::task::JoinSet::new();
    for step in 0..400_usize {
        let machine = Arc::clone(&machines[step * 7 % 3]);
        let (disk, told, writes) = (Arc::clone(&disk), Arc::clone(&told), Arc::clone(&writes));
        match step % 40 {
            7 => machine.proxy.set(faults[step / 40 % faults.len()]),
            17 => machine.proxy.set(faults[(step / 40 + 3) % faults.len()]),
            30 => mend(&machines),
            33 if step > 200 && step < 280 => {
                server.kill();
                server.start_again(&[]);
            }
            3 | 13 | 23 | 36 => drop(tasks.spawn(async move {
                let (value, all) = machine.write(&disk).await;
                if all {
                    told.fetch_max(value, Ordering::SeqCst);
                    writes.fetch_add(1, Ordering::SeqCst);
                }
            })),
            _ => drop(tasks.spawn(async move {
                let promised = told.load(Ordering::SeqCst);
                let answer = machine.ask(&disk).await;
                assert!(answer >= promised, "step {step}: {answer} after {promised} was told");
            })),
        }
        // Time passes with the writes, each of which waits for others.
        while tasks.len() > AT_ONCE {
            tasks.join_next().await.expect("there are some").unwrap();
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert!(writes.load(Ordering::SeqCst) > 10, "{writes:?}");
    mend(&machines);
    let last = disk.load(Ordering::SeqCst);
    for machine in &machines {
        let heals = async || {
            let is_up_to_date = machine.ask(&disk).await == last;
            is_up_to_date && machine.fleet.link().away.is_none() && machine.leases.are_good()
        };
        eventually("it heals without a restart, and hears of everything", heals).await;
    }
}
