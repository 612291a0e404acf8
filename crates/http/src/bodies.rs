//! Answers as they were sent, so that a hit costs no serialising.

use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::http::HeaderValue;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use skillstat_domain::ArtifactId;

/// How many bytes are kept in all.
const CAPACITY: u64 = 16 << 20;

/// About how many answers that is.
const ESTIMATED_ANSWERS: usize = 2048;

/// The versions of what an answer was made from: the collections and the statistics.
pub(crate) type Versions = [u64; 2];

/// The answers about artifacts with their deployments, the latest for each question, and the exact answer
/// about everything.
#[derive(Debug)]
pub(crate) struct Bodies {
    kept: Cache<Key, Kept, Size>,
    /// The latest exact answer about everything, and the version of the statistics in it. Held for as long
    /// as it takes to copy a handle.
    overview: Mutex<Option<(u64, Bytes)>>,
}

/// An artifact and the collection it was asked for in.
type Key = (ArtifactId, Option<Box<str>>);

/// An answer that was kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    versions: Versions,
    tagged: Tagged,
}

/// An answer and the tag of it and its versions.
#[derive(Debug, Clone)]
pub(crate) struct Tagged {
    pub(crate) etag: HeaderValue,
    pub(crate) body: Bytes,
}

impl Kept {
    /// Returns the answer, if it was made from these versions.
    pub(crate) fn made_from(self, versions: Versions) -> Option<Tagged> {
        (self.versions == versions).then_some(self.tagged)
    }
}

impl Bodies {
    /// Returns the latest answer that was kept.
    pub(crate) fn get(&self, key: &Key) -> Option<Kept> {
        self.kept.get(key)
    }

    /// Keeps an answer in place of the one before.
    pub(crate) fn keep(&self, key: Key, versions: Versions, tagged: Tagged) {
        self.kept.insert(key, Kept { versions, tagged });
    }

    /// Returns the exact answer about everything that was made from this version, if it was kept.
    pub(crate) fn overview(&self, version: u64) -> Option<Bytes> {
        let kept = self.overview.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(kept, _)| *kept == version).map(|(_, body)| body.clone())
    }

    /// Keeps that answer in place of the one before.
    pub(crate) fn keep_overview(&self, version: u64, body: Bytes) {
        *self.overview.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, body));
    }
}

impl Default for Bodies {
    fn default() -> Self {
        let kept = Cache::with_weighter(ESTIMATED_ANSWERS, CAPACITY, Size);
        Self { kept, overview: Mutex::default() }
    }
}

/// What an answer costs: its bytes, and its key's twice, for the texts of two heaps.
#[derive(Debug, Clone)]
struct Size;

impl Weighter<Key, Kept> for Size {
    fn weight(&self, (artifact, collection): &Key, kept: &Kept) -> u64 {
        let key = artifact.as_str().len() + collection.as_deref().map_or(0, str::len);
        u64::try_from(2 * key + kept.tagged.body.len()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: usize) -> Key {
        (ArtifactId::new("skill", &name.to_string()).unwrap(), None)
    }

    fn tagged(body: &[u8]) -> Tagged {
        Tagged { etag: HeaderValue::from_static("\"1\""), body: Bytes::copy_from_slice(body) }
    }

    #[test]
    fn an_answer_made_from_other_versions_is_not_returned() {
        let bodies = Bodies::default();
        bodies.keep(key(1), [1, 2], tagged(b"{}"));
        let get = |name, versions| bodies.get(&key(name))?.made_from(versions);
        assert_eq!(get(1, [1, 2]).unwrap().body, b"{}"[..]);
        assert!(get(1, [1, 3]).is_none());
        assert!(get(1, [2, 2]).is_none());
        assert!(get(2, [1, 2]).is_none());
    }

    #[test]
    fn of_everything_the_latest_is_kept() {
        let bodies = Bodies::default();
        assert_eq!(bodies.overview(0), None);
        bodies.keep_overview(1, Bytes::from_static(b"1"));
        bodies.keep_overview(2, Bytes::from_static(b"2"));
        assert_eq!((bodies.overview(1), bodies.overview(2).as_deref()), (None, Some(&b"2"[..])));
    }

    #[test]
    fn no_more_is_kept_than_the_capacity() {
        let bodies = Bodies::default();
        let answer = tagged(&vec![0; 64 << 10]);
        for name in 0..1000 {
            bodies.keep(key(name), [1, 1], answer.clone());
        }
        assert!(bodies.kept.weight() <= CAPACITY);
        assert!(bodies.kept.len() < 300);
    }
}
