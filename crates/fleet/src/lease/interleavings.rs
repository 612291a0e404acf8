//! Renewing, announcing and asking in every order that shuttle finds; `scripts/interleavings` runs it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64 as StdAtomicU64, Ordering as StdOrdering};

use shuttle::future::block_on;
use shuttle::thread;
use skillstat_domain::testing::{InMemoryFleet, ManualClock};
use skillstat_domain::{Change, ChangeSink, Clock, Fleet, SharedChange, VolumeName};

use super::*;
use crate::test_world::Held;

/// Two machines, what the disk holds of two projects, and what of it was told. Each machine writes to the
/// project of its number.
struct Setting {
    clock: Arc<ManualClock>,
    server: InMemoryFleet,
    disk: [StdAtomicU64; 2],
    told: [StdAtomicU64; 2],
    machines: [Machine; 2],
}

#[derive(Default)]
struct Machine {
    lease: Lease,
    held: [Held; 2],
}

fn volume() -> VolumeName {
    "team".parse().unwrap()
}

/// Both have a lease, and hold what there is.
fn setting() -> Arc<Setting> {
    let clock = Arc::new(ManualClock::default());
    clock.advance(Duration::from_secs(1_000_000));
    let setting = Setting {
        server: InMemoryFleet::new(Arc::clone(&clock) as _),
        clock,
        disk: Default::default(),
        told: Default::default(),
        machines: Default::default(),
    };
    for machine in 0..2 {
        setting.renew(machine);
        setting.ask(machine);
    }
    Arc::new(setting)
}

impl Setting {
    /// As the keeper does it.
    fn renew(&self, machine: usize) {
        let Machine { lease, held } = &self.machines[machine];
        let sent = lease.send(self.clock.now());
        thread::yield_now();
        let renewal = block_on(self.server.renew(&volume(), sent.known)).unwrap();
        thread::yield_now();
        if let Step::See(missed, version) = lease.answered(sent, renewal) {
            let is_something = match missed {
                Missed::Changes(changes) => !changes.is_empty(),
                Missed::Everything => true,
            };
            if is_something {
                held.iter().for_each(|held| held.changed(&[Change::Everything].into()));
            }
            lease.seen(sent, version);
        }
    }

    /// Answers from what is held if the lease is good; does not answer else.
    fn ask(&self, machine: usize) {
        let promised = [0, 1].map(|project| self.told[project].load(StdOrdering::SeqCst));
        let Machine { lease, held } = &self.machines[machine];
        if !lease.is_good(self.clock.now()) {
            return;
        }
        for project in 0..2 {
            let held = &held[project];
            let answer = held.get().unwrap_or_else(|generation| {
                let value = self.disk[project].load(StdOrdering::SeqCst);
                thread::yield_now();
                held.put(generation, value);
                value
            });
            assert!(answer >= promised[project], "{answer} after {promised:?} were told");
        }
    }

    /// As whoever announces does it.
    fn write(&self, machine: usize) {
        let value = self.disk[machine].fetch_add(1, StdOrdering::SeqCst) + 1;
        thread::yield_now();
        let Machine { lease, held } = &self.machines[machine];
        held[machine].changed(&[Change::Everything].into());
        let changes = [SharedChange::Collections].into();
        let version = block_on(self.server.announce(&volume(), &changes)).unwrap();
        thread::yield_now();
        lease.announced(version);
        // Every other thread may do anything in that time.
        for _ in 0..3 {
            thread::yield_now();
            self.clock.advance((LEASE + MARGIN) / 3);
        }
        self.told[machine].fetch_max(value, StdOrdering::SeqCst);
    }
}

/// Explores a scenario at random, and with few but well-placed changes of thread.
fn explore(scenario: impl Fn() + Send + Sync + Clone + 'static) {
    let schedules =
        option_env!("INTERLEAVINGS").and_then(|count| count.parse().ok()).unwrap_or(2000);
    shuttle::check_random(scenario.clone(), schedules);
    shuttle::check_pct(scenario, schedules, 3);
}

/// Runs so many of these in threads of their own.
fn check(scenario: &'static [fn(&Setting)]) {
    explore(move || {
        let setting = setting();
        let threads: Vec<_> = scenario
            .iter()
            .map(|act| {
                let setting = Arc::clone(&setting);
                thread::spawn(move || act(&setting))
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

fn keep(setting: &Setting, machine: usize) {
    for _ in 0..3 {
        setting.renew(machine);
        setting.ask(machine);
    }
}

#[test]
fn one_writes_and_another_asks() {
    // Fails when a lease counts from its answer, is extended before its changes were seen to, or when an
    // announcement does not wait.
    check(&[
        |setting| keep(setting, 0),
        |setting| (0..4).for_each(|_| setting.ask(0)),
        |setting| setting.write(1),
    ]);
}

#[test]
fn both_write_and_both_ask() {
    // Fails when an own change is taken for the next though one lies between.
    check(&[
        |setting| keep(setting, 0),
        |setting| {
            setting.write(0);
            (0..3).for_each(|_| setting.ask(0));
        },
        |setting| {
            setting.write(1);
            (0..3).for_each(|_| setting.ask(1));
        },
    ]);
}

#[test]
fn two_renewals_at_once() {
    // Fails when an announcement does not wait, or a lease is extended before its changes were seen to.
    check(&[
        |setting| keep(setting, 0),
        |setting| keep(setting, 0),
        |setting| {
            setting.write(1);
            setting.write(1);
        },
    ]);
}
