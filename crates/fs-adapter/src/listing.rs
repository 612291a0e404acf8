//! Listing an open directory, with nothing allocated for its entries.

use std::ffi::CStr;
use std::io;
use std::os::fd::BorrowedFd;

use rustix::fs::FileType;
use rustix::io::Errno;

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
            each(name, kind);
        }
    });
    match result {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
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
mod tests {
    use std::fs::{self, File};
    use std::os::fd::AsFd;

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
