//! The buffer that files are read into, and what is left of them in it.

use std::io;
use std::ops::Range;
use std::os::fd::OwnedFd;

use crate::tree::Reader;

/// How much is read at once, and how much is kept. Most artifacts are smaller.
const BUFFER_BYTES: usize = 64 * 1024;

/// A buffer that is not emptied as long as it has room: the content of a small artifact is still there
/// when all of it has been read, at no cost, and need not be read again.
#[derive(Debug)]
pub(crate) struct Kept {
    bytes: Vec<u8>,
    is_directory: bool,
    /// The files in the buffer; nothing when it was too small for all.
    files: Option<Vec<File>>,
}

/// A file in the buffer.
#[derive(Debug)]
struct File {
    /// Its path below the artifact; nothing when it is the artifact.
    path: Option<Box<str>>,
    content: Range<usize>,
}

impl Kept {
    pub(crate) fn new() -> Self {
        let bytes = Vec::with_capacity(BUFFER_BYTES);
        Self { bytes, is_directory: false, files: Some(Vec::new()) }
    }

    /// Notes that the artifact is a directory.
    pub(crate) fn directory(&mut self) {
        self.is_directory = true;
    }

    /// Notes that a file begins.
    pub(crate) fn begin(&mut self, path: Option<&str>) {
        let content = self.bytes.len()..self.bytes.len();
        if let Some(files) = &mut self.files {
            files.push(File { path: path.map(Into::into), content });
        }
    }

    /// Reads the next bytes of the file, as many as there is room for; none when it has ended.
    pub(crate) fn fill(&mut self, file: &OwnedFd) -> io::Result<&[u8]> {
        if self.bytes.len() == self.bytes.capacity() {
            self.files = None;
        }
        if self.files.is_none() {
            self.bytes.clear();
        }
        let before = self.bytes.len();
        rustix::io::read(file, rustix::buffer::spare_capacity(&mut self.bytes))?;
        Ok(&self.bytes[before..])
    }

    /// Notes that the file has ended.
    pub(crate) fn end(&mut self) {
        if let Some(file) = self.files.as_mut().and_then(|files| files.last_mut()) {
            file.content.end = self.bytes.len();
        }
    }

    /// Gives everything to another reader; nothing when it is not all here.
    pub(crate) fn read<R: Reader>(&self, mut reader: R) -> Option<R> {
        let files = self.files.as_ref()?;
        if self.is_directory {
            reader.directory();
        }
        for File { path, content } in files {
            reader.begin(path.as_deref());
            reader.bytes(&self.bytes[content.clone()]);
            reader.end();
        }
        Some(reader)
    }
}
