//! Hunks: what they look like, and that they lead from one text to the other.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::testing::properties::{hunks_lead_to_the_other, patched};

/// Prints hunks as a patch has them; a line without an end shows as `\`.
fn print(hunks: &[Hunk<'_>]) -> String {
    let mut text = String::new();
    for hunk in hunks {
        writeln!(text, "@@ -{} +{} @@", hunk.before, hunk.after).unwrap();
        for line in &hunk.lines {
            text.push(line.change.sign());
            text += &String::from_utf8_lossy(line.text);
            if !line.text.ends_with(b"\n") {
                text += "\\\n";
            }
        }
    }
    text
}

#[track_caller]
fn check(before: &str, after: &str, expected: &str) {
    assert_eq!(print(&hunks(before.as_bytes(), after.as_bytes())), expected);
}

#[test]
fn three_lines_around_a_difference_are_shown() {
    check(
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
        "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n",
    );
    check("a\nb\n", "a\nb\nc\n", "@@ -1,2 +1,3 @@\n a\n b\n+c\n");
    check("a\n", "a\n", "");
    check("", "", "");
}

#[test]
fn ranges_are_counted_as_patches_count_them() {
    check("", "a\n", "@@ -0,0 +1 @@\n+a\n");
    check("a\n", "", "@@ -1 +0,0 @@\n-a\n");
    check("a\n", "b\n", "@@ -1 +1 @@\n-a\n+b\n");
}

#[test]
fn differences_that_lie_close_are_one_hunk() {
    let text = |lines: usize, changed: &[usize]| -> String {
        let line = |number| {
            if changed.contains(&number) { "x\n".to_owned() } else { format!("{number}\n") }
        };
        (1..=lines).map(line).collect()
    };
    let count =
        |changed: &[usize]| hunks(text(30, &[]).as_bytes(), text(30, changed).as_bytes()).len();
    assert_eq!(count(&[10, 17]), 1, "six lines between are shown by both");
    assert_eq!(count(&[10, 18]), 2);
    assert_eq!(count(&[10, 17, 24, 30]), 1);
}

#[test]
fn the_end_of_a_line_is_part_of_it() {
    check("a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\n");
    check("a", "a\n", "@@ -1 +1 @@\n-a\\\n+a\n");
    check("a\nb", "a\nc", "@@ -1,2 +1,2 @@\n a\n-b\\\n+c\\\n");
    check("x\na", "y\na", "@@ -1,2 +1,2 @@\n-x\n+y\n a\\\n");
}

#[test]
fn texts_made_to_be_slow_are_not() {
    // Every line is in both texts and none is where it was.
    let lines: Vec<String> =
        (0..40_000_u32).map(|number| format!("{}\n", number.wrapping_mul(2_654_435_761))).collect();
    let before: String = lines.concat();
    let mut sorted = lines;
    sorted.sort_unstable();
    let after = sorted.concat();
    let hunks = hunks(before.as_bytes(), after.as_bytes());
    assert_eq!(patched(before.as_bytes(), &hunks), after.as_bytes());
}

proptest! {
    #[test]
    fn hunks_lead_from_one_text_to_the_other(before in "[ab\r\n]{0,40}", after in "[ab\r\n]{0,40}") {
        hunks_lead_to_the_other(before.as_bytes(), after.as_bytes());
    }
}
