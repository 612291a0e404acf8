//! Dates against what Python really answers, and the properties of the printed form.

use proptest::prelude::*;

use super::*;
use crate::testing::properties::date_time;

/// Texts and what Python 3.11 makes of them, one pair a line, made by `scripts/python-dates`.
const PYTHON: &str = include_str!("python-3.11.tsv");

#[test]
fn agrees_with_python_on_every_recorded_text() {
    let mut rows = 0;
    for line in PYTHON.lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').expect("two columns");
        let text = text.replace("\\n", "\n");
        let at = text.parse::<DeployedAt>();
        assert_eq!(
            at.as_ref().map_or("error".to_owned(), ToString::to_string),
            expected,
            "{text:?}"
        );
        if at.is_ok() {
            assert_eq!(at.as_ref().map(|at| at.exact_text().parse()), Ok(at.clone()), "{text:?}");
        }
        rows += 1;
    }
    assert!(rows > 2_000, "only {rows} rows");
}

#[test]
fn naive_stays_naive() {
    let naive = |text: &str| text.parse::<DeployedAt>().unwrap().is_naive();
    assert!(naive("2026-01-02T03:04:05"));
    assert!(!naive("2026-01-02T03:04:05Z"));
    assert!(!naive("2026-01-02T03:04:05+05:30"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_and_what_is_printed_reads_back(text in "[0-9W:T.,+Z é-]{0,32}") {
        date_time(&text);
    }
}

/// What the fuzzer has found.
#[test]
fn an_offset_of_some_seconds_is_read_back() {
    date_time("2602010500244-00002010500248");
    date_time("2026-01-02T03:04:05-00:00:20");
}

#[test]
fn the_exact_text_has_the_seconds_of_an_offset() {
    let exact = |text: &str| text.parse::<DeployedAt>().unwrap().exact_text();
    assert_eq!(exact("2026-01-02T03:04:05-01:02:03"), "2026-01-02T03:04:05-01:02:03");
    assert_eq!(exact("2026-01-02T03:04:05-00:00:30"), "2026-01-02T03:04:05-00:00:30");
    assert_eq!(exact("2026-01-02T03:04:05.5+01:02"), "2026-01-02T03:04:05.500000+01:02");
    assert_eq!(exact("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z");
    assert_eq!(exact("2026-01-02"), "2026-01-02T00:00:00");
}

#[track_caller]
fn check_order(text: &str, local_offset: i32, expected: i64) {
    let at: DeployedAt = text.parse().unwrap();
    assert_eq!(at.unix_microseconds(local_offset), expected, "{text}");
}

#[test]
fn a_naive_time_is_local_and_another_is_not() {
    check_order("1970-01-01T00:00:00.000001", 0, 1);
    check_order("1970-01-01T01:00:00", 3600, 0);
    check_order("1970-01-01T01:00:00+01:00", -7200, 0);
    check_order("1970-01-01T00:00:00Z", 3600, 0);
    check_order("1969-12-31T23:59:59.999999", 0, -1);
}

#[test]
fn an_instant_is_shown_in_utc_and_as_clocks_show_it() {
    let at = 1_767_323_045_000_001;
    assert_eq!(DeployedAt::utc(at).to_string(), "2026-01-02T03:04:05.000001Z");
    assert_eq!(DeployedAt::local(at, 3600).to_string(), "2026-01-02T04:04:05.000001");
    assert_eq!(DeployedAt::utc(-1).unix_microseconds(7), -1);
    assert_eq!(DeployedAt::local(at, -3600).unix_microseconds(-3600), at);
    let _does_not_panic = DeployedAt::local(i64::MAX, i32::MAX);
    let nearest = |at| DeployedAt::utc(at).unix_microseconds(0);
    assert!(nearest(i64::MIN) < 0 && nearest(i64::MAX) > 0);
}
