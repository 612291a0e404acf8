//! Random trackers.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// Pieces of a tracker, each of whole lines.
fn piece() -> impl Strategy<Value = String> {
    let comment = "# [ -~é]{0,12}\n";
    let gap = Just("\n".to_owned());
    let good = ("[a-d]", "(# [a-z]{0,5})?", "(mine = [0-9]{1,3}\n)?", any::<bool>()).prop_map(
        |(name, comment, unknown, sub)| {
            let sub = if sub { "[deployed.notes] # here\nwhy = 'x'\n" } else { "" };
            let text = old(&name).replacen("\"skill\"", &format!("\"skill\" {comment}"), 1);
            format!("{text}{unknown}{sub}")
        },
    );
    let bad = prop::sample::select(vec![
        "[[deployed]]\n",
        "[[deployed]]\nartifact_name = 1\n",
        "[[deployed]]\nartifact_name = \"a\"\nartifact_type = \"skill\"\n",
    ])
    .prop_map(str::to_owned);
    let other =
        "[a-z]{6}".prop_map(|name| format!("[t-{name}]\nk = \"\"\"\n[[deployed]]\n\"\"\"\n"));
    prop_oneof![comment, gap, good, bad, other]
}

fn tracker() -> impl Strategy<Value = String> {
    (any::<bool>(), any::<bool>(), vec(piece(), 0..8)).prop_map(|(mark, windows, pieces)| {
        let text = pieces.concat();
        let text = if windows { text.replace('\n', "\r\n") } else { text };
        if mark { format!("{BYTE_ORDER_MARK}{text}") } else { text }
    })
}

/// Tells whether `new` is `old` with one stretch replaced by another.
fn differs_in_one_stretch(old: &str, new: &str, stretch: &str, by: &str) -> bool {
    old.match_indices(stretch)
        .any(|(at, _)| new == format!("{}{by}{}", &old[..at], &old[at + stretch.len()..]))
}

proptest! {
    #[test]
    fn putting_back_what_is_there_changes_no_byte(tracker in tracker(), name in "[a-e]") {
        let Ok(text) = TrackerText::parse("tracker", tracker.as_bytes()) else { return Ok(()) };
        let artifact = ArtifactId::new("skill", &name).unwrap();
        let same = text.with(&artifact, &text.blocks(&artifact)).unwrap();
        prop_assert_eq!(String::from_utf8(same.into_bytes()).unwrap(), tracker);
    }

    #[test]
    fn a_changed_record_is_the_only_change(tracker in tracker(), name in "[a-d]") {
        let Ok(text) = TrackerText::parse("tracker", tracker.as_bytes()) else { return Ok(()) };
        let artifact = ArtifactId::new("skill", &name).unwrap();
        let blocks = text.blocks(&artifact);
        let [block] = &*blocks else { return Ok(()) };
        let updated = with_new(|new| new.updated(block)).unwrap();
        let new = text.with(&artifact, std::slice::from_ref(&updated)).unwrap();
        let new = String::from_utf8(new.into_bytes()).unwrap();
        prop_assert!(differs_in_one_stretch(&tracker, &new, block, &updated), "{}\n---\n{}", tracker, new);
        for line in block.lines().filter(|line| line.starts_with("mine") || line.starts_with('[')) {
            prop_assert!(updated.contains(line));
        }
    }

    #[test]
    fn what_is_added_can_be_taken_away_again(tracker in tracker()) {
        let Ok(text) = TrackerText::parse("tracker", tracker.as_bytes()) else { return Ok(()) };
        let added = text.with(&pdf(), &[with_new(|new| new.fresh(text.newline()))]).unwrap();
        prop_assert_eq!(added.records().len(), text.records().len() + 1);
        prop_assert_eq!(&added.records().last().unwrap().artifact, &pdf());
        let before = String::from_utf8(added.clone().into_bytes()).unwrap();
        prop_assert!(before.starts_with(tracker.trim_end()), "{}\n---\n{}", tracker, before);
        let removed = String::from_utf8(added.with(&pdf(), &[]).unwrap().into_bytes()).unwrap();
        // Of a tracker that had a record the list is not written; all others get it.
        let list = format!("deployed = []{}", text.newline());
        let bare = |text: &str| text.replacen(&list, "", 1).trim_end().to_owned();
        prop_assert_eq!(bare(&removed), bare(&tracker));
    }
}
