//! How far links are followed, and opening what they lead to.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, statat};

/// Opens nothing where the system can do that.
#[cfg(target_os = "linux")]
const LOCATE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const LOCATE: OFlags = OFlags::NONBLOCK;

/// Which links of a copy are followed.
#[derive(Debug)]
pub(crate) enum Links {
    /// All of them, wherever they lead, as SkillMeat does.
    Followed {
        /// The copy.
        copy: PathBuf,
    },
    /// Those that stay below the profile root, or the collection. An absolute link leaves it even when
    /// it leads back.
    Beneath {
        /// The profile root, or what else is not left.
        profile_root: Dir,
        /// The copy, relative to it.
        copy: PathBuf,
    },
}

/// What was found at the end of all links.
#[derive(Debug)]
pub(crate) enum Opened {
    /// A regular file, open for reading.
    File {
        /// The file.
        file: OwnedFd,
        /// Whether it was seen that its name is no link.
        is_named: bool,
    },
    /// A directory, open for listing.
    Directory(OwnedFd),
    /// A FIFO, socket or device, which was not opened.
    Neither,
}

impl Links {
    /// Opens what lies at `inside` in the copy; the empty path is the copy itself.
    pub(crate) fn open(&self, inside: &[u8]) -> io::Result<Opened> {
        // Opening a directory has no effects, so it is tried first. Before anything else is opened
        // its kind is looked at: opening a device can have effects.
        match self.open_as(inside, OFlags::DIRECTORY) {
            Ok(directory) => return Ok(Opened::Directory(directory)),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
            Err(error) => return Err(error),
        }
        let (kind, is_named) = self.kind(inside)?;
        match kind {
            FileType::RegularFile => {
                Ok(Opened::File { file: self.open_as(inside, OFlags::NONBLOCK)?, is_named })
            }
            FileType::Directory => self.open_as(inside, OFlags::DIRECTORY).map(Opened::Directory),
            _ => Ok(Opened::Neither),
        }
    }

    /// Finds the copy itself, without opening what is there: only what the system says of it, or of what
    /// lies in it, can be asked.
    pub(crate) fn locate(&self) -> io::Result<OwnedFd> {
        self.open_as(b"", LOCATE)
    }

    /// Finds another content in the same directory, in the same way.
    pub(crate) fn locate_at(&mut self, path: &Path) -> io::Result<OwnedFd> {
        self.turn_to(path);
        self.locate()
    }

    /// Goes over to another content in the same directory.
    pub(crate) fn turn_to(&mut self, path: &Path) {
        let (Self::Followed { copy } | Self::Beneath { copy, .. }) = self;
        path.clone_into(copy);
    }

    /// Returns the directory that is not left; where there is none, the working directory.
    pub(crate) fn root(&self) -> BorrowedFd<'_> {
        match self {
            Self::Followed { .. } => CWD,
            Self::Beneath { profile_root, .. } => profile_root.as_fd(),
        }
    }

    /// Returns what lies at the end of all links, and whether it was seen that there is none at the end.
    fn kind(&self, inside: &[u8]) -> io::Result<(FileType, bool)> {
        match self {
            Self::Followed { copy } => {
                let stat = statat(CWD, join(copy, inside), AtFlags::empty())?;
                Ok((FileType::from_raw_mode(stat.st_mode), false))
            }
            Self::Beneath { profile_root, copy } => {
                let path = join(copy, inside);
                // Where there is no link at its end, its name is enough to ask for. What is wrong with
                // the way to it, the way that is opened tells.
                let named = statat(profile_root, &path, AtFlags::SYMLINK_NOFOLLOW);
                if named.is_ok_and(|stat| is_file(&stat)) {
                    return Ok((FileType::RegularFile, true));
                }
                let kind = profile_root.metadata(path)?.file_type();
                let kind = match (kind.is_file(), kind.is_dir()) {
                    (true, _) => FileType::RegularFile,
                    (_, true) => FileType::Directory,
                    _ => FileType::Unknown,
                };
                Ok((kind, false))
            }
        }
    }

    /// With `NONBLOCK`, should the file have become a FIFO since its kind was looked at, this does
    /// not hang.
    fn open_as(&self, inside: &[u8], how: OFlags) -> io::Result<OwnedFd> {
        let how = how | OFlags::CLOEXEC;
        match self {
            Self::Followed { copy } => Ok(rustix::fs::openat(
                CWD,
                join(copy, inside),
                how | OFlags::RDONLY,
                Mode::empty(),
            )?),
            Self::Beneath { profile_root, copy } => {
                let mut options = OpenOptions::new();
                options.read(true).custom_flags(how.bits().cast_signed());
                Ok(profile_root.open_with(join(copy, inside), &options)?.into_std().into())
            }
        }
    }
}

fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

fn join(copy: &Path, inside: &[u8]) -> PathBuf {
    // Joining an empty path would append a slash, and a file has none.
    if inside.is_empty() { copy.to_owned() } else { copy.join(std::ffi::OsStr::from_bytes(inside)) }
}

/// Tells cap-std's refusal to leave a directory from a refusal by the system, which has a number.
pub(crate) fn leaves_profile_root(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}
