//! One entry of a directory with all below it, and no link followed: copied, fingerprinted, deleted.
//!
//! Everything is done relative to open directories, by names without a slash, so that no directory that
//! is swapped for a link meanwhile is walked through.

mod removal;

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

pub(crate) use removal::remove;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, fstat, openat, readlinkat, statat};
use sha2::{Digest, Sha256};

use crate::tree::MAX_LEVELS;

/// The bytes read at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// An entry, open for reading.
#[derive(Debug)]
pub(crate) enum Entry {
    /// A directory.
    Directory(OwnedFd),
    /// A regular file.
    File(OwnedFd),
    /// A link, and where it leads.
    Link(CString),
}

/// Why an entry was not copied.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Where below the entry; empty for itself.
    pub(crate) inside: PathBuf,
    /// What is wrong there.
    pub(crate) what: What,
}

/// What can be wrong with a part of an entry.
#[derive(Debug)]
pub(crate) enum What {
    /// It could not be read.
    Unread(io::Error),
    /// Its copy could not be written.
    Unwritten(io::Error),
    /// It is neither a file nor a directory nor a link.
    Special,
    /// It lies too many directories deep.
    TooDeep,
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Copied {
    /// What tells this content, with its permissions and links, from any other.
    pub(crate) fingerprint: [u8; 32],
    /// The bytes in files.
    pub(crate) size: u64,
}

/// Where an entry is copied to: an open directory, and the name in it, which must be free.
pub(crate) type Target<'a> = (BorrowedFd<'a>, &'a CStr);

/// Tells which names in directories are left out.
pub(crate) type LeftOut = fn(&[u8]) -> bool;

impl Entry {
    /// Opens what is called `name` in a directory; nothing when there is nothing.
    ///
    /// # Errors
    ///
    /// [`What::Special`] for a FIFO, socket or device, which is not opened.
    pub(crate) fn open(directory: BorrowedFd<'_>, name: &CStr) -> Result<Option<Self>, What> {
        let unread = |errno: rustix::io::Errno| What::Unread(errno.into());
        let stat = match statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => stat,
            Err(rustix::io::Errno::NOENT) => return Ok(None),
            Err(errno) => return Err(unread(errno)),
        };
        let open = |flags: OFlags| {
            let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            openat(directory, name, flags, Mode::empty()).map_err(unread)
        };
        Ok(Some(match FileType::from_raw_mode(stat.st_mode) {
            FileType::Directory => Self::Directory(open(OFlags::DIRECTORY)?),
            FileType::RegularFile => {
                let file = open(OFlags::NONBLOCK)?;
                let now = fstat(&file).map_err(unread)?;
                if FileType::from_raw_mode(now.st_mode) != FileType::RegularFile {
                    return Err(What::Special);
                }
                Self::File(file)
            }
            FileType::Symlink => {
                Self::Link(readlinkat(directory, name, Vec::new()).map_err(unread)?)
            }
            _ => return Err(What::Special),
        }))
    }

    /// Copies the entry: content, permissions, links and empty directories. It is on disk when this
    /// returns, but for the name `to` gives it. What was made of it before a fault is left there.
    pub(crate) fn copy(&self, to: Target<'_>, left_out: LeftOut) -> Result<Copied, Fault> {
        Walk::new(left_out).whole(self, Some(to))
    }

    /// Returns the fingerprint that [`copy`](Self::copy) would give.
    pub(crate) fn fingerprint(&self) -> Result<[u8; 32], Fault> {
        Ok(Walk::new(|_| false).whole(self, None)?.fingerprint)
    }
}

struct Walk {
    left_out: LeftOut,
    digest: Sha256,
    size: u64,
    buffer: Vec<u8>,
    path: Vec<u8>,
    level: usize,
}

impl Walk {
    fn new(left_out: LeftOut) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        Self { left_out, digest: Sha256::new(), size: 0, buffer, path: Vec::new(), level: 0 }
    }

    fn whole(mut self, entry: &Entry, to: Option<Target<'_>>) -> Result<Copied, Fault> {
        self.entry(entry, to)?;
        Ok(Copied { fingerprint: self.digest.finalize().into(), size: self.size })
    }

    fn entry(&mut self, entry: &Entry, to: Option<Target<'_>>) -> Result<(), Fault> {
        match entry {
            Entry::Directory(directory) => self.directory(directory, to),
            Entry::File(file) => self.file(file, to),
            Entry::Link(target) => {
                self.frame(b'l', target.to_bytes());
                let Some((directory, name)) = to else { return Ok(()) };
                rustix::fs::symlinkat(target, directory, name)
                    .map_err(|errno| self.unwritten(errno))
            }
        }
    }

    fn directory(&mut self, from: &OwnedFd, to: Option<Target<'_>>) -> Result<(), Fault> {
        if self.level == MAX_LEVELS {
            return Err(self.fault(What::TooDeep));
        }
        let mode = self.mode(from)?;
        self.frame(b'd', &mode.as_raw_mode().to_be_bytes());
        let made = to.map(|(directory, name)| self.make_directory(directory, name)).transpose()?;
        let parent = self.path.len();
        self.level += 1;
        for name in self.names(from)? {
            if parent > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(name.to_bytes());
            let entry = Entry::open(from.as_fd(), &name).map_err(|what| self.fault(what))?;
            let Some(entry) = entry else {
                return Err(self.fault(What::Unread(io::ErrorKind::NotFound.into())));
            };
            self.frame(b'n', name.to_bytes());
            self.entry(&entry, made.as_ref().map(|made| (made.as_fd(), &*name)))?;
            self.path.truncate(parent);
        }
        self.level -= 1;
        self.frame(b'e', &[]);
        made.map_or(Ok(()), |made| self.finish(&made, mode))
    }

    /// Makes a directory that is open to its owner until it is filled.
    fn make_directory(&self, within: BorrowedFd<'_>, name: &CStr) -> Result<OwnedFd, Fault> {
        rustix::fs::mkdirat(within, name, Mode::RWXU)
            .and_then(|()| {
                let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
                openat(within, name, flags, Mode::empty())
            })
            .map_err(|errno| self.unwritten(errno))
    }

    fn names(&self, directory: &OwnedFd) -> Result<Vec<CString>, Fault> {
        let unread = |errno: rustix::io::Errno| self.fault(What::Unread(errno.into()));
        let mut names = Vec::new();
        for entry in Dir::read_from(directory).map_err(unread)? {
            let name = entry.map_err(unread)?.file_name().to_owned();
            if !matches!(name.to_bytes(), b"." | b"..") && !(self.left_out)(name.to_bytes()) {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn file(&mut self, from: &OwnedFd, to: Option<Target<'_>>) -> Result<(), Fault> {
        let mode = self.mode(from)?;
        self.frame(b'f', &mode.as_raw_mode().to_be_bytes());
        let flags =
            OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = to
            .map(|(directory, name)| openat(directory, name, flags, Mode::RUSR | Mode::WUSR))
            .transpose()
            .map_err(|errno| self.unwritten(errno))?;
        let mut size = 0;
        loop {
            self.buffer.clear();
            rustix::io::read(from, rustix::buffer::spare_capacity(&mut self.buffer))
                .map_err(|errno| self.fault(What::Unread(errno.into())))?;
            if self.buffer.is_empty() {
                break;
            }
            self.digest.update(&self.buffer);
            size += self.buffer.len() as u64;
            if let Some(made) = &made {
                write_all(made, &self.buffer)
                    .map_err(|error| self.fault(What::Unwritten(error)))?;
            }
        }
        self.frame(b'e', &size.to_be_bytes());
        self.size += size;
        made.map_or(Ok(()), |made| self.finish(&made, mode))
    }

    /// Gives what was made its permissions, and brings it to the disk.
    fn finish(&self, made: &OwnedFd, mode: Mode) -> Result<(), Fault> {
        rustix::fs::fchmod(made, mode)
            .and_then(|()| rustix::fs::fsync(made))
            .map_err(|errno| self.unwritten(errno))
    }

    fn mode(&self, open: &OwnedFd) -> Result<Mode, Fault> {
        let stat = fstat(open).map_err(|errno| self.fault(What::Unread(errno.into())))?;
        Ok(Mode::from_raw_mode(stat.st_mode & 0o7777))
    }

    /// Feeds something whose end can be told.
    fn frame(&mut self, kind: u8, bytes: &[u8]) {
        self.digest.update([kind]);
        self.digest.update((bytes.len() as u64).to_be_bytes());
        self.digest.update(bytes);
    }

    fn unwritten(&self, errno: rustix::io::Errno) -> Fault {
        self.fault(What::Unwritten(errno.into()))
    }

    fn fault(&self, what: What) -> Fault {
        Fault { inside: PathBuf::from(std::ffi::OsString::from_vec(self.path.clone())), what }
    }
}

/// Writes all of it, however little the system takes at once.
pub(crate) fn write_all(file: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(file, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Opens a directory anew so that it can be listed: many are open only as places to start from, of which
/// the system tells and does nothing.
pub(crate) fn for_listing(directory: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(directory, ".", flags, Mode::empty())?)
}

/// Brings to the disk which names a directory holds.
pub(crate) fn sync_directory(directory: BorrowedFd<'_>) -> io::Result<()> {
    Ok(rustix::fs::fsync(for_listing(directory)?)?)
}

#[cfg(test)]
mod tests;
