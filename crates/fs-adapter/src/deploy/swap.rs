//! Moving entries between their place and the staging directory, each in one step.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RenameFlags, fchmod, fstat, openat, renameat, renameat_with,
    statat,
};
use rustix::io::Errno;

use super::beneath::Located;
use crate::entry::sync_directory;

/// Lets two entries change places. Where the system cannot do that at once, the entry at `place` is moved
/// to `aside` first, and there is nothing at `place` for an instant; what was there is then at `aside`
/// and not at `staged`.
pub(crate) fn exchange(staged: &Located, place: &Located, aside: &Located) -> io::Result<()> {
    match rename(staged, place, RenameFlags::EXCHANGE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            move_to(place, aside)?;
            if let Err(error) = move_to(staged, place) {
                let _best_effort = move_to(aside, place);
                return Err(error);
            }
            Ok(())
        }
        result => Ok(result?),
    }
}

/// Moves an entry to a name that nothing has.
pub(crate) fn move_to(from: &Located, to: &Located) -> io::Result<()> {
    match rename(from, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => {
            match statat(to.within(), &to.name, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => {}
                Ok(_) => return Err(io::ErrorKind::AlreadyExists.into()),
                Err(errno) => return Err(errno.into()),
            }
            Ok(renameat(from.within(), &from.name, to.within(), &to.name)?)
        }
        result => Ok(result?),
    }
}

/// Brings to the disk which names the directories of two entries hold.
pub(crate) fn sync_names(one: &Located, other: &Located) -> io::Result<()> {
    sync_directory(one.within())?;
    sync_directory(other.within())
}

/// Renames. A directory that its owner may not write cannot be moved to another directory, so it is
/// made writable for as long as that takes.
fn rename(from: &Located, to: &Located, how: RenameFlags) -> rustix::io::Result<()> {
    let attempt = || renameat_with(from.within(), &from.name, to.within(), &to.name, how);
    match attempt() {
        Err(Errno::ACCESS) => {}
        result => return result,
    }
    let opened: Vec<_> = [from, to].into_iter().filter_map(made_writable).collect();
    let result = attempt();
    for (directory, mode) in opened {
        let _as_far_as_possible = fchmod(&directory, mode);
    }
    result
}

/// Makes a directory writable for its owner; nothing when it is none or was so before.
fn made_writable(located: &Located) -> Option<(OwnedFd, Mode)> {
    let stat = statat(located.within(), &located.name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return None;
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let directory = openat(located.within(), &located.name, flags, Mode::empty()).ok()?;
    let mode = Mode::from_raw_mode(fstat(directory.as_fd()).ok()?.st_mode & 0o7777);
    if mode.contains(Mode::WUSR) {
        return None;
    }
    fchmod(&directory, mode | Mode::WUSR).ok()?;
    Some((directory, mode))
}

#[cfg(test)]
mod tests;
