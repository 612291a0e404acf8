//! Any tree: the hash is the one made from its description, in whatever order it was written.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Names that sort differently by component and by string, and some odd ones.
const NAMES: [&str; 12] =
    ["a", "a b", "a!", "a-b", "a.b", "ab", "A", ".a", "é", "e\u{301}", "\n", "z"];

/// Files by path; where a path leads through a file, that file gives way.
fn files() -> impl Strategy<Value = BTreeMap<String, String>> {
    let path = vec(select(&NAMES[..]), 1..4).prop_map(|names| names.join("/"));
    let content = prop_oneof!["\\PC{0,8}", Just("x".repeat(70_000))];
    vec((path, content), 0..12).prop_map(|files| {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        let above = |path: &str| files.keys().any(|other| other.starts_with(&format!("{path}/")));
        files.iter().filter(|(path, _)| !above(path)).map(|(a, b)| (a.clone(), b.clone())).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_tree_has_the_hash_of_its_description_in_whatever_order_it_was_written(
        (files, shuffled) in files().prop_flat_map(|files| {
            let order: Vec<_> = files.clone().into_iter().collect();
            (Just(files), Just(order).prop_shuffle())
        }),
    ) {
        let (files, shuffled): (Vec<_>, Vec<_>) = (
            files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect(),
            shuffled.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect(),
        );
        check(&copy(&files), expected(&files));
        check(&copy(&shuffled), expected(&files));
    }

    #[test]
    fn a_file_has_the_hash_of_its_bytes(content in vec(any::<u8>(), 0..200)) {
        check(TempTree::new().file(COPY, &content), sum(&content));
    }
}

/// A line that makes a link or a file, or names a copy.
fn line() -> impl Strategy<Value = String> {
    let name = "[ab]|skills|x|\\.\\.|SKILL\\.md";
    let path = vec(name, 1..4).prop_map(|names| names.join("/"));
    let target = prop_oneof![
        path.clone(),
        Just("~".to_owned()),
        path.clone().prop_map(|it| format!("~/{it}"))
    ];
    prop_oneof![path.clone(), (path, target).prop_map(|(path, target)| format!("{path}>{target}"))]
}

proptest! {
    #[test]
    fn nothing_outside_is_read_whatever_links_there_are(lines in vec(line(), 1..8)) {
        crate::properties::containment(&lines.join("\n"));
    }
}
