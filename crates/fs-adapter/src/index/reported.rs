//! Reporting what the directories of a copy hold that nobody has to list.

use std::path::Path;

use rustix::fs::{AtFlags, FileType, statat};

use super::fingerprint::places;
use super::known::Known;
use super::opened::Located;
use crate::listings::{CopyListing, Entries, Reporting};

/// Reports a copy that was found to be as an entry says. A fingerprint names every file and directory in it, and
/// there is none of a copy that holds anything else.
pub(super) fn report(entry: &[u8], located: &Located<'_>, copy: &Path, reporting: Reporting<'_>) {
    if located.name.is_empty() {
        // A link is in its place.
        return reporting.report_copy(copy, None);
    }
    let stat = statat(located.within, located.name, AtFlags::SYMLINK_NOFOLLOW);
    let listing = match stat.map(|stat| FileType::from_raw_mode(stat.st_mode)) {
        Ok(FileType::Directory) => Known::lines(entry).map(listing),
        Ok(FileType::RegularFile) => Some(CopyListing::file()),
        _ => None,
    };
    reporting.report_copy(copy, listing.as_ref());
}

fn listing(lines: &[u8]) -> CopyListing {
    let mut directories = vec![Entries::default()];
    // The numbers of those that may hold what comes next, the copy first.
    let mut above = vec![0];
    for (level, is_directory, name) in places(lines) {
        above.truncate(level + 1);
        let kind = if is_directory { FileType::Directory } else { FileType::RegularFile };
        if let Some(&parent) = above.last() {
            directories[parent].note(name, kind);
        }
        if is_directory {
            above.push(directories.len());
            directories.push(Entries::default());
        }
    }
    let mut listing = CopyListing::default();
    for directory in &directories {
        listing.add(directory);
    }
    listing
}
