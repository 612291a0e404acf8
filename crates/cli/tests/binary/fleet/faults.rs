//! Whatever happens on the way to the server and to the server: the next answer holds what another machine
//! wrote, the state is told, and it heals without a restart.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use skillstat_fleet::testing::{Proxy, Traffic};

use super::*;

fn signal(service: &Service, signal: Signal) {
    let pid = i32::try_from(service.child.id()).ok().and_then(Pid::from_raw).expect("a process");
    kill_process(pid, signal).expect("it is our child");
}

fn is_degraded(service: &Service) -> bool {
    health(service)["status"] == "degraded"
}

/// Has the first machine write and the second answer, to and fro: each answer holds what was written.
#[track_caller]
fn check(volume: &Volume, one: &Service, two: &Service, what: &str) {
    for _ in 0..2 {
        write(one, "undeploy", &volume.shop());
        assert_eq!(shown(two), (0, 0), "{what}: undeployed");
        write(one, "deploy", &volume.shop());
        assert_eq!(shown(two), (1, 0), "{what}: deployed");
    }
}

/// Waits until a machine can tell others. Until then what it writes comes with a warning that it could not,
/// and those who can reach the server already may not know of it.
#[track_caller]
fn can_tell(service: &Service) {
    wait_until("it can tell others", || {
        let answer = ask(service, "POST /api/v1/cache/invalidate", &Value::Null);
        answer.json().get("not_told").is_none()
    });
}

#[test]
fn a_process_that_was_stopped_past_its_lease_answers_nothing_old() {
    // Fails when a lease is not looked at before each answer.
    let volume = Volume::new();
    let [one, two] = volume.hosts();
    has_lease(&two);
    for _ in 0..5 {
        assert_eq!(shown(&two), (1, 1));
        signal(&two, Signal::STOP);
        write(&one, "deploy", &volume.shop());
        // The question is there before the process goes on.
        let mut stream = TcpStream::connect(two.address).expect("the system takes it");
        let request = format!(
            "GET /api/v1/artifacts/command:review?include_deployments=true HTTP/1.1\r\n\
             Host: {}\r\nConnection: close\r\n\r\n",
            two.address
        );
        stream.write_all(request.as_bytes()).expect("the system takes it");
        signal(&two, Signal::CONT);
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.contains(r#""total_deployments":1,"modified_deployments":0"#), "{answer}");
        volume.edit("edited");
        ask(&one, "POST /api/v1/cache/invalidate", &Value::Null);
    }
}

#[test]
fn a_way_that_is_cut_or_loses_or_delays_what_is_sent() {
    // Fails when what is held is answered without a lease.
    let volume = Volume::new();
    let proxy = Proxy::start(volume.redis.port());
    let one = volume.host("one", &volume.redis.address());
    let two = volume.host("two", &proxy.address());
    let ways = [
        Traffic::Cut,
        Traffic::Lost,
        Traffic::OneWay,
        Traffic::Late(Duration::from_millis(30)),
        Traffic::Late(Duration::from_millis(200)),
        Traffic::Garbage(b"*2\r\n$1\r\n7\r\n$7\r\nchanges\r\n"),
        Traffic::Garbage(b"\x00\xff\r\n"),
    ];
    for way in ways {
        proxy.set(Traffic::Flows);
        has_lease(&two);
        let before = shown(&two);
        assert_eq!(shown(&two), before);
        proxy.set(way);
        check(&volume, &one, &two, &format!("{way:?}"));
        if way != Traffic::Late(Duration::from_millis(30)) {
            shown(&two);
            wait_until("it is said", || is_degraded(&two));
        }
    }
    proxy.set(Traffic::Flows);
    wait_until("it heals", || {
        shown(&two);
        !is_degraded(&two)
    });
}

#[test]
fn a_machine_that_starts_while_it_can_reach_nobody() {
    let volume = Volume::new();
    let proxy = Proxy::start(volume.redis.port());
    proxy.set(Traffic::Cut);
    let one = volume.host("one", &volume.redis.address());
    let two = volume.host("two", &proxy.address());
    assert_eq!(shown(&two), (1, 1));
    check(&volume, &one, &two, "never connected");
    proxy.set(Traffic::Flows);
    has_lease(&two);
    check(&volume, &one, &two, "connected");
}

#[test]
fn a_server_that_is_killed_comes_back_empty_or_with_an_old_dump() {
    let mut volume = Volume::new();
    let [one, two] = volume.hosts();
    has_lease(&two);
    volume.redis.command(&["SAVE"]);
    check(&volume, &one, &two, "well");
    volume.redis.kill();
    check(&volume, &one, &two, "gone");
    wait_until("it is said", || is_degraded(&one) && is_degraded(&two));
    // It finds the dump of before.
    volume.redis.start_again(&[]);
    can_tell(&one);
    check(&volume, &one, &two, "with an old dump");
    has_lease(&two);
    check(&volume, &one, &two, "well again");
    volume.redis.kill();
    fs::remove_file(volume.redis.directory().join("dump.rdb")).expect("it was saved");
    volume.redis.start_again(&[]);
    can_tell(&one);
    check(&volume, &one, &two, "empty");
    wait_until("it heals", || {
        shown(&one);
        shown(&two);
        !is_degraded(&one) && !is_degraded(&two)
    });
}

#[test]
fn a_server_with_an_old_dump_that_counts_as_far_as_before_is_another() {
    // Fails when the run of the server is not part of the key, or is not looked at anew: then the version is
    // the one that is known, and nothing seems to have happened.
    let mut volume = Volume::new();
    let [one, two] = volume.hosts();
    for machine in [&one, &two] {
        has_lease(machine);
    }
    assert_eq!(shown(&two), (1, 1));
    let id = ask(&two, "GET /api/v1/fleet", &Value::Null).json()["this"].clone();
    let reported = |volume: &Volume| {
        volume.redis.command(&["ZSCORE", "skillstat:hosts", id.as_str().expect("a text")])
    };
    volume.redis.command(&["SAVE"]);
    let before = reported(&volume);
    can_tell(&one);
    assert_eq!(shown(&two), (1, 1));
    // Until it reports again it asks itself nothing.
    wait_until("it has reported what is new", || reported(&volume) != before);
    shown(&two);
    signal(&two, Signal::STOP);
    volume.redis.kill();
    volume.redis.start_again(&[]);
    wait_until("it has a lease from that one", || {
        has_lease(&one);
        health(&one)["details"].as_str().is_some_and(|details| details.contains("lost 1 times"))
    });
    volume.edit("# review\n");
    // As many announcements as there were since the dump.
    can_tell(&one);
    let begun = Instant::now();
    signal(&two, Signal::CONT);
    // One that nobody asks renews for a while only.
    wait_until("it has a lease, or wants none", || {
        is_good(&two) || begun.elapsed() > Duration::from_secs(3)
    });
    assert_eq!(shown(&two), (1, 0));
}

#[test]
fn a_server_that_is_full_or_wants_another_password() {
    let mut volume = Volume::new();
    let [one, two] = volume.hosts();
    has_lease(&two);
    volume.redis.command(&["CONFIG", "SET", "maxmemory", "1"]);
    check(&volume, &one, &two, "full");
    wait_until("it is said", || is_degraded(&one) && is_degraded(&two));
    volume.redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    has_lease(&two);
    volume.redis.kill();
    volume.redis.start_again(&["--requirepass", "another"]);
    check(&volume, &one, &two, "another password");
    wait_until("it is said", || is_degraded(&one) && is_degraded(&two));
}

#[test]
fn with_the_server_away_no_question_waits_for_it() {
    // Fails when a question waits for an attempt to connect, or for an answer that does not come.
    let volume = Volume::new();
    let proxy = Proxy::start(volume.redis.port());
    let two = volume.host("two", &proxy.address());
    has_lease(&two);
    for way in [Traffic::Cut, Traffic::Lost] {
        proxy.set(way);
        // For longer than it takes to be without a lease, and to try to connect again.
        let (since, mut times) = (Instant::now(), Vec::new());
        while times.len() < 100 || since.elapsed() < Duration::from_secs(1) {
            let begun = Instant::now();
            shown(&two);
            times.push(begun.elapsed());
        }
        times.sort();
        // 50 ms, and as much as this machine takes for the rest; now and then something else is in turn. That
        // no question at all waits for longer is shown where time is not that of a clock.
        let slow = times[times.len() * 9 / 10];
        assert!(slow < Duration::from_millis(250), "{way:?}: {slow:?}");
    }
}

#[test]
fn what_could_not_be_told_is_said() {
    let volume = Volume::new();
    let proxy = Proxy::start(volume.redis.port());
    let one = volume.host("one", &proxy.address());
    has_lease(&one);
    proxy.set(Traffic::Cut);
    let order = json!({
        "order": "deploy", "artifact": "command:review", "project_path": volume.shop(), "force": true
    });
    let written = ask(&one, "POST /api/v1/orders", &order).json();
    let said = written["items"][0]["warnings"][0].clone();
    assert_eq!(said["kind"], "not_told", "{written}");
    let answer = ask(&one, "POST /api/v1/cache/invalidate", &Value::Null).json();
    assert_eq!(answer["not_told"][0]["kind"], "not_told", "{answer}");
}
