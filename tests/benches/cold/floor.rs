//! The least a discovery can do: list directories down to the limit, and probe what starts with a
//! dot. No problems, no order, no checks.

use std::ffi::{CStr, OsStr};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, accessat, openat};

const TRACKER: &str = ".skillmeat-deployed.toml";

/// Returns the trackers of projects at most `depth` directories below `root`.
pub(crate) fn trackers(root: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let directory = openat(CWD, root, flags(), Mode::empty()).expect("the root is there");
    walk(&directory, root, depth, &mut found);
    found
}

fn flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW
}

fn walk(directory: &OwnedFd, path: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let mut buffer = [MaybeUninit::<u8>::uninit(); 16 * 1024];
    let mut below = Vec::new();
    let mut entries = RawDir::new(directory, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry.expect("the tree is readable");
        let name = entry.file_name();
        let kind = entry.file_type();
        if matches!(name.to_bytes(), b"." | b"..")
            || !matches!(kind, FileType::Directory | FileType::Symlink)
        {
            continue;
        }
        if name.to_bytes().starts_with(b".") && has_tracker(directory.as_fd(), name) {
            found.push(path.join(OsStr::from_bytes(name.to_bytes())).join(TRACKER));
        }
        if kind == FileType::Directory && depth > 0 {
            below.push(name.to_owned());
        }
    }
    for name in below {
        if let Ok(child) = openat(directory, &name, flags(), Mode::empty()) {
            walk(&child, &path.join(OsStr::from_bytes(name.to_bytes())), depth - 1, found);
        }
    }
}

fn has_tracker(directory: BorrowedFd<'_>, name: &CStr) -> bool {
    let mut path = name.to_bytes().to_vec();
    path.push(b'/');
    path.extend_from_slice(TRACKER.as_bytes());
    accessat(directory, path.as_slice(), rustix::fs::Access::EXISTS, AtFlags::empty()).is_ok()
}
