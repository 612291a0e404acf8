//! Two lists of files side by side: pure.

use std::cmp::Ordering;

use crate::{FileDiff, FileList, ListedFile};

/// Pairs the files of an original and a copy, either of which may not be there; sorted by path. Of an
/// artifact that is a file the path is its name, that of the original where both are files.
pub(crate) fn compare(
    (original, original_name): (Option<FileList>, &str),
    (copy, copy_name): (Option<FileList>, &str),
) -> Vec<FileDiff> {
    let both_are_files = is_file(original.as_ref()) && is_file(copy.as_ref());
    let copy_name = if both_are_files { original_name } else { copy_name };
    let (mut originals, mut copies) =
        (named(original, original_name).peekable(), named(copy, copy_name).peekable());
    let mut files = Vec::new();
    loop {
        let order = match (originals.peek(), copies.peek()) {
            (None, None) => return files,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(original), Some(copy)) => original.path.cmp(&copy.path),
        };
        let original = originals.next_if(|_| order.is_le());
        let copy = copies.next_if(|_| order.is_ge());
        files.extend(match (original, copy) {
            (Some(original), Some(copy)) => Some(FileDiff::Both { original, copy }),
            (Some(original), None) => Some(FileDiff::OnlyInCollection(original)),
            (None, Some(copy)) => Some(FileDiff::OnlyInCopy(copy)),
            (None, None) => None,
        });
    }
}

/// Returns the files of a list, one without a path under a name.
fn named(list: Option<FileList>, name: &str) -> impl Iterator<Item = ListedFile> {
    let files = list.unwrap_or_default().files.into_iter();
    files.map(|file| {
        if file.path.is_empty() { ListedFile { path: name.to_owned(), ..file } } else { file }
    })
}

fn is_file(list: Option<&FileList>) -> bool {
    list.is_some_and(|list| list.files.first().is_some_and(|file| file.path.is_empty()))
}

#[cfg(test)]
mod tests;
