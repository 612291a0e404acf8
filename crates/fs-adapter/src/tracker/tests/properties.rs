//! Any bytes: nothing panics, every problem can be acted on, and good records survive.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::properties;

/// Bytes that look like a tracker often enough to get far into the reader.
fn tracker_like() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..8),
        "[ -~\\n]{0,20}".prop_map(String::into_bytes),
        prop::sample::select(vec![
            "[[deployed]]\n",
            "deployed",
            " = ",
            "\"",
            "\"\"\"",
            "'''",
            "[",
            "]",
            "{",
            "}",
            "\r\n",
            "\u{feff}",
            "artifact_name = \"a\"\n",
            "deployed_at = 2026-01-02\n",
            "\0",
            "#",
            ".",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        "[a-c]".prop_map(|name| record(&name).into_bytes()),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Lines that hold no quote, bracket or brace and do not start a table: whatever they do, they end
/// with the line. Most are not TOML.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_filter("opens nothing", |byte| !b"\"'[]{}\n".contains(byte));
    let line = vec(byte, 0..16);
    vec(line, 0..4).prop_map(|lines| {
        lines.into_iter().flat_map(|line| [line, b"\n".to_vec()].concat()).collect()
    })
}

proptest! {
    #[test]
    fn any_bytes_give_records_and_problems_with_a_line_that_exists(tracker in tracker_like()) {
        properties::tracker(&tracker);
    }

    #[test]
    fn any_edit_leaves_other_records_alone(tracker in tracker_like()) {
        properties::tracker_edit(&tracker);
    }

    #[test]
    fn good_records_survive_any_garbage_in_tables_of_its_own(
        blocks in vec((garbage(), 0_usize..3), 0..5),
    ) {
        let (mut tracker, mut expected) = (Vec::new(), Vec::new());
        for (index, (garbage, records)) in blocks.iter().enumerate() {
            tracker.extend_from_slice(b"[[deployed]]\n");
            tracker.extend_from_slice(garbage);
            for number in 0..*records {
                let name = format!("good-{index}-{number}");
                tracker.extend_from_slice(record(&name).as_bytes());
                expected.push(name);
            }
        }
        let read = read(&tracker);
        let found: Vec<_> = read.value.iter().map(|record| record.artifact.name()).collect();
        prop_assert_eq!(found, expected);
        // An empty or unfinished record is one too, so every block is a problem of its own.
        prop_assert_eq!(read.problems.len(), blocks.len());
    }

    #[test]
    fn every_good_record_is_read_with_its_line(names in vec("[a-z]{1,6}", 0..6)) {
        let tracker: String = names.iter().map(|name| record(name)).collect();
        let read = read(&tracker);
        prop_assert_eq!(read.problems, []);
        let expected: Vec<_> =
            (0..).zip(&names).map(|(index, name)| format!("skill:{name}@{}", index * LINES + 1)).collect();
        prop_assert_eq!(super::names(&read.value), expected);
    }
}

/// What the fuzzer has found.
#[test]
fn two_copies_of_one_artifact_are_edited_one_by_one() {
    let other = record("a").replace("skills/a", "elsewhere/a");
    properties::tracker_edit((record("a") + &other + &record("pdf")).as_bytes());
}
