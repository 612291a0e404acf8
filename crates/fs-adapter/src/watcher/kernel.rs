//! What tells of changes: Linux's inotify, behind a trait so that tests can lose events and run out of
//! watches at will.

use std::ffi::OsStr;
use std::fmt::Debug;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use rustix::io::Errno;

use super::mounts::{Mount, mounts};

/// How many bytes of events are read at once: some hundred.
const BUFFER_BYTES: usize = 16 * 1024;

/// The longest event: its head and the longest name with the bytes that fill it up. Source: `inotify(7)`.
const LONGEST_EVENT: usize = 16 + 256;

/// The number of a watch. One directory has one, whatever the number of paths that lead to it.
pub(super) type Watch = i32;

/// What is told of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interest {
    /// Writing to the files in it, and not only which entries it has.
    pub(super) content: bool,
    /// Whether a link in the place of the directory is followed.
    pub(super) through_link: bool,
}

/// Something that happened in a watched directory, or to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event<'a> {
    /// The directory.
    pub(super) watch: Watch,
    /// The entry; empty for the directory itself.
    pub(super) name: &'a OsStr,
    /// What happened.
    pub(super) flags: ReadFlags,
}

/// Watches directories and tells what happens in them, in the order in which it happened.
pub(super) trait Kernel: Debug + Send + Sync {
    /// Begins to watch a directory, or watches it for more.
    fn watch(&self, directory: &Path, interest: Interest) -> io::Result<Watch>;

    /// Ends a watch; one that has ended by itself is no error.
    fn unwatch(&self, watch: Watch);

    /// Returns how many bytes of events are to be read.
    fn pending(&self) -> u64;

    /// Reads so many bytes of events, and at most a buffer more.
    fn read(&self, bytes: u64, take: &mut dyn FnMut(Event<'_>)) -> io::Result<()>;

    /// Returns what becomes readable when there are events.
    fn readable(&self) -> BorrowedFd<'_>;

    /// Returns what is mounted, what lies above after what it covers.
    fn mounts(&self) -> Vec<Mount>;
}

/// Linux's inotify.
#[derive(Debug)]
pub(super) struct Inotify(OwnedFd);

impl Inotify {
    /// Takes one of the instances that the system allows a user.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?))
    }
}

impl Kernel for Inotify {
    fn watch(&self, directory: &Path, interest: Interest) -> io::Result<Watch> {
        // What another path to the same directory asked for is kept. Reading is never told, so that
        // our own causes nothing.
        let mut flags = WatchFlags::MASK_ADD
            | WatchFlags::ONLYDIR
            | WatchFlags::EXCL_UNLINK
            | WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVED_FROM
            | WatchFlags::MOVED_TO
            | WatchFlags::ATTRIB
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF;
        if interest.content {
            // Also closed: that is how a write ends whose program is killed.
            flags |= WatchFlags::MODIFY | WatchFlags::CLOSE_WRITE;
        }
        if !interest.through_link {
            flags |= WatchFlags::DONT_FOLLOW;
        }
        Ok(inotify::add_watch(&self.0, directory, flags)?)
    }

    fn unwatch(&self, watch: Watch) {
        // It fails only for a watch that is gone, which is what was wanted.
        let _gone = inotify::remove_watch(&self.0, watch);
    }

    fn pending(&self) -> u64 {
        // It cannot fail on an inotify descriptor; were it to, something is there.
        rustix::io::ioctl_fionread(&self.0).unwrap_or(1)
    }

    fn read(&self, bytes: u64, take: &mut dyn FnMut(Event<'_>)) -> io::Result<()> {
        let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
        let mut events = Reader::new(&self.0, &mut buffer);
        // An event that does not fit any more is left for the next buffer.
        for _ in 0..=bytes / (BUFFER_BYTES - LONGEST_EVENT) as u64 {
            loop {
                let event = match events.next() {
                    Ok(event) => event,
                    Err(Errno::AGAIN) => return Ok(()),
                    Err(Errno::INTR) => continue,
                    Err(error) => return Err(error.into()),
                };
                let name = event.file_name().map_or(&b""[..], |name| name.to_bytes());
                let name = OsStr::from_bytes(name);
                take(Event { watch: event.wd(), name, flags: event.events() });
                if events.is_buffer_empty() {
                    break;
                }
            }
        }
        Ok(())
    }

    fn readable(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }

    fn mounts(&self) -> Vec<Mount> {
        mounts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TempTree;

    #[test]
    fn so_many_bytes_are_read_as_were_pending() {
        let tree = TempTree::new();
        let kernel = Inotify::new().unwrap();
        kernel.watch(&tree.path(""), Interest { content: false, through_link: false }).unwrap();
        // The longest names leave the most of a buffer free.
        for number in 0..1000 {
            tree.file(format!("{number:0>255}"), "");
        }
        let mut read = 0;
        kernel.read(kernel.pending(), &mut |_| read += 1).unwrap();
        assert_eq!((kernel.pending(), read), (0, 1000));
    }
}
