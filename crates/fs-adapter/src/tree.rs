//! One artifact's files in canonical order, fed to whoever wants them.
//!
//! The order is that of the path components by bytes, which a walk gives that sorts each directory
//! by name. Entries are opened relative to their directory, never by absolute path: that is cheaper,
//! and a directory that is swapped for a link meanwhile is not walked through.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat, openat};

use crate::entry::LeftOut;
use crate::kept::Kept;
use crate::links::{Links, Opened, leaves_profile_root};
use crate::listing::{known, list};
use crate::seen::Seen;
use crate::stamp::Stamp;

/// How many directories deep a copy may be. Each level holds one open directory while it is read, and two while it
/// is copied.
pub(crate) const MAX_LEVELS: usize = 64;

/// How long the path of a directory in a copy may be: what the system takes at once.
const MAX_PATH_BYTES: usize = 4095;

/// Takes an artifact's files as they are read.
pub(crate) trait Reader {
    /// The artifact is a directory, whose files follow.
    fn directory(&mut self) {}

    /// The artifact is a file, and its name is no link.
    fn named_file(&mut self) {}

    /// A file begins: its path below the artifact, or nothing when it is the artifact.
    fn begin(&mut self, path: Option<&str>);

    /// What the system says of it.
    fn stat(&mut self, _stat: &Stat) {}

    /// The next bytes of it.
    fn bytes(&mut self, bytes: &[u8]);

    /// It has ended.
    fn end(&mut self);

    /// A directory is listed next, of which the system says this: its path below the artifact, empty when
    /// it is the artifact.
    fn listed(&mut self, _path: &[u8], _stat: &Stat) {}

    /// An entry of the directory that is listed, in whatever order.
    fn holds(&mut self, _name: &[u8], _kind: FileType) {}

    /// That was all that is in the directory at this path.
    fn holds_no_more(&mut self, _path: &[u8]) {}

    /// Something comes that is neither a file nor a directory: a link, whatever it counts as, or what does
    /// not count.
    fn odd(&mut self) {}
}

/// Why a copy was not read.
#[derive(Debug)]
pub(crate) struct Fault {
    /// Where in the copy; empty for the copy itself.
    pub(crate) inside: Vec<u8>,
    /// What is wrong there.
    pub(crate) what: What,
}

/// What can be wrong with a file or directory of a copy.
#[derive(Debug)]
pub(crate) enum What {
    /// It changed while it was read.
    Changed,
    /// It is a link that leaves the directory it must stay in.
    LeavesProfileRoot,
    /// It is neither a file nor a directory.
    Neither,
    /// Its name is not UTF-8, so the hash is not defined.
    NotUtf8,
    /// It lies too many directories deep, or has too long a path.
    TooDeep,
    /// The system refused.
    Io(io::Error),
}

/// Reads the copy that `links` belongs to, without what is `left_out` of its directories; what `reader`
/// took counts only if this succeeds. Returns it, and what is still there to be read without the disk.
pub(crate) fn read<R: Reader>(
    links: &Links,
    left_out: LeftOut,
    reader: R,
) -> Result<(R, Kept), Fault> {
    let mut walk = Walk {
        links,
        left_out,
        reader,
        kept: Kept::new(),
        path: Vec::new(),
        names: Vec::new(),
        entries: Vec::new(),
        level: 0,
        seen: Seen::default(),
    };
    let unchanged = match links.open(b"").map_err(|error| walk.refused(error))? {
        Opened::File { file, is_named } => {
            if is_named {
                walk.reader.named_file();
            }
            walk.reader.begin(None);
            walk.kept.begin(None);
            walk.content(file, false)?;
            walk.seen.unchanged(links, None)
        }
        Opened::Directory(directory) => {
            walk.reader.directory();
            walk.kept.directory();
            let stamp = walk.directory(directory.as_fd())?;
            let stat = fstat(&directory).map_err(|errno| walk.refused(errno.into()))?;
            if Stamp::new(&stat) == stamp {
                walk.seen.unchanged(links, Some(directory.as_fd()))
            } else {
                Ok(false)
            }
        }
        Opened::Neither => return Err(walk.fault(What::Neither)),
    };
    match unchanged {
        Ok(true) => Ok((walk.reader, walk.kept)),
        Ok(false) => Err(walk.fault(What::Changed)),
        Err(error) => Err(walk.refused(error)),
    }
}

struct Walk<'a, R> {
    links: &'a Links,
    left_out: LeftOut,
    reader: R,
    kept: Kept,
    /// The path of the current entry relative to the copy, without a slash at either end.
    path: Vec<u8>,
    /// The names of `entries`, one behind the other.
    names: Vec<u8>,
    /// What is still to be fed of this directory and those above, in one room for all of them.
    entries: Vec<Entry>,
    level: usize,
    seen: Seen,
}

/// An entry of a directory.
#[derive(Clone, Copy)]
struct Entry {
    /// Where its name begins and ends in [`Walk::names`].
    name: (usize, usize),
    kind: FileType,
}

impl<R: Reader> Walk<'_, R> {
    /// Feeds everything in a directory; returns its stamp from before it was listed.
    fn directory(&mut self, directory: BorrowedFd<'_>) -> Result<Stamp, Fault> {
        let before = fstat(directory).map_err(|errno| self.refused(errno.into()))?;
        self.reader.listed(&self.path, &before);
        let Self { names, entries, left_out, reader, .. } = self;
        let (first_name, first) = (names.len(), entries.len());
        let listed = list(directory, |name, kind| {
            if !left_out(name.to_bytes()) {
                let begin = names.len();
                names.extend_from_slice(name.to_bytes());
                entries.push(Entry { name: (begin, names.len()), kind });
                reader.holds(name.to_bytes(), kind);
            }
        });
        let name = |entry: &Entry| &names[entry.name.0..entry.name.1];
        entries[first..].sort_unstable_by(|a, b| name(a).cmp(name(b)));
        listed.map_err(|error| self.refused(error))?;
        self.reader.holds_no_more(&self.path);
        let parent = self.path.len();
        for at in first..self.entries.len() {
            let Entry { name: (begin, end), kind } = self.entries[at];
            if parent > 0 {
                self.path.push(b'/');
            }
            let name = self.path.len();
            self.path.extend_from_slice(&self.names[begin..end]);
            self.entry(directory, name, kind)?;
            self.path.truncate(parent);
        }
        self.names.truncate(first_name);
        self.entries.truncate(first);
        Ok(Stamp::new(&before))
    }

    /// Feeds the entry whose name is what begins at `name` in the path.
    fn entry(&mut self, parent: BorrowedFd<'_>, name: usize, kind: FileType) -> Result<(), Fault> {
        match kind {
            FileType::RegularFile => {
                self.name()?;
                let file = self.open(parent, name, OFlags::NONBLOCK)?;
                self.content(file, false)
            }
            FileType::Directory => self.subdirectory(parent, name),
            FileType::Symlink => self.link(),
            FileType::Unknown => {
                let known = known(kind, parent, &self.path[name..]);
                match known.map_err(|error| self.vanished_or_refused(error))? {
                    FileType::Unknown => self.odd(),
                    kind => self.entry(parent, name, kind),
                }
            }
            FileType::Fifo
            | FileType::Socket
            | FileType::CharacterDevice
            | FileType::BlockDevice => self.odd(),
        }
    }

    /// Passes by what does not count.
    #[expect(clippy::unnecessary_wraps, reason = "what is passed by is no fault")]
    fn odd(&mut self) -> Result<(), Fault> {
        self.reader.odd();
        Ok(())
    }

    fn subdirectory(&mut self, parent: BorrowedFd<'_>, name: usize) -> Result<(), Fault> {
        let directory = match self.open(parent, name, OFlags::DIRECTORY) {
            Err(Fault { what: What::Io(error), .. })
                if matches!(self.links, Links::Followed { .. })
                    && error.kind() == io::ErrorKind::PermissionDenied =>
            {
                // SkillMeat lists a directory it may not read as empty.
                return Ok(());
            }
            opened => opened?,
        };
        if self.level == MAX_LEVELS || self.path.len() > MAX_PATH_BYTES {
            return Err(self.fault(What::TooDeep));
        }
        self.level += 1;
        let stamp = self.directory(directory.as_fd())?;
        self.level -= 1;
        self.seen.remember(&self.path, directory, stamp, false);
        Ok(())
    }

    /// A link to a file counts as that file; a link to anything else, or to nothing, does not.
    fn link(&mut self) -> Result<(), Fault> {
        self.reader.odd();
        match self.links.open(&self.path) {
            Ok(Opened::File { file, .. }) => {
                self.name()?;
                self.content(file, true)
            }
            Ok(Opened::Directory(_) | Opened::Neither) => Ok(()),
            Err(error) if crate::fault::is_absence(&error) => Ok(()),
            Err(error) => Err(self.refused(error)),
        }
    }

    fn open(&self, parent: BorrowedFd<'_>, name: usize, flags: OFlags) -> Result<OwnedFd, Fault> {
        let flags = flags | OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(parent, &self.path[name..], flags, Mode::empty())
            .map_err(|errno| self.vanished_or_refused(errno.into()))
    }

    /// Begins a file by its path.
    fn name(&mut self) -> Result<(), Fault> {
        let Ok(path) = str::from_utf8(&self.path) else {
            return Err(self.fault(What::NotUtf8));
        };
        self.reader.begin(Some(path));
        self.kept.begin(Some(path));
        Ok(())
    }

    /// Feeds the bytes of a file.
    fn content(&mut self, file: OwnedFd, through_link: bool) -> Result<(), Fault> {
        let stat = fstat(&file).map_err(|errno| self.refused(errno.into()))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(self.fault(What::Changed));
        }
        self.reader.stat(&stat);
        let size = u64::try_from(stat.st_size).unwrap_or(0);
        let mut read = 0;
        loop {
            let count = match self.kept.fill(&file) {
                Ok(bytes) => {
                    self.reader.bytes(bytes);
                    bytes.len()
                }
                Err(error) => return Err(self.refused(error)),
            };
            read += count as u64;
            // A file of known size has ended when that much was read; that it has not grown is
            // looked at in the end. Some file systems say 0 for files that do have content.
            if size > 0 && read >= size {
                break;
            }
            if count == 0 {
                if read < size {
                    // It has been cut short meanwhile.
                    return Err(self.fault(What::Changed));
                }
                break;
            }
        }
        self.reader.end();
        self.kept.end();
        self.seen.remember(&self.path, file, Stamp::new(&stat), through_link);
        Ok(())
    }

    fn fault(&self, what: What) -> Fault {
        Fault { inside: self.path.clone(), what }
    }

    fn refused(&self, error: io::Error) -> Fault {
        self.fault(if leaves_profile_root(&error) {
            What::LeavesProfileRoot
        } else {
            What::Io(error)
        })
    }

    /// An entry that was listed and is gone, or is now something else, has changed.
    fn vanished_or_refused(&self, error: io::Error) -> Fault {
        if crate::fault::is_absence(&error) {
            self.fault(What::Changed)
        } else {
            self.refused(error)
        }
    }
}
