//! Reading trackers: from the bytes of a file to records and problems.
//!
//! What is no record stands between two good ones in most of these tests, which must survive it.

mod agreement;
mod files;
mod malformed_records;
mod properties;
mod salvage;

use skillstat_domain::DeployedAt;

use super::*;
use crate::test_support::{TempTree, finishes, name};

/// A hash as SkillMeat writes it.
const HASH: &str = "7d958bbef5503e69026dae885dd98e8c66caea6eb3be232cbd517509a9a2271a";

/// How many lines a good record has, with the empty one that follows.
const LINES: u32 = 9;

/// A good record of the skill `name`.
fn record(name: &str) -> String {
    record_with(name, "", None)
}

/// A good record but for one key, which has another value or, without one, is not there. The keys
/// stand on lines 2 to 8 of the record; a new one stands on line 9.
fn record_with(name: &str, changed: &str, value: Option<&str>) -> String {
    let mut lines = vec!["[[deployed]]".to_owned()];
    let good = [
        ("artifact_name", format!("\"{name}\"")),
        ("artifact_type", "\"skill\"".to_owned()),
        ("from_collection", "\"default\"".to_owned()),
        ("deployed_at", "\"2026-01-02T03:04:05.678901\"".to_owned()),
        ("artifact_path", format!("\"skills/{name}\"")),
        ("content_hash", format!("\"{HASH}\"")),
        ("collection_sha", format!("\"{HASH}\"")),
    ];
    for (key, value) in good.iter().filter(|(key, _)| *key != changed) {
        lines.push(format!("{key} = {value}"));
    }
    if let Some(value) = value {
        let at = good.iter().position(|(key, _)| *key == changed).unwrap_or(good.len());
        lines.insert(at + 1, format!("{changed} = {value}"));
    }
    lines.join("\n") + "\n\n"
}

/// Counts the lines of a text that ends with one.
fn lines(text: impl AsRef<[u8]>) -> u32 {
    u32::try_from(text.as_ref().split(|&byte| byte == b'\n').count() - 1).unwrap()
}

/// Reads a project with this tracker in `.claude`.
fn read(tracker: impl AsRef<[u8]>) -> Scanned<Vec<DeploymentRecord>> {
    let tree = TempTree::new();
    tree.file(format!("shop/.claude/{TRACKER_FILE}"), tracker);
    let path = tree.path(format!("shop/.claude/{TRACKER_FILE}"));
    let read = TomlDeploymentReader.read(&tree.project("shop"));
    for problem in &read.problems {
        assert_eq!(problem.path, path.to_str().unwrap());
        assert!(!problem.reason.is_empty() && !problem.fix.is_empty(), "{problem:?}");
        assert!(!problem.reason.contains('\n'), "{problem:?}");
    }
    for record in &read.value {
        assert_eq!(&*record.tracker, path.to_str().unwrap());
    }
    read
}

/// Names each record with its line.
fn names(records: &[DeploymentRecord]) -> Vec<String> {
    records.iter().map(|record| format!("{}@{}", record.artifact, record.line)).collect()
}

/// Checks the records, as `type:name@line`, and the problems by kind, line and part of the reason.
#[track_caller]
fn check(
    tracker: impl AsRef<[u8]>,
    records: &[&str],
    problems: &[(ProblemKind, Option<u32>, &str)],
) {
    let read = read(tracker);
    assert_eq!(names(&read.value), records, "{:#?}", read.problems);
    assert_eq!(read.problems.len(), problems.len(), "{:#?}", read.problems);
    for (problem, (kind, line, reason)) in read.problems.iter().zip(problems) {
        assert_eq!((problem.kind, problem.line), (*kind, *line), "{problem:#?}");
        assert!(problem.reason.contains(reason), "{problem:#?}");
    }
}

/// Reads the only record of a tracker that has no problem.
#[track_caller]
fn only(tracker: impl AsRef<[u8]>) -> DeploymentRecord {
    let read = read(tracker);
    assert_eq!(read.problems, []);
    let [record] = <[_; 1]>::try_from(read.value).expect("one record");
    record
}

/// Checks what becomes of a `deployed_at`.
#[track_caller]
fn check_date(literal: &str, expected: &str) {
    let record = only(record_with("a", "deployed_at", Some(literal)));
    assert_eq!(record.deployed_at.to_string(), expected);
}

#[test]
fn every_field_is_read() {
    let read = only(record("canvas"));
    assert_eq!(read.artifact.as_str(), "skill:canvas");
    assert_eq!(read.profile_root.as_str(), ".claude");
    assert_eq!(read.path.as_str(), "skills/canvas");
    assert_eq!(read.baseline.as_str(), HASH);
    assert_eq!(read.deployed_at.to_string(), "2026-01-02T03:04:05.678901");
    assert_eq!(read.from_collection.as_deref(), Some("default"));
    assert_eq!(read.line, 1);
}

#[test]
fn records_come_in_the_order_of_their_lines_duplicates_included() {
    let tracker = record("b") + &record("a") + &record("b.md") + &record("b");
    check(tracker, &["skill:b@1", "skill:a@10", "skill:b@19", "skill:b@28"], &[]);
}

#[test]
fn nothing_deployed_is_no_record_and_no_problem() {
    for tracker in ["", "\n", "# nothing\n", "deployed = []", "deployed = []\n", "other = 1\n[x]\n"]
    {
        check(tracker, &[], &[]);
    }
}

#[test]
fn an_array_of_inline_tables_is_read() {
    let table = |name: &str| {
        record(name).lines().skip(1).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let tracker = format!("deployed = [\n  {{ {} }},\n  {{ {} }},\n]\n", table("a"), table("b"));
    check(tracker, &["skill:a@2", "skill:b@3"], &[]);
}

#[test]
fn unknown_keys_tables_and_comments_are_read_past() {
    let extra = "enterprise_version = 7\nenterprise_files = [{ a = 1 }]\n# comment\n\
                 version_lineage = [\n    \"x\",\n]\nlocal_modifications = \"maybe\"\n\
                 last_modified_check = \"never\"\nplatform = \"amiga\"\nprofile_root_dir = \".codex\"\n\
                 [deployed.nested]\nartifact_name = \"not me\"\n\n";
    let tracker = "title = 1\n[[other]]\nx = 1\n\n".to_owned()
        + record("a").trim_end()
        + "\n"
        + extra
        + &record("b");
    let read = read(&tracker);
    assert_eq!(names(&read.value), ["skill:a@5", "skill:b@26"]);
    assert_eq!(read.problems, []);
    assert_eq!(read.value[0].profile_root.as_str(), ".claude", "the tracker's place decides");
}

#[test]
fn keys_may_be_quoted_and_headers_spaced() {
    let tracker = record("a").replace("artifact_name", "\"artifact_name\"");
    check(tracker.replace("[[deployed]]", "[[ \"deployed\" ]] # one"), &["skill:a@1"], &[]);
}

#[test]
fn legacy_records_without_content_hash_are_read() {
    let read = only(record_with("a", "content_hash", None));
    assert_eq!(read.baseline.as_str(), HASH);
}

#[test]
fn the_baseline_is_collection_sha_unless_it_is_empty() {
    let base = |key, value| only(record_with("a", key, value)).baseline.as_str().to_owned();
    assert_eq!(base("collection_sha", Some("\"other\"")), "other");
    assert_eq!(base("collection_sha", Some("\"\"")), HASH);
    assert_eq!(base("collection_sha", None), HASH);
    assert_eq!(base("content_hash", Some("\"other\"")), HASH);
    assert_eq!(base("content_hash", Some("\"\"")), HASH);
}

#[test]
fn a_baseline_is_kept_as_it_stands() {
    let read = only(record_with("a", "collection_sha", Some("\" ABC \"")));
    assert_eq!((read.baseline.as_str(), read.baseline.hash()), (" ABC ", None));
}

#[test]
fn the_collection_is_what_a_string_says() {
    let collection = |value| only(record_with("a", "from_collection", value)).from_collection;
    assert_eq!(collection(Some("\"team\"")).as_deref(), Some("team"));
    assert_eq!(collection(None), None);
    assert_eq!(collection(Some("5")), None);
}

#[test]
fn an_unknown_type_and_a_name_with_an_extension_are_kept() {
    assert_eq!(only(record_with("a", "artifact_type", Some("\"spell\""))).artifact.kind(), "spell");
    assert_eq!(only(record("review.md")).artifact.name(), "review");
    assert_eq!(only(record("a:b")).artifact.as_str(), "skill:a:b");
}

#[test]
fn a_path_is_kept_as_it_stands_wherever_it_leads() {
    for path in ["", "/etc/passwd", "../../x", "./skills//k/", "a b"] {
        let read = only(record_with("a", "artifact_path", Some(&format!("\"{path}\""))));
        assert_eq!(read.path.as_str(), path);
    }
}

#[test]
fn dates_in_strings_are_read_as_python_reads_them() {
    check_date("\"2026-01-02T03:04:05.678901\"", "2026-01-02T03:04:05.678901");
    check_date("\"2026-01-02\"", "2026-01-02T00:00:00");
    check_date("\"2026-01-02T03:04:05Z\"", "2026-01-02T03:04:05Z");
    check_date("\"2026-01-02T03:04:05.1+00:00\"", "2026-01-02T03:04:05.100000Z");
    check_date("\"2026-01-02T03:04:05+05:30\"", "2026-01-02T03:04:05+05:30");
    check_date("\"20260102T030405\"", "2026-01-02T03:04:05");
    check_date("\"2026-W01-5T03:04:05\"", "2026-01-02T03:04:05");
    check_date("'''2026-01-02 03:04'''", "2026-01-02T03:04:00");
    check_date("\"2026-01-02T03:04:05.123456789\"", "2026-01-02T03:04:05.123456");
}

#[test]
fn toml_date_times_are_read() {
    check_date("2026-01-02T03:04:05", "2026-01-02T03:04:05");
    check_date("2026-01-02 03:04:05", "2026-01-02T03:04:05");
    check_date("2026-01-02", "2026-01-02T00:00:00");
    check_date("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z");
    check_date("2026-01-02t03:04:05z", "2026-01-02T03:04:05Z");
    check_date("2026-01-02T03:04:05-00:00", "2026-01-02T03:04:05Z");
    check_date("2026-01-02T03:04:05+05:30", "2026-01-02T03:04:05+05:30");
    check_date("2026-01-02T03:04:05-01:30", "2026-01-02T03:04:05-01:30");
    check_date("2026-01-02T03:04:05.5", "2026-01-02T03:04:05.500000");
    check_date("2026-01-02T03:04:05.000001", "2026-01-02T03:04:05.000001");
    check_date("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456Z");
}

#[test]
fn naive_dates_stay_naive() {
    let naive = |literal| -> DeployedAt {
        only(record_with("a", "deployed_at", Some(literal))).deployed_at
    };
    assert!(naive("2026-01-02T03:04:05").is_naive() && naive("\"2026-01-02\"").is_naive());
    assert!(!naive("2026-01-02T03:04:05Z").is_naive());
}

#[test]
fn line_endings_of_windows_change_nothing() {
    let tracker = record("a") + &record_with("b", "deployed_at", Some("\"never\"")) + &record("c");
    let problem = (ProblemKind::MalformedRecord, Some(LINES + 5), "deployed_at is no date");
    check(&tracker, &["skill:a@1", "skill:c@19"], &[problem]);
    check(tracker.replace('\n', "\r\n"), &["skill:a@1", "skill:c@19"], &[problem]);
}

#[test]
fn a_byte_order_mark_is_read_past_and_reported() {
    let problem = (ProblemKind::MalformedTracker, Some(1), "byte-order mark");
    check(format!("\u{feff}{}", record("a")), &["skill:a@1"], &[problem]);
    check("\u{feff}", &[], &[problem]);
}

#[test]
fn what_skillmeat_wrote_is_read() {
    let tracker = include_str!("../../tests/data/trackers/alpha-3-artifacts.toml");
    check(tracker, &["skill:canvas@1", "command:review@18", "agent:planner@35"], &[]);
    let read = read(tracker);
    assert_eq!(read.value[0].deployed_at.to_string(), "2026-11-22T19:00:09.588941");
    assert_eq!(read.value[1].path.as_str(), "commands/review.md");
}
