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

use rustix::fs::{AtFlags, FileType, Stat, statat};
use serde::{Deserialize, Serialize};

use super::opened::Located;
use crate::stamp::Stamp;
use crate::tree::Reader;

/// How many bytes a fingerprint may take. A copy with ten thousand files takes half of that; reading what
/// has more is not the index's to save.
const MAX_BYTES: usize = 1 << 20;

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

/// Tells whether all that is in a copy is as `lines` say. The copy itself is as it was.
///
/// Everything is looked at by its path from the copy, a directory before what lies in it, and a link that was
/// put in its place has another stamp. Should one be put there between two looks, the second may go through
/// it, but finds only what is known: a stamp names the file or directory itself. So whichever way it was
/// reached, it has not changed until then; and that it lay there when the first stamp was taken, the
/// directory above tells, which had not changed either.
pub(super) fn unchanged(copy: &Located<'_>, lines: &[u8]) -> io::Result<bool> {
    let mut path = copy.name.as_bytes().to_vec();
    if !path.is_empty() {
        path.push(b'/');
    }
    // How much of the path belongs to the directories of each level, the copy first.
    let mut above = vec![path.len()];
    let mut rest = lines;
    while !rest.is_empty() {
        let Ok((line, after)) = postcard::take_from_bytes::<Line<'_>>(rest) else {
            return Ok(false);
        };
        rest = after;
        let Some(parent) = above.get(usize::from(line.level)) else { return Ok(false) };
        path.truncate(*parent);
        above.truncate(usize::from(line.level) + 1);
        path.extend_from_slice(line.name);
        let stat = statat(copy.within, &*path, AtFlags::SYMLINK_NOFOLLOW)?;
        if Stamp::new(&stat) != line.stamp {
            return Ok(false);
        }
        if line.is_directory {
            path.push(b'/');
            above.push(path.len());
        }
    }
    Ok(true)
}

/// Returns what lies in a copy, each directory before what is in it: how many directories of the copy lie
/// above it, whether it is a directory itself, and its name.
pub(super) fn places(lines: &[u8]) -> impl Iterator<Item = (usize, bool, &[u8])> {
    let mut rest = lines;
    std::iter::from_fn(move || {
        let (line, after) = postcard::take_from_bytes::<Line<'_>>(rest).ok()?;
        rest = after;
        Some((line.level.into(), line.is_directory, line.name))
    })
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
    use std::os::fd::AsFd;

    use super::*;
    use crate::test_support::TempTree;

    #[test]
    fn a_link_is_no_directory_whatever_it_leads_to() {
        let tree = TempTree::new();
        tree.file("copy/lib/run.py", "1").link("copy/link", "lib");
        let within = std::fs::File::open(tree.path("")).unwrap();
        let stamp = |path: &str| Stamp::new(&rustix::fs::stat(tree.path(path)).unwrap());
        let copy = Located { within: within.as_fd(), name: "copy", top: stamp("copy") };
        let looks = |name: &[u8]| {
            let line = Line { level: 0, is_directory: true, name, stamp: stamp("copy/lib") };
            unchanged(&copy, &postcard::to_allocvec(&line).unwrap())
        };
        assert!(looks(b"lib").unwrap());
        assert!(!looks(b"link").unwrap(), "it was not followed");
    }
}
