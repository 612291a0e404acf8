//! Random histories of three machines, with faults: no answer is older than a change that was told.

use tokio::time::sleep;

use super::*;

/// A small generator of numbers, so that a history can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The disk, and what its readers are promised.
#[derive(Debug, Default)]
struct Disk {
    value: AtomicU64,
    /// The latest value whose announcement has returned, and had no problem.
    told: AtomicU64,
}

impl Disk {
    /// Reads it, which takes a while.
    async fn look(&self, time: Duration) -> u64 {
        sleep(time / 2).await;
        let value = self.value.load(AtomicOrdering::SeqCst);
        sleep(time / 2).await;
        value
    }
}

#[derive(Debug, Default)]
struct Seen {
    questions: usize,
    told: usize,
    untold: usize,
    from_what_was_held: usize,
}

fn mend(machines: &[Arc<Machine>]) {
    for machine in machines {
        machine.way.set(Way::Fine);
    }
}

/// Runs a history; panics at an answer that is too old.
async fn run(seed: u64, steps: usize) -> Seen {
    let (server, machines) = machines::<3>();
    let machines = machines.map(Arc::new);
    let (disk, seen) = (Arc::new(Disk::default()), Arc::new(Mutex::new(Seen::default())));
    let mut random = Random(seed);
    let mut tasks = tokio::task::JoinSet::new();
    for step in 0..steps {
        let machine = Arc::clone(&machines[usize::try_from(random.below(3)).unwrap()]);
        let (disk, seen) = (Arc::clone(&disk), Arc::clone(&seen));
        match random.below(20) {
            0..2 => {
                // A write: the disk, then the own cache, then the others.
                drop(tasks.spawn(async move {
                    let value = disk.value.fetch_add(1, AtomicOrdering::SeqCst) + 1;
                    machine.held.changed(&BTreeSet::from([Change::Everything]));
                    let changed = project("/mnt/team/shop");
                    let problems = machine.leases.shared().announce_projects(&changed).await;
                    if problems.is_empty() {
                        disk.told.fetch_max(value, AtomicOrdering::SeqCst);
                        lock(&seen).told += 1;
                    } else {
                        lock(&seen).untold += 1;
                    }
                }));
            }
            2 => {
                let ways =
                    [Way::Fine, Way::Away, Way::Silent, Way::Mute, Way::Slow(20), Way::Slow(120)];
                machine.way.set(random.one_of(&ways));
            }
            3 => mend(&machines),
            4 if random.below(4) == 0 => server.forget(),
            _ => {
                let takes = ms(random.below(60));
                drop(tasks.spawn(async move {
                    let promised = disk.told.load(AtomicOrdering::SeqCst);
                    let mut looked = false;
                    let look = async || {
                        looked = true;
                        disk.look(takes).await
                    };
                    let answer = machine.ask(look).await;
                    assert!(
                        answer >= promised,
                        "seed {seed}, step {step}: {answer} after {promised} was told"
                    );
                    let mut seen = lock(&seen);
                    seen.questions += 1;
                    seen.from_what_was_held += usize::from(!looked);
                }));
            }
        }
        sleep(ms(random.one_of(&[0, 1, 5, 20, 60, 200]))).await;
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    // When all is well again, everybody hears of everything.
    mend(&machines);
    sleep(ms(3000)).await;
    let last = disk.value.load(AtomicOrdering::SeqCst);
    for machine in &machines {
        assert_eq!(machine.ask(|| disk.look(ms(1))).await, last, "seed {seed}: in the end");
    }
    std::mem::take(&mut *lock(&seen))
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_older_than_a_change_that_was_told() {
    // Fails when a lease counts from its answer, when an announcement does not wait, when what could not be
    // told is forgotten, and when nothing is dropped without a lease.
    let mut all = Seen::default();
    for seed in [1, 77, 4242, 0x5eed, 99_991] {
        let seen = run(seed, 2000).await;
        all.questions += seen.questions;
        all.told += seen.told;
        all.untold += seen.untold;
        all.from_what_was_held += seen.from_what_was_held;
    }
    assert!(all.questions > 5000 && all.told > 300 && all.untold > 50, "{all:?}");
    assert!(all.from_what_was_held > 1000, "it is a cache: {all:?}");
}
