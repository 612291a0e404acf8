//! What a copy looked like when it was read, and whether it still does.
//!
//! A fingerprint is a list of the copy and of every file and directory in it, each with its stamp, in the
//! order in which they were read. Where all stamps are the same, so is the content: a name cannot come, go
//! or lead elsewhere without its directory changing, nor a byte without its file. Who makes such a change
//! can set the time of the content back, but not that of the change.
//!
//! Looking takes some time, and yet the answer is that of one instant. What is found unchanged late was
//! unchanged before, so all of it was when the first stamp was taken.
//!
//! There is no fingerprint of a copy that holds a link, a FIFO or a mounted file system: what it holds could
//! change without any of this changing.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat, fstat, openat, statat};
use serde::{Deserialize, Serialize};

use crate::stamp::Stamp;
use crate::tree::Reader;

/// How many bytes a fingerprint may take. A copy with ten thousand files takes half of that; reading what
/// has more is not the index's to save.
const MAX_BYTES: usize = 1 << 20;

/// How a place below a directory is opened: only as one, never through a link, and not to read it.
#[cfg(target_os = "linux")]
const HERE: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const HERE: OFlags = OFlags::RDONLY;

/// What a copy looked like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fingerprint {
    /// The stamp of the copy itself.
    pub(super) top: Stamp,
    /// A [`Line`] for each file and directory in it.
    pub(super) lines: Vec<u8>,
    /// When the last of all these changed.
    pub(super) changed: (i64, i64),
}

/// A file or directory below a copy.
#[derive(Debug, Serialize, Deserialize)]
struct Line<'a> {
    /// How many directories of the copy lie above it, the copy itself not counted.
    level: u8,
    is_directory: bool,
    #[serde(borrow)]
    name: &'a [u8],
    stamp: Stamp,
}

/// Tells whether what was found at the place of a copy is as `top` and `lines` say.
///
/// Every directory is opened as such before anything below it is looked at, each by its name alone: a link
/// that has taken the place of one is not followed.
pub(super) fn unchanged(found: &OwnedFd, top: &Stamp, lines: &[u8]) -> io::Result<bool> {
    if Stamp::new(&fstat(found)?) != *top {
        return Ok(false);
    }
    let mut above: Vec<OwnedFd> = Vec::new();
    let mut rest = lines;
    while !rest.is_empty() {
        let Ok((line, after)) = postcard::take_from_bytes::<Line<'_>>(rest) else {
            return Ok(false);
        };
        rest = after;
        above.truncate(line.level.into());
        if above.len() != usize::from(line.level) {
            return Ok(false);
        }
        let parent = above.last().map_or(found.as_fd(), AsFd::as_fd);
        let stat = if line.is_directory {
            let flags = HERE | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let directory = openat(parent, line.name, flags, Mode::empty())?;
            let stat = fstat(&directory)?;
            above.push(directory);
            stat
        } else {
            statat(parent, line.name, AtFlags::SYMLINK_NOFOLLOW)?
        };
        if Stamp::new(&stat) != line.stamp {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes a fingerprint of what another reader reads.
#[derive(Debug)]
pub(super) struct Recorder<R> {
    reader: R,
    top: Option<Stamp>,
    lines: Vec<u8>,
    changed: (i64, i64),
    /// The path of the current file.
    path: String,
    /// Whether a fingerprint would tell all.
    fits: bool,
}

impl<R> Recorder<R> {
    pub(super) fn new(reader: R) -> Self {
        let changed = (i64::MIN, 0);
        Self { reader, top: None, lines: Vec::new(), changed, path: String::new(), fits: true }
    }

    /// Returns the other reader, and the fingerprint if there can be one.
    pub(super) fn finish(self) -> (R, Option<Fingerprint>) {
        let Self { reader, top, lines, changed, fits, .. } = self;
        let fingerprint = top.filter(|_| fits).map(|top| Fingerprint { top, lines, changed });
        (reader, fingerprint)
    }

    /// Notes the copy, if the path is empty, or what lies in it.
    fn note(&mut self, path: &[u8], stat: &Stat) {
        let stamp = Stamp::new(stat);
        self.changed = self.changed.max(stamp.changed());
        let Some(top) = self.top else {
            self.top = Some(stamp);
            return;
        };
        let mut parts = path.rsplit(|&byte| byte == b'/');
        let name = parts.next().unwrap_or_default();
        let Ok(level) = u8::try_from(parts.count()) else {
            self.fits = false;
            return;
        };
        self.fits &= stamp.device() == top.device() && self.lines.len() < MAX_BYTES;
        if !self.fits {
            return;
        }
        let is_directory = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        let line = Line { level, is_directory, name, stamp };
        let lines = std::mem::take(&mut self.lines);
        match postcard::to_extend(&line, lines) {
            Ok(lines) => self.lines = lines,
            Err(_) => self.fits = false,
        }
    }
}

impl<R: Reader> Reader for Recorder<R> {
    fn directory(&mut self) {
        self.reader.directory();
    }

    fn begin(&mut self, path: Option<&str>) {
        self.path.clear();
        self.path.push_str(path.unwrap_or_default());
        self.reader.begin(path);
    }

    fn stat(&mut self, stat: &Stat) {
        let path = std::mem::take(&mut self.path);
        self.note(path.as_bytes(), stat);
        self.path = path;
        self.reader.stat(stat);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.reader.bytes(bytes);
    }

    fn end(&mut self) {
        self.reader.end();
    }

    fn listed(&mut self, path: &[u8], stat: &Stat) {
        self.note(path, stat);
        self.reader.listed(path, stat);
    }

    fn odd(&mut self) {
        self.fits = false;
        self.reader.odd();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TempTree;

    #[test]
    fn a_link_is_no_directory_whatever_it_leads_to() {
        let tree = TempTree::new();
        tree.file("copy/lib/run.py", "1").link("copy/link", "lib");
        let copy: OwnedFd = std::fs::File::open(tree.path("copy")).unwrap().into();
        let top = Stamp::new(&fstat(&copy).unwrap());
        let stamp = Stamp::new(&rustix::fs::stat(tree.path("copy/lib")).unwrap());
        let looks = |name: &[u8]| {
            let line = Line { level: 0, is_directory: true, name, stamp };
            unchanged(&copy, &top, &postcard::to_allocvec(&line).unwrap())
        };
        assert!(looks(b"lib").unwrap());
        assert!(looks(b"link").is_err(), "it was not followed");
    }
}
