//! Trackers that are TOML, with records that are none.

use super::*;

/// Checks that a record with this value of a key is a problem on this line of the record, and that
/// the records around it count.
#[track_caller]
fn check_bad(key: &str, value: Option<&str>, line: u32, reason: &str) {
    let tracker = record("a") + &record_with("bad", key, value) + &record("z");
    let read = read(&tracker);
    let after = lines(&tracker) - LINES + 1;
    assert_eq!(names(&read.value), ["skill:a@1".to_owned(), format!("skill:z@{after}")]);
    let [problem] = &*read.problems else { panic!("not one problem: {:?}", read.problems) };
    assert_eq!((problem.kind, problem.line), (ProblemKind::MalformedRecord, Some(LINES + line)));
    assert!(problem.reason.contains(reason), "{}", problem.reason);
    assert!(problem.fix.contains("correct the record"), "{}", problem.fix);
}

#[test]
fn a_record_lacks_something() {
    check_bad("artifact_name", None, 1, "it has no artifact_name");
    check_bad("artifact_type", None, 1, "it has no artifact_type");
    check_bad("artifact_path", None, 1, "it has no artifact_path");
    check_bad("deployed_at", None, 1, "it has no deployed_at");
}

#[test]
fn a_record_without_any_hash() {
    let empty = record("bad").replace(HASH, "");
    let without = record_with("bad", "collection_sha", None)
        .replace(&format!("content_hash = \"{HASH}\"\n"), "");
    for bad in [without, empty] {
        let problem = (ProblemKind::MalformedRecord, Some(LINES + 1), "neither collection_sha nor");
        let tracker = record("a") + &bad + &record("z");
        let z = format!("skill:z@{}", lines(&tracker) - LINES + 1);
        check(tracker, &["skill:a@1", &z], &[problem]);
    }
}

#[test]
fn a_field_is_no_string() {
    check_bad("artifact_name", Some("5"), 2, "artifact_name is of type integer, not a string");
    check_bad("artifact_type", Some("true"), 3, "artifact_type is of type boolean");
    check_bad("deployed_at", Some("1.5"), 5, "deployed_at is of type float");
    check_bad("deployed_at", Some("{}"), 5, "deployed_at is of type table");
    check_bad("artifact_path", Some("[\"a\"]"), 6, "artifact_path is of type array");
    check_bad("collection_sha", Some("2026-01-02"), 8, "collection_sha is of type datetime");
    let bad = record_with("bad", "collection_sha", None).replace(&format!("\"{HASH}\""), "1");
    let problem = (ProblemKind::MalformedRecord, Some(7), "content_hash is of type integer");
    check(bad, &[], &[problem]);
}

#[test]
fn a_hash_that_is_not_needed_may_be_anything() {
    let read = only(record_with("a", "content_hash", Some("1")));
    assert_eq!(read.baseline.as_str(), HASH);
}

#[test]
fn a_name_and_type_make_no_id() {
    check_bad("artifact_name", Some("\"\""), 2, "the name is empty");
    check_bad("artifact_type", Some("\"\""), 3, "the type is empty");
    check_bad("artifact_type", Some("\"a:b\""), 3, "the type holds a `:`");
}

#[test]
fn a_date_is_none() {
    check_bad("deployed_at", Some("\"yesterday\""), 5, "deployed_at is no date: \"yesterday\"");
    check_bad("deployed_at", Some("\"\""), 5, "deployed_at is no date: \"\"");
    check_bad("deployed_at", Some("\"2026-02-30\""), 5, "no date");
    check_bad("deployed_at", Some("\"2026-01-02T25:00:00\""), 5, "no date");
    check_bad("deployed_at", Some("\"\\n\\u0000\""), 5, "no date: \"\\n\\0\"");
    // Valid TOML, and no date for Python either.
    check_bad("deployed_at", Some("03:04:05"), 5, "no date: \"03:04:05\"");
    check_bad("deployed_at", Some("2026-01-02T23:59:60"), 5, "no date");
}

#[test]
fn only_the_first_fault_of_a_record_is_told() {
    check(
        "[[deployed]]\n[[deployed]]\nartifact_name = 1\n",
        &[],
        &[
            (ProblemKind::MalformedRecord, Some(1), "it has no artifact_type"),
            (ProblemKind::MalformedRecord, Some(2), "it has no artifact_type"),
        ],
    );
}

#[test]
fn records_that_are_no_tables() {
    let table = "{ artifact_name = 'a', artifact_type = 'skill', artifact_path = 'x', \
                 collection_sha = 'x', deployed_at = 2026-01-02 }";
    check(
        format!("deployed = [\n5,\n{table},\n[],\n'x',\n]\n"),
        &["skill:a@3"],
        &[
            (ProblemKind::MalformedRecord, Some(2), "a record is of type integer, not a table"),
            (ProblemKind::MalformedRecord, Some(4), "a record is of type array"),
            (ProblemKind::MalformedRecord, Some(5), "a record is of type string"),
        ],
    );
}

#[test]
fn deployed_is_no_array() {
    let problem = |line, reason| [(ProblemKind::MalformedTracker, Some(line), reason)];
    check("\ndeployed = 'x'\n", &[], &problem(2, "`deployed` is of type string"));
    check("deployed = {}\n", &[], &problem(1, "`deployed` is of type table"));
    check("x = 1\n\n[deployed]\na = 1\n", &[], &problem(3, "`deployed` is of type table"));
    check("deployed.a = 1\n", &[], &problem(1, "`deployed` is of type table"));
}
