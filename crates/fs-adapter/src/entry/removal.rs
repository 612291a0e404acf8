//! Deleting an entry with all below it.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, chmodat, fchmod, fstat, openat, unlinkat};
use rustix::io::Errno;

/// How deep it goes: what lies deeper was never a copy.
const MAX_LEVELS: usize = 128;

/// Deletes what is called `name` in a directory, whatever its permissions say; that there is nothing is
/// no error.
pub(crate) fn remove(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    remove_below(directory, name, 0)
}

fn remove_below(directory: BorrowedFd<'_>, name: &CStr, level: usize) -> io::Result<()> {
    match unlinkat(directory, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => return Ok(()),
        // Linux says the one, POSIX the other.
        Err(Errno::ISDIR | Errno::PERM) => {}
        Err(errno) => return Err(errno.into()),
    }
    if level == MAX_LEVELS {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it lies too many directories deep",
        ));
    }
    let opened = open_for_emptying(directory, name)?;
    for entry in Dir::read_from(&opened)? {
        let name = entry?.file_name().to_owned();
        if !matches!(name.to_bytes(), b"." | b"..") {
            remove_below(opened.as_fd(), &name, level + 1)?;
        }
    }
    match unlinkat(directory, name, AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Opens a directory so that its entries can be listed and deleted.
fn open_for_emptying(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<OwnedFd> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let open = |flags| openat(directory, name, flags, Mode::empty());
    let opened = match open(flags | OFlags::RDONLY) {
        Err(Errno::ACCESS) => {
            // By its number, so that a link put there meanwhile is not followed.
            let closed = open(flags | OFlags::PATH)?;
            let by_number = format!("/proc/self/fd/{}", closed.as_raw_fd());
            chmodat(CWD, by_number, Mode::RWXU, AtFlags::empty())?;
            open(flags | OFlags::RDONLY)
        }
        opened => opened,
    }?;
    let mode = Mode::from_raw_mode(fstat(&opened)?.st_mode & 0o7777);
    if !mode.contains(Mode::RWXU) {
        fchmod(&opened, mode | Mode::RWXU)?;
    }
    Ok(opened)
}
