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

/// The longest question that an answer is kept for, in bytes.
const LONGEST_QUESTION: usize = 512;

/// The answers about artifacts with their deployments, the latest for each question as it was asked, and
/// the exact answer about everything.
#[derive(Debug)]
pub(crate) struct Bodies {
    kept: Cache<Box<str>, Kept, Size>,
    /// The latest exact answer about everything, and the version of the statistics in it. Held for as long
    /// as it takes to copy a handle.
    overview: Mutex<Option<(u64, Bytes)>>,
}

/// An answer that was kept.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// Whom it is about.
    pub(crate) artifact: ArtifactId,
    pub(crate) versions: Versions,
    /// The tag of these versions.
    pub(crate) etag: HeaderValue,
    pub(crate) body: Bytes,
}

impl Bodies {
    /// Returns the latest answer to a question that was kept.
    pub(crate) fn get(&self, question: &str) -> Option<Kept> {
        self.kept.get(question)
    }

    /// Keeps the answer to a question, its path and query as they came, in place of the one before.
    pub(crate) fn keep(&self, question: &str, answer: Kept) {
        if question.len() <= LONGEST_QUESTION {
            self.kept.insert(question.into(), answer);
        }
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

/// What an answer costs: its bytes, and those of the question and of the artifact's name.
#[derive(Debug, Clone)]
struct Size;

impl Weighter<Box<str>, Kept> for Size {
    fn weight(&self, question: &Box<str>, kept: &Kept) -> u64 {
        let bytes = question.len() + kept.artifact.as_str().len() + kept.body.len();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &[u8]) -> Kept {
        Kept {
            artifact: "skill:a".parse().unwrap(),
            versions: [1, 2],
            etag: HeaderValue::from_static("\"1\""),
            body: Bytes::copy_from_slice(body),
        }
    }

    #[test]
    fn the_latest_answer_to_the_very_question_is_kept() {
        let bodies = Bodies::default();
        bodies.keep("/a", answer(b"1"));
        bodies.keep("/a", answer(b"2"));
        let get = |question: &str| Some(bodies.get(question)?.body);
        assert_eq!(get("/a").as_deref(), Some(&b"2"[..]));
        assert_eq!(get("/a?b"), None);
        let long = "/".repeat(LONGEST_QUESTION + 1);
        bodies.keep(&long, answer(b"3"));
        assert_eq!(get(&long), None);
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
        let answer = answer(&vec![0; 64 << 10]);
        for number in 0..1000 {
            bodies.keep(&number.to_string(), answer.clone());
        }
        assert!(bodies.kept.weight() <= CAPACITY);
        assert!(bodies.kept.len() < 300);
    }
}
