//! Cutting a list into pages by cursor.

use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::Refusal;

/// Where a page is in its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PageInfo {
    /// Whether anything comes after it.
    pub(crate) has_next_page: bool,
    /// Whether anything comes before it.
    pub(crate) has_previous_page: bool,
    /// The cursor of its first item.
    pub(crate) start_cursor: Option<String>,
    /// The cursor of its last item, after which the next page begins.
    pub(crate) end_cursor: Option<String>,
    /// How many items the whole list has.
    pub(crate) total_count: usize,
}

/// Cuts the page of at most `limit` items out of a list that begins after the item that `after` is
/// the place of.
pub(crate) fn page<T>(
    list: &[T],
    after: Option<usize>,
    limit: usize,
    cursor: impl Fn(&T) -> String,
) -> (&[T], PageInfo) {
    let start = after.map_or(0, |place| place + 1).min(list.len());
    let end = start.saturating_add(limit).min(list.len());
    let items = &list[start..end];
    let info = PageInfo {
        has_next_page: end < list.len(),
        has_previous_page: start > 0,
        start_cursor: items.first().map(&cursor),
        end_cursor: items.last().map(&cursor),
        total_count: list.len(),
    };
    (items, info)
}

/// Finds the place of the item that a cursor names.
pub(crate) fn place<T>(
    list: &[T],
    what: &str,
    is_it: impl Fn(&T) -> bool,
) -> Result<usize, Refusal> {
    list.iter()
        .position(is_it)
        .ok_or_else(|| Refusal::bad_request(format!("Invalid cursor: {what} not found")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(after: Option<usize>, limit: usize, items: &[u8], next: bool, previous: bool) {
        let (page, info) = page(&[1, 2, 3], after, limit, u8::to_string);
        assert_eq!((page, info.has_next_page, info.has_previous_page), (items, next, previous));
        assert_eq!(info.start_cursor, items.first().map(u8::to_string));
        assert_eq!((info.end_cursor, info.total_count), (items.last().map(u8::to_string), 3));
    }

    #[test]
    fn pages_join_without_gap_or_overlap() {
        check(None, 2, &[1, 2], true, false);
        check(Some(1), 2, &[3], false, true);
        check(Some(2), 2, &[], false, true);
        check(None, 3, &[1, 2, 3], false, false);
        check(None, usize::MAX, &[1, 2, 3], false, false);
    }
}
