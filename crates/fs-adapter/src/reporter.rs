//! Reporting what is listed while a copy is read.

use rustix::fs::{FileType, Stat};

use crate::listings::{CopyListing, Entries};
use crate::tree::Reader;

/// Lists the directories that another reader's content is in.
#[derive(Debug)]
pub(crate) struct Reporter<R> {
    reader: R,
    /// Nothing as long as nobody has seen what the content is.
    listing: Option<CopyListing>,
    /// What the directory holds that is listed now.
    entries: Entries,
}

impl<R> Reporter<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, listing: None, entries: Entries::default() }
    }

    /// Returns the other reader, and what was listed.
    pub(crate) fn finish(self) -> (R, Option<CopyListing>) {
        (self.reader, self.listing)
    }
}

impl<R: Reader> Reader for Reporter<R> {
    fn directory(&mut self) {
        self.reader.directory();
    }

    fn named_file(&mut self) {
        self.listing = Some(CopyListing::file());
        self.reader.named_file();
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
        self.listing.get_or_insert_default().add(&self.entries);
        self.reader.holds_no_more(path);
    }

    fn odd(&mut self) {
        self.reader.odd();
    }
}
