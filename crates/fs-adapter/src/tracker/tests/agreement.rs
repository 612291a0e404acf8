//! The usual form and TOML as a whole agree: whatever is done to a tracker, both ways of reading it find
//! the same records and the same problems.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::tracker::properties::both;

/// Trackers that SkillMeat wrote, and what else it writes that these lack.
fn written() -> Vec<Vec<u8>> {
    let real = include_str!("../../../tests/data/trackers/alpha-3-artifacts.toml");
    let lineage = |hashes: &str| record_with("b", "version_lineage", Some(hashes));
    let long = record("a")
        + &lineage(&format!("[\n    \"{HASH}\",\n    \"{HASH}\",\n]"))
        + &record_with("c", "local_modifications", Some("true"));
    let unicode = record("grün").replace("default", "日本\u{85}\u{2028}\u{feff}\u{10ffff}");
    let odd = record("quo\\\"te") + &record_with("d", "deployed_at", Some("2026-01-02"));
    let bad = record("a") + &record_with("bad", "deployed_at", Some("\"never\"")) + &record("z");
    [real, &long, &unicode, &odd, &bad, "deployed = []\n", ""].map(Into::into).into()
}

/// What may be put anywhere: what matters to TOML, and what matters to a record.
const PIECES: [&str; 58] = [
    "\"",
    "\"\"",
    "\"\"\"",
    "'",
    "\\",
    "\\\"",
    "\\n",
    "\\u0041",
    "\\x41",
    "\\e",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "    ",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{feff}",
    "é",
    "#",
    "# x\n",
    "=",
    " = ",
    ".",
    ",",
    ",\n",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "[[deployed]]",
    "[[deployed]]\n",
    "[deployed]\n",
    "[deployed.x]\n",
    "[[deployed.x]]\n",
    "[[other]]\n",
    "deployed = []\n",
    "deployed.x = 1\n",
    "artifact_name = \"a\"\n",
    "artifact_name",
    "artifact_type = \"skill\"\n",
    "version_lineage = [\n",
    "version_lineage = []\n",
    "    \"x\",\n",
    "]\n",
    "local_modifications = false\n",
    "local_modifications = 1\n",
    "collection_sha = \"\"\n",
    "deployed_at = 2026-01-02T03:04:05\n",
    "x = 1\n",
    "<<<<<<< HEAD\n",
    "=======\n",
];

/// One thing done to a text.
#[derive(Debug, Clone)]
enum Mutation {
    SetByte(Index, u8),
    Insert(Index, &'static [u8]),
    Delete(Index, usize),
    /// The end is cut off.
    Cut(Index),
    DeleteLine(Index),
    RepeatLine(Index, Index),
    SwapLines(Index, Index),
    /// A line without what stands before or behind its equals sign.
    HalveLine(Index, bool),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::SetByte(at, byte)),
        (at(), 0_u8..0x80).prop_map(|(at, byte)| Mutation::SetByte(at, byte)),
        (at(), select(&PIECES[..])).prop_map(|(at, piece)| Mutation::Insert(at, piece.as_bytes())),
        (at(), 1_usize..4).prop_map(|(at, count)| Mutation::Delete(at, count)),
        at().prop_map(Mutation::Cut),
        at().prop_map(Mutation::DeleteLine),
        (at(), at()).prop_map(|(from, to)| Mutation::RepeatLine(from, to)),
        (at(), at()).prop_map(|(one, other)| Mutation::SwapLines(one, other)),
        (at(), any::<bool>()).prop_map(|(at, first)| Mutation::HalveLine(at, first)),
    ]
}

/// One of the trackers, with a few things done to it.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    (select(written()), vec(mutation(), 0..4)).prop_map(|(mut text, mutations)| {
        for mutation in &mutations {
            mutate(&mut text, mutation);
        }
        text
    })
}

fn mutate(text: &mut Vec<u8>, mutation: &Mutation) {
    let place = |at: &Index, text: &[u8]| at.index(text.len() + 1);
    let lines = || text.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec);
    let mut lines: Vec<_> = lines().collect();
    match mutation {
        Mutation::SetByte(at, byte) => {
            let at = place(at, text);
            text.splice(at..text.len().min(at + 1), [*byte]);
        }
        Mutation::Insert(at, piece) => {
            let at = place(at, text);
            text.splice(at..at, piece.iter().copied());
        }
        Mutation::Delete(at, count) => {
            let at = place(at, text);
            text.drain(at..text.len().min(at + count));
        }
        Mutation::Cut(at) => text.truncate(place(at, text)),
        _ if lines.is_empty() => {}
        Mutation::DeleteLine(at) => {
            lines.remove(at.index(lines.len()));
            *text = lines.concat();
        }
        Mutation::RepeatLine(from, to) => {
            let line = lines[from.index(lines.len())].clone();
            lines.insert(to.index(lines.len() + 1), line);
            *text = lines.concat();
        }
        Mutation::SwapLines(one, other) => {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
            *text = lines.concat();
        }
        Mutation::HalveLine(at, first) => {
            let at = at.index(lines.len());
            let middle = lines[at].iter().position(|&byte| byte == b'=').unwrap_or(0);
            if *first {
                lines[at].drain(..middle)
            } else {
                lines[at].drain(middle..)
            };
            *text = lines.concat();
        }
    }
}

#[test]
fn what_skillmeat_writes_is_of_the_usual_form() {
    let usual: Vec<_> = written().iter().map(|text| both(text).0).collect();
    // An escape, a bad date and an empty list are left to TOML.
    assert_eq!(usual, [true, true, true, false, false, false, true]);
}

/// Checks that a tracker with this in its second record is left to TOML, and that both ways of reading it
/// find the same.
#[track_caller]
fn check_left_to_toml(key: &str, value: &str) {
    for end in ["\n", "\r\n"] {
        let odd = record_with("b", key, Some(value)).replace('\n', end);
        let text = record("a") + &odd + &record("z");
        let (usual, [read, toml]) = both(text.as_bytes());
        assert!(!usual, "{text}");
        assert_eq!(read, toml, "{text}");
    }
}

#[test]
fn what_means_something_else_to_toml_is_left_to_it() {
    for name in [
        "\"a\\tb\"",
        "\"a\\\\\"",
        "\"a\u{7f}\"",
        "\"a\tb\"",
        "\"a\u{1}\"",
        "\"a\"b\"",
        "'a'",
        "a",
        "\"",
        "\"\"",
        "\"\"\"",
        "\"\"\"a\"\"\"",
        "\"a\" ",
        " \"a\"",
        "\"a\" # b",
        "1",
        "true",
        "[",
        "[\n]",
        "[\n    \"a\",\n]",
        "{}",
        "\"a\"\nartifact_name = \"c\"",
        "\"a\"\nartifact_name.x = 1",
        "\"a\"\n[deployed.artifact_name]",
    ] {
        check_left_to_toml("artifact_name", name);
    }
    for flag in ["", "1", "True", "\"true\"", "truefalse", "true\nlocal_modifications = false"] {
        check_left_to_toml("local_modifications", flag);
    }
    for hashes in [
        "\"x\"",
        "[]",
        "[\"x\"]",
        "[\n]\n]",
        "[\n    \"x\"\n]",
        "[\n  \"x\",\n]",
        "[\n    \"x\", \"y\",\n]",
        "[\n    \"\\e\",\n]",
        "[\n    1,\n]",
        "[\n",
        "[\n    \"x\",\n",
        "[\n]\nversion_lineage = [\n]",
    ] {
        check_left_to_toml("version_lineage", hashes);
    }
    for (key, value) in [
        ("other", "\"x\""),
        ("\"platform\"", "\"x\""),
        (" platform", "\"x\""),
        ("platform ", "\"x\""),
        ("platform.x", "\"x\""),
        ("platform", "\"x\"\nplatform = \"x\""),
        ("platform", "\"x\"\n[[deployed]]\n"),
        ("platform", "\"x\"\n[[deployed]] \n"),
        ("platform", "\"x\"\n# x"),
        ("platform", "\"x\"\n "),
        ("#", "\"x\""),
        ("artifact_type", "\"a:b\""),
        ("artifact_type", "\"\""),
        ("deployed_at", "\"never\""),
        ("deployed_at", "2026-01-02"),
    ] {
        check_left_to_toml(key, value);
    }
}

#[test]
fn what_lacks_something_is_left_to_toml() {
    let without = |key| record("a") + &record_with("b", key, None);
    let name = record("a") + "artifact_name = \"b\"\n" + &record("b");
    let no_end = record("a").trim_end().to_owned();
    let mut lacking: Vec<_> =
        ["artifact_name", "artifact_type", "artifact_path", "deployed_at"].map(without).into();
    lacking.extend([name, no_end, "artifact_name = \"a\"\n".to_owned() + &record("b")]);
    lacking.push(
        record("a").replace("collection_sha", "parent_hash").replace("content_hash", "platform"),
    );
    for text in lacking {
        let (usual, [read, toml]) = both(text.as_bytes());
        assert!(!usual, "{text}");
        assert_eq!(read, toml, "{text}");
    }
}

proptest! {
    #[test]
    fn both_ways_find_the_same(text in mutated()) {
        let (_, [read, toml]) = both(&text);
        prop_assert_eq!(read, toml, "{}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn both_ways_find_the_same_in_any_pieces(pieces in vec(select(&PIECES[..]), 0..30)) {
        let text = pieces.concat();
        let (_, [read, toml]) = both(text.as_bytes());
        prop_assert_eq!(read, toml, "{}", text);
    }
}

/// `MUTATIONS` says how many, for a longer look: a million take a minute in a release build.
#[test]
fn many_mutations_are_read_the_same_both_ways() {
    let count = option_env!("MUTATIONS").and_then(|count| count.parse().ok()).unwrap_or(10_000);
    let mut runner = TestRunner::deterministic();
    let (mutated, mut usual) = (mutated(), 0);
    for _ in 0..count {
        let text = mutated.new_tree(&mut runner).unwrap().current();
        let (is_usual, [read, toml]) = both(&text);
        assert_eq!(read, toml, "{}", String::from_utf8_lossy(&text));
        usual += u32::from(is_usual);
    }
    assert!(usual > count / 10, "{usual} of {count} were of the usual form");
}
