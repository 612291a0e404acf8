//! Reporting what the directories of a copy hold that nobody has to list.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use rustix::fs::{AtFlags, FileType, fstat, statat};

use super::fingerprint::places;
use super::known::Known;
use super::opened::Located;
use crate::listings::{Entries, Reporting};

/// Reports the directories of a copy that was found to be as an entry says. A fingerprint names every file and
/// directory in it, and there is none of a copy with anything else.
pub(super) fn report(entry: &[u8], located: &Located<'_>, copy: PathBuf, reporting: Reporting<'_>) {
    let stat = if located.name.is_empty() {
        fstat(located.within)
    } else {
        statat(located.within, located.name, AtFlags::SYMLINK_NOFOLLOW)
    };
    let is_directory =
        stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory);
    let Some(lines) = Known::lines(entry).filter(|_| is_directory) else { return };
    // The directories that are not at their end yet, and the path of the last.
    let (mut open, mut path) = (vec![Entries::default()], copy);
    let close = |open: &mut Vec<Entries>, path: &mut PathBuf| {
        if let Some(entries) = open.pop() {
            reporting.report(path, &entries);
        }
        path.pop();
    };
    for (level, is_directory, name) in places(lines) {
        while open.len() > level + 1 {
            close(&mut open, &mut path);
        }
        let kind = if is_directory { FileType::Directory } else { FileType::RegularFile };
        if let Some(entries) = open.last_mut() {
            entries.note(name, kind);
        }
        if is_directory {
            open.push(Entries::default());
            path.push(OsStr::from_bytes(name));
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut path);
    }
}
