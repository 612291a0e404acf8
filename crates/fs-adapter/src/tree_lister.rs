//! The files of what lies on disk, one by one.

use std::collections::BTreeSet;

use rustix::fs::{Mode, Stat};
use sha2::{Digest, Sha256};
use skillstat_domain::{
    ContentHash, ContentLocation, FileList, FileLister, FileText, HashError, ListedFile,
};

use crate::contained::{self, whole_path};
use crate::examination::LOOKED_AT_FOR_NUL;
use crate::tree::Reader;

/// Lists files in one walk, streaming; only texts that are asked for are held. Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct TreeLister;

impl FileLister for TreeLister {
    fn files(
        &self,
        content: &ContentLocation<'_>,
        texts: &BTreeSet<String>,
    ) -> Result<FileList, HashError> {
        let (listing, _) = contained::read(content, None, || Listing::new(texts))?;
        if listing.too_many {
            return Err(HashError::Unverified {
                path: whole_path(content).to_string(),
                reason: format!("has more than {} files, too many to list", FileList::MAX_FILES),
                fix: "compare it with another program, such as `diff -r`".to_owned(),
            });
        }
        let mut files = listing.files;
        files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        Ok(FileList { files })
    }
}

/// What was listed so far.
#[derive(Debug)]
struct Listing<'a> {
    texts: &'a BTreeSet<String>,
    files: Vec<ListedFile>,
    too_many: bool,
    /// How much of the texts there is room for.
    room: usize,
    path: String,
    digest: Sha256,
    size_bytes: u64,
    executable: bool,
    text: FileText,
    bytes: Vec<u8>,
}

impl<'a> Listing<'a> {
    fn new(texts: &'a BTreeSet<String>) -> Self {
        Self {
            texts,
            files: Vec::new(),
            too_many: false,
            room: FileList::MAX_TEXTS_BYTES,
            path: String::new(),
            digest: Sha256::new(),
            size_bytes: 0,
            executable: false,
            text: FileText::NotAsked,
            bytes: Vec::new(),
        }
    }
}

impl Reader for Listing<'_> {
    fn begin(&mut self, path: Option<&str>) {
        path.unwrap_or_default().clone_into(&mut self.path);
        self.digest = Sha256::new();
        self.size_bytes = 0;
        self.bytes = Vec::new();
        let asked = self.texts.contains(&self.path);
        self.text = if asked { FileText::Known(Box::default()) } else { FileText::NotAsked };
    }

    fn stat(&mut self, stat: &Stat) {
        self.executable = Mode::from_raw_mode(stat.st_mode).contains(Mode::XUSR);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.size_bytes += bytes.len() as u64;
        if !matches!(self.text, FileText::Known(_)) {
            return;
        }
        self.bytes.extend_from_slice(bytes);
        let head = &self.bytes[..self.bytes.len().min(LOOKED_AT_FOR_NUL)];
        if head.contains(&0) {
            self.text = FileText::Binary;
        } else if self.bytes.len() > FileList::MAX_TEXT_BYTES.min(self.room) {
            self.text = FileText::TooLarge;
        } else {
            return;
        }
        self.bytes = Vec::new();
    }

    fn end(&mut self) {
        if self.files.len() == FileList::MAX_FILES {
            self.too_many = true;
            return;
        }
        if let FileText::Known(text) = &mut self.text {
            self.room -= self.bytes.len();
            *text = std::mem::take(&mut self.bytes).into();
        }
        self.files.push(ListedFile {
            path: std::mem::take(&mut self.path),
            hash: ContentHash::from_bytes(self.digest.finalize_reset().into()),
            size_bytes: self.size_bytes,
            executable: self.executable,
            text: std::mem::replace(&mut self.text, FileText::NotAsked),
        });
    }
}

#[cfg(test)]
mod tests;
