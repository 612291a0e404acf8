//! Trackers that are not TOML: what can be read of them still counts.

use super::*;

const NOT_TOML: ProblemKind = ProblemKind::MalformedTracker;

/// Checks a tracker whose second record is these bytes, between two good ones.
#[track_caller]
fn check_between(broken: impl AsRef<[u8]>, problems: &[(ProblemKind, Option<u32>, &str)]) {
    let mut tracker = record("a").into_bytes();
    tracker.extend_from_slice(broken.as_ref());
    let after = lines(&tracker) + 1;
    tracker.extend_from_slice(record("z").as_bytes());
    check(tracker, &["skill:a@1", &format!("skill:z@{after}")], problems);
}

#[test]
fn a_record_that_is_not_toml_costs_only_itself() {
    check_between(
        record_with("bad", "artifact_path", Some("skills/bad")),
        &[(NOT_TOML, Some(LINES + 6), "not TOML")],
    );
    check_between(record_with("bad", "x", Some("")), &[(NOT_TOML, Some(LINES + 9), "not TOML")]);
    check_between("[[deployed]]\nname = \"open\n", &[(NOT_TOML, Some(LINES + 2), "not TOML")]);
    check_between("[[deployed]\nx = 1\n", &[(NOT_TOML, Some(LINES + 1), "not TOML")]);
}

#[test]
fn a_key_given_twice_costs_only_its_record() {
    check_between(
        record_with("bad", "x", Some("1\nx = 2")),
        &[(NOT_TOML, Some(LINES + 10), "duplicate key")],
    );
}

#[test]
fn a_byte_that_is_not_utf8_costs_only_its_record() {
    let mut bad = record("bad").into_bytes();
    let at = bad.windows(3).position(|bytes| bytes == b"bad").unwrap();
    bad[at] = 0xff;
    check_between(bad, &[(NOT_TOML, Some(LINES + 2), "a byte that is not UTF-8")]);
}

#[test]
fn every_broken_record_is_told() {
    let bad = || record_with("bad", "x", Some("?"));
    let tracker = bad() + &record("a") + &bad() + &bad() + &record("b");
    let line = lines(bad());
    let problem =
        |records: u32, good: u32| (NOT_TOML, Some(records * line + good * LINES + 9), "not TOML");
    let a = format!("skill:a@{}", line + 1);
    let b = format!("skill:b@{}", 3 * line + LINES + 1);
    check(tracker, &[&a, &b], &[problem(0, 0), problem(1, 1), problem(2, 1)]);
}

#[test]
fn a_record_that_is_no_record_is_told_in_a_broken_tracker_too() {
    let undated = record_with("undated", "deployed_at", None);
    let tracker = record_with("broken", "x", Some("?")) + &undated + &record("z");
    check(
        tracker,
        &["skill:z@19"],
        &[(NOT_TOML, Some(9), "not TOML"), (ProblemKind::MalformedRecord, Some(11), "deployed_at")],
    );
}

#[test]
fn a_broken_preamble_costs_no_record() {
    check(
        "what = ?\n\n".to_owned() + &record("a"),
        &["skill:a@3"],
        &[(NOT_TOML, Some(1), "not TOML")],
    );
    check(b"\xff\xfe\n", &[], &[(NOT_TOML, Some(1), "not UTF-8")]);
}

#[test]
fn a_contradiction_between_good_tables_is_told_once() {
    // Each part is TOML by itself, together they are not.
    let tracker = "deployed = []\n".to_owned() + &record("a") + &record("b");
    check(tracker, &["skill:a@2", "skill:b@11"], &[(NOT_TOML, Some(2), "not TOML")]);
}

#[test]
fn git_conflict_markers_cost_no_record_beside_them() {
    let tracker = record("a")
        + "<<<<<<< HEAD\n"
        + &record("ours")
        + "||||||| base\n=======\n"
        + &record("theirs")
        + ">>>>>>> topic\n"
        + &record("z");
    check(
        tracker,
        &["skill:a@1", "skill:ours@11", "skill:theirs@22", "skill:z@32"],
        &[
            (NOT_TOML, Some(10), "not TOML"),
            (NOT_TOML, Some(20), "not TOML"),
            (NOT_TOML, Some(31), "not TOML"),
        ],
    );
}

#[test]
fn a_conflict_within_a_record_costs_that_record() {
    let hash = |digit: &str| format!("collection_sha = \"{}\"\n", digit.repeat(64));
    let bad = record("bad").trim_end().to_owned()
        + "\n<<<<<<< HEAD\n"
        + &hash("1")
        + "=======\n"
        + &hash("2")
        + ">>>>>>> topic\n";
    let read = read(record("a") + &bad + &record("z"));
    assert_eq!(names(&read.value), ["skill:a@1", "skill:z@23"]);
    assert!(read.problems.iter().all(|problem| problem.kind == NOT_TOML));
    assert_eq!(read.problems[0].line, Some(LINES + 9));
}

#[test]
fn headers_with_spaces_or_quotes_are_found_too() {
    let z = record("z").replace("[[deployed]]", "  [[ 'deployed' ]] # last");
    let tracker = record_with("bad", "x", Some("?")) + &z + &record_with("bad", "x", Some("?"));
    check(tracker, &["skill:z@11"], &[(NOT_TOML, Some(9), ""), (NOT_TOML, Some(28), "")]);
}

#[test]
fn line_endings_of_windows_keep_the_line_numbers() {
    let tracker = record("a") + &record_with("bad", "x", Some("?")) + &record("z");
    let problem = (NOT_TOML, Some(LINES + 9), "not TOML");
    check(tracker.replace('\n', "\r\n"), &["skill:a@1", "skill:z@20"], &[problem]);
}

#[test]
fn line_numbers_count_behind_a_byte_order_mark() {
    let tracker = format!("\u{feff}{}{}", record_with("bad", "x", Some("?")), record("z"));
    check(
        tracker,
        &["skill:z@11"],
        &[(NOT_TOML, Some(1), "byte-order mark"), (NOT_TOML, Some(9), "not TOML")],
    );
}

#[test]
fn text_of_another_encoding_is_not_toml() {
    let utf16: Vec<u8> = record("a").encode_utf16().flat_map(u16::to_le_bytes).collect();
    check([&b"\xff\xfe"[..], &utf16].concat(), &[], &[(NOT_TOML, Some(1), "not UTF-8")]);
    check("not a tracker at all", &[], &[(NOT_TOML, Some(1), "not TOML")]);
}

#[test]
fn no_depth_of_nesting_is_too_much() {
    let deep = 200_000;
    for broken in [
        format!("[[deployed]]\nx = {}\n", "[".repeat(deep)),
        format!("[[deployed]]\nx = {}1\n", "{a=".repeat(deep)),
        format!("[[deployed]]\nx{} = 1\n", ".a".repeat(deep)),
        format!("[[deployed]]\n[deployed{}]\n", ".a".repeat(deep)),
    ] {
        let read = read(record("a") + &broken + &record("z"));
        let found: Vec<_> = read.value.iter().map(|record| record.artifact.name()).collect();
        assert_eq!(found, ["a", "z"]);
        assert!(!read.problems.is_empty());
    }
}
