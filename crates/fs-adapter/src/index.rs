//! Content hashes without reading what has not changed since the last time.
//!
//! The index holds, for each copy and each original, the fingerprint of what was read and what was found out
//! from it. Where a copy still looks so (`fingerprint`), the answer is the one from then; else it is read,
//! and noted again if its stamps can be trusted (`settled`). It is one file (`table`), written when something
//! new is known (`keeping`), and no answer depends on it: without, everything is read.
//!
//! What no stamp tells is not seen: a write through `mmap` on a file system that does not stamp those, and a
//! disk that changes a byte by itself. Reading everything and comparing finds that: see
//! [`IndexedHasher::checking`].

mod fingerprint;
mod keeping;
mod known;
mod opened;
#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;
mod reported;
mod settled;
mod slice;
mod store;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io};

use sha2::{Digest, Sha256};
use skillstat_domain::{
    ContentHash, ContentLocation, ContentTraits, CopyLocation, Difference, HashError, Hasher,
    OriginalLocation, Problem,
};

use self::fingerprint::{Fingerprint, Recorder};
use self::keeping::FILE;
use self::known::{Found, Known};
use self::opened::{Located, Opened};
pub(crate) use self::settled::{Moment, is_settled, now};
use self::store::is_of_contents;
pub(crate) use self::store::{Key, Store};
use self::table::{Refused, Row, Table};
use crate::contained;
use crate::examination::Examination;
use crate::hasher::digest;
use crate::listings::Listings;

/// Computes content hashes, and remembers them from one process to the next.
///
/// Many processes may use one directory. Nothing is an error: an index that cannot be read is rebuilt, one
/// that cannot be written is left.
#[derive(Debug)]
pub struct IndexedHasher {
    store: Arc<Store>,
    /// Whether everything is read anyway.
    checking: bool,
    /// Who wants to know what is listed.
    listings: Option<Arc<Listings>>,
    vouched: AtomicUsize,
    read: AtomicUsize,
}

/// What is in the directory of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexContent {
    /// The file.
    pub path: PathBuf,
    /// How many bytes it has; 0 when it is not there.
    pub bytes: u64,
    /// Of how many copies and originals it holds something; 0 when it is not there.
    ///
    /// # Errors
    ///
    /// Why it cannot be used, as a phrase.
    pub entries: Result<usize, String>,
}

/// What an index was good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IndexUse {
    /// For how many questions nothing had to be read.
    pub vouched: usize,
    /// For how many something was.
    pub read: usize,
}

impl IndexedHasher {
    /// Uses the index in a directory, which is made when there is something to write. Touches no disk.
    pub fn new(directory: PathBuf) -> Self {
        Self::with_clock(directory, now)
    }

    pub(crate) fn with_clock(directory: PathBuf, now: fn() -> Moment) -> Self {
        Self {
            store: Arc::new(Store::new(directory, now)),
            checking: false,
            listings: None,
            vouched: AtomicUsize::new(0),
            read: AtomicUsize::new(0),
        }
    }

    /// Reads everything nevertheless, and compares it with what the index says: see
    /// [`untrue`](Self::untrue).
    #[must_use]
    pub fn checking(self) -> Self {
        Self { checking: true, ..self }
    }

    /// Reports which directories of copies it lists, and of those it need not list what it has in mind of them.
    #[must_use]
    pub fn reporting(self, listings: Arc<Listings>) -> Self {
        Self { listings: Some(listings), ..self }
    }

    /// Opens nothing yet; what is reported of what is opened begins now.
    fn opened(&self) -> Opened<'_> {
        Opened::new(self.listings.as_ref().and_then(|listings| listings.begin()))
    }

    /// Returns the index, for who else looks into it, and whether everything is looked at anyway.
    pub(crate) fn shared(&self) -> (Arc<Store>, bool) {
        (Arc::clone(&self.store), self.checking)
    }

    /// Returns what the index was found to say wrongly, sorted by path. It has been put right.
    pub fn untrue(&self) -> Vec<Problem> {
        self.store.untrue()
    }

    /// Returns what the index was good for so far.
    pub fn used(&self) -> IndexUse {
        let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        IndexUse { vouched: count(&self.vouched), read: count(&self.read) }
    }

    /// Writes what is new; tells whether anything was.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be written, or another writes for too long. Whoever asks next reads again what
    /// was read for nothing now.
    pub fn keep(&self) -> io::Result<bool> {
        self.store.keep()
    }

    /// Looks into no index any more, and remembers nothing: from now on everything is read.
    pub fn retire(&self) {
        self.store.retire();
    }

    /// Looks what is in the directory of an index.
    pub fn content(directory: &Path) -> IndexContent {
        let path = directory.join(FILE);
        let bytes = fs::symlink_metadata(&path).map_or(0, |metadata| metadata.len());
        let entries = match Table::read(&path) {
            Ok(table) if !table.is_sound() => Err("is damaged".to_owned()),
            Ok(table) => {
                let rows = table.rows();
                Ok(rows.iter().filter(|row| is_of_contents(row.key)).map(Row::count).sum())
            }
            Err(Refused::Absent) => Ok(0),
            Err(Refused::Unusable(reason)) => Err(reason),
        };
        IndexContent { path, bytes, entries }
    }

    /// Removes the index in a directory; tells whether there was one.
    ///
    /// # Errors
    ///
    /// Fails when the system refuses, or another writes it for too long.
    pub fn clear(directory: &Path) -> io::Result<bool> {
        keeping::clear(directory)
    }

    /// Answers from the index if that knows the content as it is, else by reading it.
    fn answer<T: PartialEq>(
        &self,
        opened: &mut Opened<'_>,
        content: &ContentLocation<'_>,
        from: impl Fn(&Known) -> Option<T>,
        read: impl FnOnce() -> Result<(T, Option<Fingerprint>, Found), HashError>,
    ) -> Result<T, HashError> {
        if self.store.is_retired() {
            return Ok(read()?.0);
        }
        let key = key(content);
        let known = self.known(opened, key, content);
        let told = known.as_ref().and_then(&from);
        if !self.checking
            && let Some(told) = told
        {
            self.vouched.fetch_add(1, Ordering::Relaxed);
            return Ok(told);
        }
        let looked = (self.store.now)();
        let (answer, fingerprint, found) = read()?;
        self.read.fetch_add(1, Ordering::Relaxed);
        let is_other = |known: Known| known.hash() != found.hash();
        let is_untrue = known.is_some_and(is_other) || told.is_some_and(|told| told != answer);
        // What has changed meanwhile was told rightly.
        if is_untrue && self.known(&mut self.opened(), key, content).is_some() {
            self.store.doubt(contained::whole_path(content).as_std_path());
        }
        let located = || contained::links(content).and_then(|links| links.locate());
        if let Some(fingerprint) = fingerprint
            && is_settled(fingerprint.changed, looked)
            && self.store.is_stamped_here(fingerprint.top.device(), located)
            && let Some(entry) = Known::entry(fingerprint, &found)
            // When everything is read to be compared, most of it is known.
            && self.store.entry(key) != Some(&*entry)
        {
            self.store.note(key, entry);
        }
        Ok(answer)
    }

    /// Returns what the index knows of a content, if that still looks as it did.
    fn known(
        &self,
        opened: &mut Opened<'_>,
        key: Key,
        content: &ContentLocation<'_>,
    ) -> Option<Known> {
        let entry = self.store.entry(key)?;
        // Whatever is wrong is found by who reads.
        let reporting = opened.reporting;
        let is_copy = matches!(content, ContentLocation::Copy(_));
        let look = |located: &Located<'_>| {
            let known = Known::of(entry, located)?;
            if let Some(reporting) = reporting.filter(|_| is_copy && known.is_some()) {
                let copy = contained::whole_path(content);
                reported::report(entry, located, copy.as_std_path(), reporting);
            }
            Ok(known)
        };
        opened.look(content, look).ok()?
    }

    /// Answers about one of several copies.
    fn difference_in(
        &self,
        opened: &mut Opened<'_>,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        let content = ContentLocation::Copy(*copy);
        let from = |known: &Known| {
            if known.hash() == baseline {
                return Some(None);
            }
            let (traits, with_crlf) = known.traits()?;
            Some(Some(Difference::new(traits, with_crlf, baseline)))
        };
        let read = || {
            let (read, kept) = contained::read(&content, self.listings.as_deref(), || {
                Recorder::new(Sha256::new())
            })?;
            let (read, mut fingerprint) = read.finish();
            let hash = digest(read);
            if hash == baseline {
                return Ok((None, fingerprint, Found::Hash(hash)));
            }
            let examination = if let Some(examination) = kept.read(Examination::of_copy()) {
                examination
            } else {
                let again = || Recorder::new(Examination::of_copy());
                let (examination, again) =
                    contained::read(&content, self.listings.as_deref(), again)?.0.finish();
                fingerprint = again;
                examination
            };
            let (traits, with_crlf) = examination.finish();
            let differs = traits.hash() != baseline;
            let difference = differs.then(|| Difference::new(traits.clone(), with_crlf, baseline));
            Ok((difference, fingerprint, Found::Traits(traits, with_crlf)))
        };
        self.answer(opened, &content, from, read)
    }
}

impl Hasher for IndexedHasher {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        let content = ContentLocation::Copy(*copy);
        let read = || {
            let (read, _) = contained::read(&content, self.listings.as_deref(), || {
                Recorder::new(Sha256::new())
            })?;
            let (read, fingerprint) = read.finish();
            let hash = digest(read);
            Ok((hash, fingerprint, Found::Hash(hash)))
        };
        self.answer(&mut self.opened(), &content, |known| Some(known.hash()), read)
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        self.difference_in(&mut self.opened(), copy, baseline)
    }

    fn differences(
        &self,
        copies: &[(CopyLocation<'_>, ContentHash)],
    ) -> Vec<Result<Option<Difference>, HashError>> {
        let mut opened = self.opened();
        let one = |(copy, baseline): &_| self.difference_in(&mut opened, copy, *baseline);
        copies.iter().map(one).collect()
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        let content = ContentLocation::Original(*original);
        let read = || {
            let (read, _) =
                contained::read(&content, None, || Recorder::new(Examination::of_original()))?;
            let (examination, fingerprint) = read.finish();
            let (traits, with_crlf) = examination.finish();
            Ok((traits.clone(), fingerprint, Found::Traits(traits, with_crlf)))
        };
        self.answer(&mut self.opened(), &content, |known| Some(known.traits()?.0), read)
    }
}

fn key(content: &ContentLocation<'_>) -> Key {
    let (root, path) = match content {
        ContentLocation::Copy(copy) => {
            (["c", copy.project.as_str(), copy.profile_root.as_str()], copy.path)
        }
        ContentLocation::Original(original) => {
            (["o", original.collection.as_str(), ""], original.path)
        }
    };
    Key::of_content(&root.map(str::as_bytes), path.as_str().as_bytes())
}

#[cfg(test)]
mod tests;
