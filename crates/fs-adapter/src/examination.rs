//! Several hashes of one content from one reading.

use sha2::{Digest, Sha256};
use skillstat_domain::{ContentHash, ContentTraits, is_ignored};

use crate::hasher;
use crate::tree::Reader;

/// How much of a file's beginning tells whether it is text: it is, if there is no NUL in it. Source:
/// what SkillMeat looks at before it compares two files by line.
pub(crate) const LOOKED_AT_FOR_NUL: usize = 8 << 10;

/// Feeds what is read to the digests of [`ContentTraits`], and to one of the text with CR LF.
///
/// A digest is split off from the plain one where what it takes first differs from that, so that a
/// content without ignored files, or without CR, costs none for them.
#[derive(Debug, Default)]
pub(crate) struct Examination {
    plain: Sha256,
    without_ignored: Option<Sha256>,
    with_lf: Option<Sha256>,
    with_crlf: Option<Sha256>,
    /// Whether that is wanted: it takes as long as the plain one.
    wants_crlf: bool,
    /// Nothing as long as no file has a path.
    files: Option<Vec<ContentHash>>,
    current: CurrentFile,
    /// Text with other ends of lines, on its way to a digest.
    changed: Vec<u8>,
}

/// The file that is being read.
#[derive(Debug, Default)]
struct CurrentFile {
    ignored: bool,
    digest: Sha256,
    /// Its beginning, until enough of it is here to tell whether it is text.
    head: Vec<u8>,
    is_text: Option<bool>,
    /// Whether the last byte was a CR.
    after_cr: bool,
}

impl Examination {
    /// Begins with a copy, which is compared with a baseline alone.
    pub(crate) fn of_copy() -> Self {
        Self { wants_crlf: true, ..Self::default() }
    }

    /// Begins with an original, which copies are compared with.
    pub(crate) fn of_original() -> Self {
        Self::default()
    }
}

impl Reader for Examination {
    fn directory(&mut self) {
        self.files = Some(Vec::new());
    }

    fn begin(&mut self, path: Option<&str>) {
        let mut digest = Sha256::new();
        digest.update(path.unwrap_or_default());
        digest.update(b"\0");
        // The room for the beginning is used again.
        let mut head = std::mem::take(&mut self.current.head);
        head.clear();
        self.current = CurrentFile { digest, head, ..CurrentFile::default() };
        let Some(path) = path else { return };
        self.current.ignored = is_ignored(path);
        if self.current.ignored {
            self.without_ignored.get_or_insert_with(|| self.plain.clone());
        } else if let Some(digest) = &mut self.without_ignored {
            digest.update(path);
        }
        self.plain.update(path);
        for digest in [&mut self.with_lf, &mut self.with_crlf].into_iter().flatten() {
            digest.update(path);
        }
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if self.current.is_text.is_some() {
            return self.feed(bytes);
        }
        self.current.head.extend_from_slice(bytes);
        if self.current.head.len() >= LOOKED_AT_FOR_NUL {
            self.decide();
        }
    }

    fn end(&mut self) {
        if self.current.is_text.is_none() {
            self.decide();
        }
        if self.current.after_cr
            && let Some(digest) = &mut self.with_lf
        {
            // No LF came after it.
            digest.update(b"\r");
        }
        if let Some(files) = &mut self.files
            && !self.current.ignored
        {
            let digest = std::mem::take(&mut self.current.digest);
            files.push(hasher::digest(digest));
        }
    }
}

impl Examination {
    /// Looks whether the file is text, and lets go what was held back for that.
    fn decide(&mut self) {
        let head = std::mem::take(&mut self.current.head);
        let looked_at = &head[..head.len().min(LOOKED_AT_FOR_NUL)];
        self.current.is_text = Some(!looked_at.contains(&0));
        self.feed(&head);
        self.current.head = head;
    }

    fn feed(&mut self, bytes: &[u8]) {
        let is_text = self.current.is_text == Some(true);
        self.feed_with_lf(bytes, is_text);
        self.feed_with_crlf(bytes, is_text);
        self.current.after_cr =
            is_text && bytes.last().map_or(self.current.after_cr, |&last| last == b'\r');
        self.plain.update(bytes);
        if !self.current.ignored {
            if self.files.is_some() {
                self.current.digest.update(bytes);
            }
            if let Some(digest) = &mut self.without_ignored {
                digest.update(bytes);
            }
        }
    }

    /// Leaves each CR out that an LF follows. One at the end waits for what comes.
    fn feed_with_lf(&mut self, bytes: &[u8], is_text: bool) {
        if is_text && self.with_lf.is_none() && bytes.contains(&b'\r') {
            self.with_lf = Some(self.plain.clone());
        }
        let Some(digest) = &mut self.with_lf else { return };
        if !is_text {
            return digest.update(bytes);
        }
        self.changed.clear();
        let mut after_cr = self.current.after_cr;
        for &byte in bytes {
            if after_cr && byte != b'\n' {
                self.changed.push(b'\r');
            }
            after_cr = byte == b'\r';
            if !after_cr {
                self.changed.push(byte);
            }
        }
        digest.update(&self.changed);
    }

    /// Puts a CR before each LF that has none.
    fn feed_with_crlf(&mut self, bytes: &[u8], is_text: bool) {
        if is_text && self.wants_crlf && self.with_crlf.is_none() && bytes.contains(&b'\n') {
            self.with_crlf = Some(self.plain.clone());
        }
        let Some(digest) = &mut self.with_crlf else { return };
        if !is_text {
            return digest.update(bytes);
        }
        self.changed.clear();
        let mut after_cr = self.current.after_cr;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let Some(text) = line.strip_suffix(b"\n") else {
                self.changed.extend_from_slice(line);
                break;
            };
            self.changed.extend_from_slice(text);
            if text.last().map_or(!after_cr, |&last| last != b'\r') {
                self.changed.push(b'\r');
            }
            self.changed.push(b'\n');
            after_cr = false;
        }
        digest.update(&self.changed);
    }

    /// Returns what was found, and the hash of the text with CR LF.
    pub(crate) fn finish(self) -> (ContentTraits, ContentHash) {
        let plain = hasher::digest(self.plain);
        let or_plain = |digest: Option<Sha256>| digest.map_or(plain, hasher::digest);
        let (without_ignored, with_lf) = (or_plain(self.without_ignored), or_plain(self.with_lf));
        let traits = ContentTraits::new(plain, without_ignored, with_lf, self.files);
        (traits, or_plain(self.with_crlf))
    }
}
