//! Hashing copies.

use std::fmt::Debug;

use camino::Utf8Path;

use crate::{ContentHash, ProfileRoot, ProjectPath};

/// Computes the content hash of a copy.
///
/// The hash is SHA-256. A file: its bytes. A directory: for every file in it, the UTF-8 bytes of its
/// path relative to the directory (components joined by `/`), followed by its bytes, nothing
/// between and no lengths; files in the order of their path components, compared by bytes. Hidden
/// files count. Names of directories, empty directories, permissions and times do not. A link to a
/// file counts as a file under the link's name; a link to a directory, a dangling link, a FIFO, a
/// socket and a device count as nothing, and the last three are never opened.
///
/// An implementation MUST NOT follow a link that leaves the profile root. It MUST NOT return a hash
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
