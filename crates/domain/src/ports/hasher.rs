//! Hashing copies and what they were deployed from.

use std::fmt::Debug;

use camino::Utf8Path;

use crate::{ContentHash, ContentTraits, Difference, ProfileRoot, ProjectPath};

/// Computes content hashes.
///
/// The hash is SHA-256. A file: its bytes. A directory: for every file in it, the UTF-8 bytes of its
/// path relative to the directory (components joined by `/`), followed by its bytes, nothing
/// between and no lengths; files in the order of their path components, compared by bytes. Hidden
/// files count. Names of directories, empty directories, permissions and times do not. A link to a
/// file counts as a file under the link's name; a link to a directory, a dangling link, a FIFO, a
/// socket and a device count as nothing, and the last three are never opened.
///
/// An implementation MUST NOT follow a link that leaves the profile root, or the collection. It MUST NOT return a hash
/// of anything it could not read in full, or of content that changed meanwhile. It may block.
///
/// # Source
///
/// SkillMeat's `compute_content_hash`, whose hashes stand in every tracker.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait Hasher: Debug + Send + Sync {
    /// Returns the content hash of a copy as it is now.
    ///
    /// # Errors
    ///
    /// - [`HashError::Missing`] when there is nothing at the path, not even a dangling link's target.
    /// - [`HashError::Unverified`] when there is something that could not be read truthfully.
    #[expect(clippy::elidable_lifetime_names, reason = "the mock of the port needs the name")]
    fn hash<'a>(&self, copy: &CopyLocation<'a>) -> Result<ContentHash, HashError>;

    /// Returns what differs if the content hash of a copy is another one than `baseline`, else nothing.
    /// Costs what [`hash`](Self::hash) does for a copy that is as deployed. Text is what holds no NUL in
    /// its first 8 KiB.
    ///
    /// # Errors
    ///
    /// As [`hash`](Self::hash).
    #[expect(clippy::elidable_lifetime_names, reason = "the mock of the port needs the name")]
    fn difference<'a>(
        &self,
        copy: &CopyLocation<'a>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError>;

    /// Returns the same of several copies, in their order. What those in one profile root have in common may
    /// be looked at once, after the call began.
    #[expect(clippy::elidable_lifetime_names, reason = "the mock of the port needs the name")]
    fn differences<'a>(
        &self,
        copies: &[(CopyLocation<'a>, ContentHash)],
    ) -> Vec<Result<Option<Difference>, HashError>> {
        copies.iter().map(|(copy, baseline)| self.difference(copy, *baseline)).collect()
    }

    /// Returns all that copies of an original are compared with, from one reading.
    ///
    /// # Errors
    ///
    /// As [`hash`](Self::hash).
    #[expect(clippy::elidable_lifetime_names, reason = "the mock of the port needs the name")]
    fn examine<'a>(&self, original: &OriginalLocation<'a>) -> Result<ContentTraits, HashError>;
}

const _: fn(&dyn Hasher) = |_| {};

/// Which copy: a path that stays inside a profile root of a project, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyLocation<'a> {
    /// The project.
    pub project: &'a ProjectPath,
    /// The profile root of the project.
    pub profile_root: &'a ProfileRoot,
    /// The path below the profile root, from [`RecordedPath::inside`](crate::RecordedPath::inside).
    pub path: &'a Utf8Path,
}

/// Which artifact of a collection: a path that stays inside it, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OriginalLocation<'a> {
    /// The directory of the collection.
    pub collection: &'a Utf8Path,
    /// The path below it, from [`RecordedPath::inside`](crate::RecordedPath::inside).
    pub path: &'a Utf8Path,
}

/// Where a content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentLocation<'a> {
    /// In a project.
    Copy(CopyLocation<'a>),
    /// In a collection.
    Original(OriginalLocation<'a>),
}

/// Why there is no content hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// Nothing is there.
    #[error("nothing is there")]
    Missing,
    /// Something is there that could not be read truthfully.
    #[error("`{path}` {reason}")]
    Unverified {
        /// The file or directory at fault.
        path: String,
        /// What is wrong, as a phrase.
        reason: String,
        /// What to do, as a phrase.
        fix: String,
    },
}
