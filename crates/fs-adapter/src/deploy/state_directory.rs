//! The directory in which what this program must remember is kept, open to its owner alone.

use std::ffi::CString;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, fsync, openat, renameat, unlinkat};
use skillstat_domain::DeployError;

use super::beneath::failed;
use crate::entry::write_all;
use crate::fault::printable;

/// A directory below the state directory that is open.
#[derive(Debug)]
pub(crate) struct StateDirectory {
    pub(crate) fd: OwnedFd,
    path: PathBuf,
}

impl StateDirectory {
    /// Opens a directory, and makes it and those above it when they are not there, for the owner alone.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Failed`] when the system refuses.
    pub(crate) fn open(path: &Path) -> Result<Self, DeployError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
        let opened = made.and_then(|()| open(path));
        opened.map_err(|error| failed(printable(path), "opened", &error))
    }

    /// Opens a directory; nothing when it is not there.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Failed`] when the system refuses.
    pub(crate) fn open_if_there(path: &Path) -> Result<Option<Self>, DeployError> {
        match open(path) {
            Ok(opened) => Ok(Some(opened)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(printable(path), "opened", &error)),
        }
    }

    /// Returns the path of a name in it as it is shown.
    pub(crate) fn show(&self, name: &str) -> String {
        printable(self.path.join(name))
    }

    /// Returns its own path as it is shown.
    pub(crate) fn shown(&self) -> String {
        printable(&self.path)
    }

    /// Returns the names in it that do not start with a dot, sorted; others are left out, as are those
    /// that are not UTF-8.
    pub(crate) fn names(&self) -> io::Result<Vec<String>> {
        self.names_that(|name| !name.starts_with('.'))
    }

    /// Returns the names in it that start with a text.
    pub(crate) fn names_with(&self, start: &str) -> io::Result<Vec<String>> {
        self.names_that(|name| name.starts_with(start))
    }

    fn names_that(&self, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            names.extend(entry?.file_name().into_string().ok().filter(|name| wanted(name)));
        }
        names.sort();
        Ok(names)
    }

    /// Makes a directory in it and opens it.
    pub(crate) fn make(&self, name: &str) -> io::Result<Self> {
        rustix::fs::mkdirat(&self.fd, name, Mode::RWXU)?;
        open(&self.path.join(name))
    }

    /// Writes a file in it, in one step and to the disk. Two that write the same file must not do so at
    /// the same time.
    pub(crate) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let draft = format!(".{name}.new");
        let flags =
            OFlags::CREATE | OFlags::TRUNC | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.fd, &*draft, flags, Mode::RUSR | Mode::WUSR)?;
        let written = write_all(&file, text.as_bytes())
            .and_then(|()| Ok(fsync(&file)?))
            .and_then(|()| Ok(renameat(&self.fd, &*draft, &self.fd, name)?));
        if written.is_err() {
            let _left = unlinkat(&self.fd, &*draft, AtFlags::empty());
        }
        written?;
        Ok(fsync(&self.fd)?)
    }

    /// Reads a file in it.
    pub(crate) fn read(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(self.path.join(name))
    }

    /// Deletes whatever is called so in it.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        crate::entry::remove(self.fd.as_fd(), &CString::new(name)?)
    }
}

fn open(path: &Path) -> io::Result<StateDirectory> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = openat(CWD, path, flags, Mode::empty())?;
    Ok(StateDirectory { fd, path: path.to_owned() })
}
