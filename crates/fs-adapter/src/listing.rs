//! Listing a directory, with nothing allocated for its entries.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;
use rustix::path::Arg;

/// Hands over every entry of a directory but `.` and `..`, in the system's order, with its kind as far as
/// the system tells that with the name. One that is deleted meanwhile has come to its end.
///
/// Must be called once for an open directory: its place in the listing is not set back.
///
/// # Errors
///
/// - Whatever the system refuses; what was handed over before is not all there is.
pub(crate) fn list(
    directory: BorrowedFd<'_>,
    mut each: impl FnMut(&CStr, FileType),
) -> io::Result<()> {
    let result = entries(directory, |name, kind| {
        if !matches!(name.to_bytes(), b"." | b"..") {
            #[cfg(test)]
            let kind = if KINDS_ARE_HIDDEN.get() { FileType::Unknown } else { kind };
            each(name, kind);
        }
    });
    match result {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Lists the directory that a path leads to, through links too. The kind of each entry is known; one that is
/// gone before it can be asked for is left out.
///
/// # Errors
///
/// - Whatever the system refuses; what was handed over before is not all there is.
pub(crate) fn list_at(directory: &Path, mut each: impl FnMut(&CStr, FileType)) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = openat(CWD, directory, flags, Mode::empty())?;
    list(opened.as_fd(), |name, kind| {
        if let Ok(kind) = known(kind, opened.as_fd(), name) {
            each(name, kind);
        }
    })
}

/// Asks for the kind of an entry where the listing does not tell it, as some file systems never do.
pub(crate) fn known(
    listed: FileType,
    parent: BorrowedFd<'_>,
    name: impl Arg,
) -> io::Result<FileType> {
    if listed != FileType::Unknown {
        return Ok(listed);
    }
    Ok(FileType::from_raw_mode(statat(parent, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode))
}

#[cfg(target_os = "linux")]
fn entries(
    directory: BorrowedFd<'_>,
    mut each: impl FnMut(&CStr, FileType),
) -> rustix::io::Result<()> {
    use std::mem::MaybeUninit;

    use rustix::fs::RawDir;

    // Most directories come at once.
    let mut buffer = [MaybeUninit::<u8>::uninit(); 16 * 1024];
    let mut entries = RawDir::new(directory, &mut buffer);
    while let Some(entry) = entries.next() {
        let entry = entry?;
        each(entry.file_name(), entry.file_type());
    }
    Ok(())
}

/// Takes any system that has `readdir`, at the cost of opening the directory once more.
#[cfg(not(target_os = "linux"))]
fn entries(
    directory: BorrowedFd<'_>,
    mut each: impl FnMut(&CStr, FileType),
) -> rustix::io::Result<()> {
    for entry in rustix::fs::Dir::read_from(directory)? {
        let entry = entry?;
        each(entry.file_name(), entry.file_type());
    }
    Ok(())
}

#[cfg(test)]
thread_local! {
    static KINDS_ARE_HIDDEN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Has this thread list as on a file system that tells no kind with a name.
#[cfg(test)]
pub(crate) fn without_kinds<T>(act: impl FnOnce() -> T) -> T {
    KINDS_ARE_HIDDEN.set(true);
    let done = act();
    KINDS_ARE_HIDDEN.set(false);
    done
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;
    use crate::test_support::{TempTree, name};

    /// Lists a directory and names what it holds, sorted.
    fn names(directory: &File) -> Vec<(Vec<u8>, FileType)> {
        let mut names = Vec::new();
        list(directory.as_fd(), |name, kind| names.push((name.to_bytes().to_vec(), kind))).unwrap();
        names.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        names
    }

    #[test]
    fn every_entry_comes_once_with_its_kind() {
        let tree = TempTree::new();
        tree.file("file", "").directory("directory").link("link", "file").file(name(b"\xff"), "");
        let found = names(&File::open(tree.path("")).unwrap());
        let expected: [(&[u8], _); 4] = [
            (b"directory", FileType::Directory),
            (b"file", FileType::RegularFile),
            (b"link", FileType::Symlink),
            (b"\xff", FileType::RegularFile),
        ];
        assert_eq!(found, expected.map(|(name, kind)| (name.to_vec(), kind)));
    }

    #[test]
    fn a_kind_that_is_not_told_is_asked_for() {
        let tree = TempTree::new();
        tree.file("in/file", "")
            .directory("in/directory")
            .link("in/link", "file")
            .link("way", "in");
        let directory = File::open(tree.path("in")).unwrap();
        let told = without_kinds(|| names(&directory));
        assert!(told.iter().all(|(_, kind)| *kind == FileType::Unknown), "{told:?}");
        let mut known = Vec::new();
        let listed = without_kinds(|| {
            list_at(&tree.path("way"), |name, kind| known.push((name.to_owned(), kind)))
        });
        listed.unwrap();
        known.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let expected = [
            (c"directory", FileType::Directory),
            (c"file", FileType::RegularFile),
            (c"link", FileType::Symlink),
        ];
        assert_eq!(known, expected.map(|(name, kind)| (name.to_owned(), kind)));
    }

    #[test]
    fn what_does_not_fit_at_once_comes_too() {
        let tree = TempTree::new();
        let expected: Vec<_> = (0..2000).map(|number| format!("{number:0200}")).collect();
        for name in &expected {
            tree.file(name, "");
        }
        let found = names(&File::open(tree.path("")).unwrap());
        assert!(found.iter().map(|(name, _)| &**name).eq(expected.iter().map(String::as_bytes)));
    }

    #[test]
    fn a_deleted_directory_is_empty_and_a_file_is_refused() {
        let tree = TempTree::new();
        let opened = File::open(tree.directory("gone").path("gone")).unwrap();
        fs::remove_dir(tree.path("gone")).unwrap();
        assert_eq!(names(&opened), []);
        let file = File::open(tree.file("file", "").path("file")).unwrap();
        let error = list(file.as_fd(), |_, _| ()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }
}
