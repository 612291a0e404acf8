//! Directories that stay open while several copies are looked at, so that each is looked up once.
//!
//! Whatever becomes of a name meanwhile, the answer is that of the instant when its directory was opened. A
//! content that is found there unchanged was there then, too: to take or give a file or directory a name is
//! to change it, and then its stamp is another one. So one call may keep them, and only one.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, FileType, Mode, OFlags, fstat, openat, statat};
use skillstat_domain::ContentLocation;

use crate::contained;
use crate::links::Links;
use crate::listings::Reporting;
use crate::stamp::Stamp;

/// How a directory is opened: not to read it.
#[cfg(target_os = "linux")]
const HERE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const HERE: OFlags = OFlags::RDONLY;

/// The directories of one call.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    /// Since before anything was opened.
    pub(super) reporting: Option<Reporting<'a>>,
    /// The profile root or collection of the last content.
    root: Option<(Utf8PathBuf, Links)>,
    /// Directories in it, by their path there.
    parents: Vec<(Utf8PathBuf, OwnedFd)>,
}

/// A content that was found, not opened.
#[derive(Debug)]
pub(super) struct Located<'a> {
    /// A directory.
    pub(super) within: BorrowedFd<'a>,
    /// The name of the content in it; empty when it is that directory.
    pub(super) name: &'a str,
    pub(super) top: Stamp,
}

impl<'a> Opened<'a> {
    pub(super) fn new(reporting: Option<Reporting<'a>>) -> Self {
        Self { reporting, root: None, parents: Vec::new() }
    }

    /// Finds a content and asks about it. No link is followed that leaves the profile root or collection.
    pub(super) fn look<T>(
        &mut self,
        content: &ContentLocation<'_>,
        ask: impl FnOnce(&Located<'_>) -> io::Result<T>,
    ) -> io::Result<T> {
        let (root, path) = contained::place(content);
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let parent = path.parent().filter(|parent| !parent.as_str().is_empty());
        let parent = parent.unwrap_or(Utf8Path::new("."));
        let within = self.directory(content, root, parent)?.as_fd();
        let stat = statat(within, name, AtFlags::SYMLINK_NOFOLLOW)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
            return ask(&Located { within, name, top: Stamp::new(&stat) });
        }
        let located = contained::links(content)?.locate()?;
        let top = Stamp::new(&fstat(&located)?);
        ask(&Located { within: located.as_fd(), name: "", top })
    }

    /// Returns a directory of a profile root or collection, open.
    fn directory(
        &mut self,
        content: &ContentLocation<'_>,
        root: Utf8PathBuf,
        path: &Utf8Path,
    ) -> io::Result<&OwnedFd> {
        if self.root.as_ref().is_none_or(|(opened, _)| *opened != root) {
            self.parents.clear();
            self.root = Some((root, contained::links(content)?));
        }
        let known = self.parents.iter().position(|(opened, _)| opened == path);
        let at = match (known, &mut self.root) {
            (None, Some((_, links))) => {
                let opened = match open_child(links.root(), path) {
                    Ok(opened) => opened,
                    // It may be a link, which is followed if it stays, and that has its price.
                    Err(_) => links.locate_at(path.as_std_path())?,
                };
                self.parents.push((path.to_owned(), opened));
                self.parents.len() - 1
            }
            (known, _) => known.unwrap_or(0),
        };
        Ok(&self.parents[at].1)
    }
}

/// Opens a directory that lies directly in another, and no link.
fn open_child(root: BorrowedFd<'_>, path: &Utf8Path) -> io::Result<OwnedFd> {
    let name = match path.as_str() {
        ".." => return Err(io::ErrorKind::InvalidInput.into()),
        path if path.contains('/') => return Err(io::ErrorKind::InvalidInput.into()),
        name => name,
    };
    let flags = HERE | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(root, name, flags, Mode::empty())?)
}
