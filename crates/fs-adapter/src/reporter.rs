//! Reporting what is listed while a copy is read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Stat};

use crate::listings::{Entries, Reporting};
use crate::tree::Reader;

/// Reports the directories that another reader's content is in.
#[derive(Debug)]
pub(crate) struct Reporter<'a, R> {
    reader: R,
    reporting: Reporting<'a>,
    /// Where the copy is, and room for the path of a directory in it.
    top: &'a Path,
    path: PathBuf,
    entries: Entries,
}

impl<'a, R> Reporter<'a, R> {
    pub(crate) fn new(reader: R, reporting: Reporting<'a>, top: &'a Path) -> Self {
        Self { reader, reporting, top, path: PathBuf::new(), entries: Entries::default() }
    }

    /// Returns the other reader.
    pub(crate) fn finish(self) -> R {
        self.reader
    }
}

impl<R: Reader> Reader for Reporter<'_, R> {
    fn directory(&mut self) {
        self.reader.directory();
    }

    fn begin(&mut self, path: Option<&str>) {
        self.reader.begin(path);
    }

    fn stat(&mut self, stat: &Stat) {
        self.reader.stat(stat);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.reader.bytes(bytes);
    }

    fn end(&mut self) {
        self.reader.end();
    }

    fn listed(&mut self, path: &[u8], stat: &Stat) {
        self.entries.clear();
        self.reader.listed(path, stat);
    }

    fn holds(&mut self, name: &[u8], kind: FileType) {
        self.entries.note(name, kind);
        self.reader.holds(name, kind);
    }

    fn holds_no_more(&mut self, path: &[u8]) {
        self.reader.holds_no_more(path);
        if path.is_empty() {
            return self.reporting.report(self.top, &self.entries);
        }
        self.path.as_mut_os_string().clear();
        self.path.push(self.top);
        self.path.push(OsStr::from_bytes(path));
        self.reporting.report(&self.path, &self.entries);
    }

    fn odd(&mut self) {
        self.reader.odd();
    }
}
