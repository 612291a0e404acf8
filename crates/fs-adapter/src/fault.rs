//! Saying what went wrong on disk: paths and errors as a person reads them.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io;

/// Prints a path or name; bytes that are not UTF-8 become `\xNN`, so that no two names look alike.
pub(crate) fn printable(path: impl AsRef<OsStr>) -> String {
    let mut printed = String::new();
    for chunk in path.as_ref().as_encoded_bytes().utf8_chunks() {
        printed.push_str(chunk.valid());
        for byte in chunk.invalid() {
            write!(printed, "\\x{byte:02x}").expect("writing to a String cannot fail");
        }
    }
    printed
}

/// Says an I/O error as a phrase: `cannot be read: permission denied`.
pub(crate) fn cannot_be_read(error: &io::Error) -> String {
    cannot_be("read", error)
}

/// Says what could not be done because of an I/O error.
pub(crate) fn cannot_be(done: &str, error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    let lower = letters.next().map(|first| first.to_lowercase().chain(letters).collect::<String>());
    format!("cannot be {done}: {}", lower.unwrap_or_default())
}

/// Tells whether links lead round in a circle; `io::ErrorKind` has no stable name for it.
pub(crate) fn is_loop(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// Tells whether nothing is there: no such name, a file in place of a directory, or links that lead
/// nowhere or round.
pub(crate) fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory) || is_loop(error)
}

/// What to do about an I/O error on something that ought to be readable.
pub(crate) fn make_readable(error: &io::Error) -> &'static str {
    if error.raw_os_error() == Some(rustix::io::Errno::MFILE.raw_os_error()) {
        return "allow more open files (`ulimit -n`), or use fewer `threads`";
    }
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "make it readable for you, for example with `chmod u+rX`"
        }
        _ => "look at it with `ls -la`; the file system may be damaged or unavailable",
    }
}

/// What to do about an I/O error on something that ought to be writable.
pub(crate) fn make_writable(error: &io::Error) -> &'static str {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        PermissionDenied => {
            "make it and its directory writable for you, for example with `chmod u+rwX`"
        }
        ReadOnlyFilesystem => "mount the file system for writing",
        StorageFull | QuotaExceeded => "make room on the file system",
        _ => "look at it with `ls -la`; the file system may be damaged or unavailable",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn names_that_are_not_utf8_stay_apart() {
        assert_eq!(printable(OsStr::from_bytes(b"/a/\xff\xc3\xa9")), "/a/\\xffé");
        assert_ne!(printable(OsStr::from_bytes(b"\xff")), printable(OsStr::from_bytes(b"\xfe")));
    }

    #[test]
    fn an_error_is_a_phrase() {
        let error = io::Error::from_raw_os_error(13);
        assert_eq!(cannot_be_read(&error), "cannot be read: permission denied");
    }
}
