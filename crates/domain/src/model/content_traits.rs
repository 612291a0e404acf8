//! By what contents are told apart.

use crate::ContentHash;

/// What one reading of an artifact's content tells: hashes of it as it is and as it would be without
/// what does not matter, so that a difference can be explained without keeping the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentTraits {
    hash: ContentHash,
    // Where they are the hash, as they mostly are, nothing: caches hold many of these.
    without_ignored: Option<Box<ContentHash>>,
    with_lf: Option<Box<ContentHash>>,
    files: Option<Box<[ContentHash]>>,
}

impl ContentTraits {
    /// Joins what was read.
    ///
    /// `without_ignored` is the content hash without the files that deploying leaves out
    /// ([`is_ignored`](crate::is_ignored)), `with_lf` that with each CR LF of text files as LF. `files` is
    /// nothing for an artifact that is a file; else a hash for each file that deploying does not leave
    /// out, in any order: SHA-256 of its path below the artifact, a zero byte and its content.
    pub fn new(
        hash: ContentHash,
        without_ignored: ContentHash,
        with_lf: ContentHash,
        files: Option<Vec<ContentHash>>,
    ) -> Self {
        let other = |other: ContentHash| (other != hash).then(|| Box::new(other));
        let sorted = |mut files: Vec<ContentHash>| {
            files.sort_unstable();
            files.into_boxed_slice()
        };
        Self {
            hash,
            without_ignored: other(without_ignored),
            with_lf: other(with_lf),
            files: files.map(sorted),
        }
    }

    /// Returns the content hash.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// Returns the content hash without the files that deploying leaves out.
    pub fn without_ignored(&self) -> ContentHash {
        self.without_ignored.as_deref().copied().unwrap_or(self.hash)
    }

    /// Returns the content hash with each CR LF of text files as LF.
    pub fn with_lf(&self) -> ContentHash {
        self.with_lf.as_deref().copied().unwrap_or(self.hash)
    }

    /// Returns the hashes of the files, sorted, as [`new`](Self::new) says what they are; nothing for an
    /// artifact that is a file.
    pub fn files(&self) -> Option<&[ContentHash]> {
        self.files.as_deref()
    }

    /// Tells whether deploying this content would leave a copy with this hash: either everything is
    /// copied or what deploying leaves out is not.
    pub(crate) fn deploys_as(&self, hash: ContentHash) -> bool {
        self.hash == hash || self.without_ignored() == hash
    }

    /// Tells whether both are directories, every file of `other` is here as it is there, and at least
    /// one more; files that deploying leaves out do not count.
    pub(crate) fn adds_to(&self, other: &Self) -> bool {
        let (Some(files), Some(others)) = (&self.files, &other.files) else { return false };
        files.len() > others.len() && others.iter().all(|file| files.binary_search(file).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_of_files_are_kept_in_order() {
        let [one, two] = [1, 2].map(|byte| ContentHash::from_bytes([byte; 32]));
        let files =
            |files| ContentTraits::new(one, one, one, files).files().map(<[ContentHash]>::to_vec);
        assert_eq!(files(Some(vec![two, one])), Some(vec![one, two]));
        assert_eq!(files(Some(Vec::new())), Some(Vec::new()));
        assert_eq!(files(None), None);
    }
}
