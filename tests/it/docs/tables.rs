//! Tables of Markdown.

use std::collections::BTreeSet;

use super::Document;

/// Returns the cells of the rows of the table below a heading, without its head.
#[track_caller]
pub(super) fn rows<'a>(document: &'a Document, heading: &str) -> Vec<Vec<&'a str>> {
    let Document { path, text } = document;
    let heading = format!("{heading}\n");
    let below = text.split_once(&heading);
    let (_, below) = below.unwrap_or_else(|| panic!("{path} has no `{}`", heading.trim_end()));
    let lines = below.lines().skip_while(|line| !line.starts_with('|'));
    let lines = lines.take_while(|line| line.starts_with('|')).skip(2);
    let rows: Vec<_> = lines.map(cells).collect();
    assert!(!rows.is_empty(), "{path} has no table below `{}`", heading.trim_end());
    rows
}

/// A bar behind a backslash parts no cells.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.trim().trim_start_matches('|');
    let (mut cells, mut start) = (Vec::new(), 0);
    for (at, _) in inner.match_indices('|') {
        if !inner[..at].ends_with('\\') {
            cells.push(inner[start..at].trim());
            start = at + 1;
        }
    }
    cells
}

/// Returns what stands in backticks in a cell.
pub(super) fn codes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Returns what stands in backticks in the first cells of a table.
#[track_caller]
pub(super) fn first_codes<'a>(document: &'a Document, heading: &str) -> BTreeSet<&'a str> {
    rows(document, heading).into_iter().flat_map(|cells| codes(cells[0])).collect()
}
