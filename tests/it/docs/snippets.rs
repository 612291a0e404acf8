//! What is shown of Rust stands in a program that is built, between two marks.

use super::document;

/// Returns the file and the part that a block is to show, from the line before it:
/// `<!-- from examples/library/src/main.rs: sources -->`.
pub(super) fn mark(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("<!-- from ")?.strip_suffix(" -->")?.split_once(": ")
}

/// Returns what stands between the marks of a part, moved to the left.
#[track_caller]
pub(super) fn of_source((file, part): (&str, &str)) -> String {
    let source = document(file).text;
    let (begin, end) = (format!("// ANCHOR: {part}"), format!("// ANCHOR_END: {part}"));
    let lines = source.lines().skip_while(|line| line.trim() != begin).skip(1);
    let lines: Vec<_> = lines.take_while(|line| line.trim() != end).collect();
    assert!(!lines.is_empty(), "{file} has no part `{part}`");
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let lines = lines.iter().flat_map(|line| [line.get(least..).unwrap_or_default(), "\n"]);
    lines.collect()
}
