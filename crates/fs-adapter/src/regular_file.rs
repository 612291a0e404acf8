//! Reading a small file whole, without trusting that it is one.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::BorrowedFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};

use crate::layout::MAX_TOML_BYTES;

/// For how many bytes there is room before any has come. Few trackers have more.
const MOST_AT_ONCE: u64 = 256 * 1024;

/// How often a file that is cut short while it is read is tried.
const TRIES: usize = 3;

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum NotRead {
    /// There is nothing of that name, not even a link.
    Absent,
    /// There is something, and this is why it was not read and what to do.
    Refused { reason: String, fix: &'static str },
}

/// Reads a file of at most [`MAX_TOML_BYTES`]. A FIFO or device is never opened. One that is cut short while it
/// is read, as by who writes it in place, is read again.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, NotRead> {
    read_at(CWD, path)
}

/// The same by its path from an open directory.
pub(crate) fn read_at(directory: BorrowedFd<'_>, path: &Path) -> Result<Vec<u8>, NotRead> {
    for _ in 0..TRIES {
        if let Some(bytes) = read_once(directory, path)? {
            return Ok(bytes);
        }
    }
    Err(NotRead::Refused {
        reason: "changed each time it was read".to_owned(),
        fix: "ask again when whatever writes there has finished",
    })
}

/// Reads a file; nothing when less came than there was before.
fn read_once(directory: BorrowedFd<'_>, path: &Path) -> Result<Option<Vec<u8>>, NotRead> {
    let look = |flags| statat(directory, path, flags).map_err(io::Error::from);
    // Mostly there is nothing, or a file and no link: that takes one look.
    let named =
        look(AtFlags::SYMLINK_NOFOLLOW).map_err(|error| absent_or_refused(false, &error))?;
    let is_link = FileType::from_raw_mode(named.st_mode) == FileType::Symlink;
    let stat = if is_link { look(AtFlags::empty()) } else { Ok(named) };
    let stat = stat.map_err(|error| absent_or_refused(is_link, &error))?;
    let refused = |reason: &str, fix| NotRead::Refused { reason: reason.to_owned(), fix };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => {}
        FileType::Directory => {
            return Err(refused("is a directory, not a file", "move the directory away"));
        }
        _ => return Err(refused("is a FIFO, socket or device, not a file", "remove it")),
    }
    // O_NONBLOCK: should it have become a FIFO meanwhile, opening it does not hang.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = openat(directory, path, flags, Mode::empty()).map(File::from);
    let length = u64::try_from(stat.st_size).unwrap_or(0);
    let bytes = file
        .map_err(io::Error::from)
        .and_then(|file| read_whole(&file, length, MAX_TOML_BYTES + 1))
        .map_err(|error| absent_or_refused(is_link, &error))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_TOML_BYTES) {
        let megabytes = MAX_TOML_BYTES / 1024 / 1024;
        return Err(NotRead::Refused {
            reason: format!("is larger than {megabytes} MiB, so it was not read"),
            fix: "look at what wrote it; a tracker or manifest has less than 1 kB a record",
        });
    }
    let is_whole = u64::try_from(bytes.len()).is_ok_and(|read| read >= length);
    Ok(is_whole.then_some(bytes))
}

/// Reads at most `limit` bytes. Whatever length the file claims to have, only what comes takes memory.
pub(crate) fn read_at_most(file: &File, limit: u64) -> io::Result<Vec<u8>> {
    read_whole(file, 0, limit)
}

/// The same of a file that is likely to have `length` bytes: it is read at once if that is not much.
fn read_whole(file: &File, length: u64, limit: u64) -> io::Result<Vec<u8>> {
    let room = length.min(MOST_AT_ONCE).min(limit);
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
    file.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Tells a name that is not there from a link that leads nowhere or round.
fn absent_or_refused(is_link: bool, error: &io::Error) -> NotRead {
    if !crate::fault::is_absence(error) {
        return NotRead::Refused {
            reason: crate::fault::cannot_be_read(error),
            fix: crate::fault::make_readable(error),
        };
    }
    if !is_link {
        return NotRead::Absent;
    }
    NotRead::Refused {
        reason: "is a link that leads nowhere".to_owned(),
        fix: "remove the link or restore what it points to",
    }
}
