//! What a lease is good for, and from when on.

use std::collections::BTreeSet;

use skillstat_domain::SharedChange;

use super::*;

fn at(milliseconds: u64) -> Moment {
    Moment::new(Duration::from_millis(milliseconds))
}

fn version(count: u64) -> VolumeVersion {
    VolumeVersion::new(count).unwrap()
}

fn nothing_new(count: u64) -> Renewal {
    Renewal { version: version(count), missed: Missed::Changes(BTreeSet::new()) }
}

fn missed(count: u64) -> Renewal {
    let missed = Missed::Changes(BTreeSet::from([SharedChange::Collections]));
    Renewal { version: version(count), missed }
}

/// A lease that has seen version 5, renewed at 1,000.
fn held() -> Lease {
    let lease = Lease::default();
    let sent = lease.send(at(1000));
    assert_eq!(sent.known, None);
    let everything = Renewal { version: version(5), missed: Missed::Everything };
    assert_eq!(lease.answered(sent, everything), Step::See(Missed::Everything, version(5)));
    assert!(!lease.is_good(at(1000)), "not before everything was seen to");
    lease.seen(sent, version(5));
    lease
}

#[test]
fn is_good_from_when_it_was_sent() {
    // Fails when it counts from the answer.
    let lease = held();
    assert!(lease.is_good(at(1249)));
    assert!(!lease.is_good(at(1250)));
    let sent = lease.send(at(1200));
    assert_eq!(lease.answered(sent, nothing_new(5)), Step::Held);
    assert_eq!(lease.left(at(1400)), Duration::from_millis(50));
    assert!(!lease.is_good(at(1450)));
}

#[test]
fn another_version_gives_nothing_until_its_changes_have_been_seen_to() {
    // Fails when the lease is extended with the answer.
    let lease = held();
    let sent = lease.send(at(1200));
    let step = lease.answered(sent, missed(6));
    assert_eq!(step, Step::See(missed(6).missed, version(6)));
    assert!(!lease.is_good(at(1250)));
    lease.seen(sent, version(6));
    assert!(lease.is_good(at(1449)));
    assert_eq!(lease.send(at(1300)).known, Some(version(6)));
}

#[test]
fn a_lower_version_is_another_version() {
    let lease = held();
    let sent = lease.send(at(1200));
    let lower = Renewal { version: version(4), missed: Missed::Everything };
    assert_eq!(lease.answered(sent, lower), Step::See(Missed::Everything, version(4)));
}

#[test]
fn answers_that_are_late_count_for_nothing() {
    // Fails when what is known now is not compared with what was known when it was sent.
    let lease = held();
    let first = lease.send(at(1100));
    let second = lease.send(at(1150));
    assert_eq!(lease.answered(second, missed(6)), Step::See(missed(6).missed, version(6)));
    lease.seen(second, version(6));
    assert_eq!(lease.answered(first, nothing_new(5)), Step::Again);
    lease.seen(first, version(5));
    assert_eq!(lease.send(at(1200)).known, Some(version(6)));
}

#[test]
fn an_own_change_is_known_only_if_nothing_lies_between() {
    let lease = held();
    lease.announced(version(7));
    assert_eq!(lease.send(at(1100)).known, Some(version(5)), "6 is somebody else's");
    lease.announced(version(6));
    assert_eq!(lease.send(at(1100)).known, Some(version(6)));
}
