//! What a question costs, and what an announcement is worth, in virtual time.

mod histories;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering as AtomicOrdering};
use std::sync::mpsc;

use skillstat_domain::ProjectPath;
use skillstat_domain::testing::InMemoryFleet;
use tokio::time::{Instant, sleep};

use super::*;
use crate::test_world::{Machine, RuntimeClock};
use crate::testing::Way;

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// So many machines and their server.
fn machines<const COUNT: usize>() -> (Arc<InMemoryFleet>, [Machine; COUNT]) {
    let clock = RuntimeClock::new();
    let server = Arc::new(InMemoryFleet::new(Arc::clone(&clock) as _));
    let machines = std::array::from_fn(|_| Machine::start(&server, &clock));
    (server, machines)
}

fn project(path: &str) -> BTreeSet<ProjectPath> {
    BTreeSet::from([ProjectPath::new(path.into()).unwrap()])
}

#[tokio::test(start_paused = true)]
async fn a_question_under_a_good_lease_makes_no_round_trip() {
    // Fails when `are_good` renews, or when a lease is not kept.
    let (server, [machine]) = machines();
    assert_eq!(machine.ask(async || 1).await, 1);
    let calls = server.calls();
    for _ in 0..10_000 {
        assert!(machine.leases.are_good());
        assert_eq!(machine.ask(async || unreachable!("it is held")).await, 1);
    }
    assert_eq!(server.calls(), calls);
}

#[tokio::test(start_paused = true)]
async fn leases_are_renewed_while_questions_come_and_lapse_after() {
    let (server, [machine]) = machines();
    assert_eq!(machine.ask(async || 1).await, 1);
    for _ in 0..100 {
        sleep(ms(50)).await;
        assert!(machine.leases.are_good(), "it is renewed in the background");
    }
    let renewals = machine.leases.standing().renewals;
    assert!((55..75).contains(&renewals), "{renewals} in 5 seconds");
    sleep(ms(10_000)).await;
    let (idle, before) = (server.calls(), machine.leases.standing().renewals);
    assert!(before - renewals < 30, "for two seconds more");
    sleep(ms(10_000)).await;
    assert_eq!(server.calls(), idle, "nobody asks");
    let standing = machine.leases.standing();
    assert!(standing.volumes[0].is_idle && standing.volumes[0].lease == Duration::ZERO);
    let begun = Instant::now();
    assert_eq!(machine.ask(async || unreachable!("it is held")).await, 1);
    assert!(begun.elapsed() < ms(2), "one round trip");
    assert_eq!(machine.leases.standing().renewals, before + 1);
}

#[tokio::test(start_paused = true)]
async fn an_announced_change_is_in_the_next_answer() {
    let (_, [writer, reader]) = machines();
    assert_eq!(reader.ask(async || 1).await, 1);
    let begun = Instant::now();
    let problems = writer.leases.shared().announce_projects(&project("/mnt/team/shop")).await;
    assert_eq!(problems, []);
    assert!((ms(300)..ms(305)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert_eq!(reader.ask(async || 2).await, 2);
    // What lies elsewhere is nobody's business, and costs nothing.
    let begun = Instant::now();
    let problems = writer.leases.shared().announce_projects(&project("/home/me/shop")).await;
    assert_eq!((problems.len(), begun.elapsed()), (0, Duration::ZERO));
    assert_eq!(reader.ask(async || unreachable!("it is held")).await, 2);
}

#[tokio::test(start_paused = true)]
async fn an_own_change_is_not_seen_to_again() {
    // Fails without `Lease::announced`.
    let (_, [writer]) = machines();
    assert_eq!(writer.ask(async || 1).await, 1);
    let forgotten = writer.held.forgotten();
    writer.leases.shared().announce_projects(&project("/mnt/team/shop")).await;
    assert_eq!(writer.ask(async || unreachable!("it is held")).await, 1);
    sleep(ms(500)).await;
    assert_eq!(writer.held.forgotten(), forgotten);
}

#[tokio::test(start_paused = true)]
async fn with_the_server_away_nobody_waits_and_nothing_old_is_answered() {
    let (_, [machine]) = machines();
    assert_eq!(machine.ask(async || 1).await, 1);
    machine.way.set(Way::Away);
    sleep(ms(400)).await;
    let begun = Instant::now();
    assert_eq!(machine.ask(async || 2).await, 2, "what was held is too old");
    assert_eq!(machine.ask(async || unreachable!("it was read just now")).await, 2);
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // Four times in a second, however many ask.
    let mut looks = 0;
    for _ in 0..100 {
        sleep(ms(10)).await;
        let look = async || {
            looks += 1;
            3
        };
        assert!(machine.ask(look).await >= 2);
    }
    assert!((3..=4).contains(&looks), "{looks} times in a second");
    let standing = machine.leases.standing();
    assert_eq!(standing.volumes[0].fault.as_deref(), Some("away"));
    // It heals by itself.
    machine.way.set(Way::Fine);
    sleep(ms(500)).await;
    assert!(machine.leases.are_good());
    assert_eq!(machine.leases.standing().volumes[0].fault, None);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_waited_for_once_and_not_for_long() {
    for way in [Way::Silent, Way::Slow(1000)] {
        let (_, [machine]) = machines();
        machine.way.set(way);
        let begun = Instant::now();
        assert_eq!(machine.ask(async || 1).await, 1);
        assert!(begun.elapsed() <= ms(51), "{:?}", begun.elapsed());
        sleep(ms(1000)).await;
        // It is known by now.
        let begun = Instant::now();
        assert_eq!(machine.ask(async || 2).await, 2);
        assert_eq!(begun.elapsed(), Duration::ZERO);
        let fault = machine.leases.standing().volumes[0].fault.clone();
        assert_eq!(fault.as_deref(), Some("no answer within 250 ms"));
    }
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_told_is_told_later() {
    // Fails without `tell_untold`.
    let (server, [writer, reader]) = machines();
    assert_eq!(reader.ask(async || 1).await, 1);
    writer.way.set(Way::Away);
    let begun = Instant::now();
    let problems = writer.leases.shared().announce_projects(&project("/mnt/team/shop")).await;
    assert_eq!(begun.elapsed(), ms(300), "who has no lease either forgets what is older");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].reason.contains("`team` could not be told"), "{:?}", problems[0]);
    assert_eq!(reader.ask(async || unreachable!("nobody has told it")).await, 1);
    writer.way.set(Way::Fine);
    sleep(ms(1000)).await;
    assert_eq!(reader.ask(async || 2).await, 2);
    let standing = writer.leases.standing();
    assert_eq!((standing.announcements, standing.failed_announcements), (1, 1));
    let calls = server.calls();
    sleep(ms(10_000)).await;
    assert!(server.calls() - calls < 50, "it is told once");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_forgets_makes_everybody_forget() {
    let (server, [machine]) = machines();
    assert_eq!(machine.ask(async || 1).await, 1);
    server.forget();
    sleep(ms(100)).await;
    assert_eq!(machine.ask(async || 2).await, 2);
}

#[tokio::test(start_paused = true)]
async fn who_comes_while_everything_is_forgotten_waits_for_that() {
    // Fails when `dropped` is not held meanwhile, or is noted before.
    /// Takes its time, until it is told to go on.
    #[derive(Debug)]
    struct Slow {
        begun: AtomicBool,
        go_on: Mutex<mpsc::Receiver<()>>,
        taken: AtomicU64,
    }
    impl ChangeSink for Slow {
        fn changed(&self, _changes: &BTreeSet<Change>) {
            self.begun.store(true, AtomicOrdering::SeqCst);
            self.go_on.lock().unwrap().recv().unwrap();
            self.taken.fetch_add(1, AtomicOrdering::SeqCst);
        }
    }
    let clock = RuntimeClock::new();
    let server = Arc::new(InMemoryFleet::new(Arc::clone(&clock) as _));
    server.set_away(Some("away"));
    let (go_on, told) = mpsc::channel();
    let (begun, taken) = (AtomicBool::default(), AtomicU64::default());
    let sink = Arc::new(Slow { begun, go_on: Mutex::new(told), taken });
    let ports = LeasePorts { fleet: server, sink: Arc::clone(&sink) as _, clock };
    let volume = SharedVolume {
        name: "team".parse().unwrap(),
        root: "/mnt/team".into(),
        has_collections: false,
    };
    let leases = Arc::new(Leases::start(vec![volume], ports, &Handle::current()));
    let askers: Vec<_> = (0..4)
        .map(|_| {
            let (leases, sink) = (Arc::clone(&leases), Arc::clone(&sink));
            tokio::spawn(async move {
                leases.settled().await;
                sink.taken.load(AtomicOrdering::SeqCst)
            })
        })
        .collect();
    let deadline = std::time::Instant::now() + ms(30_000);
    while !sink.begun.load(AtomicOrdering::SeqCst) {
        assert!(std::time::Instant::now() < deadline, "nothing is forgotten");
        tokio::task::yield_now().await;
    }
    // Each asker is in turn many times.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!askers.iter().any(tokio::task::JoinHandle::is_finished), "it is not forgotten yet");
    go_on.send(()).unwrap();
    for asker in askers {
        assert_eq!(asker.await.unwrap(), 1, "once for all, and before any is answered");
    }
}
