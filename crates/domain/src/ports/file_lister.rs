//! Listing the files of copies and originals.

use std::collections::BTreeSet;
use std::fmt::Debug;

use crate::{ContentLocation, FileList, HashError};

/// Lists the files that the content hash counts, and reads the texts of some.
///
/// An implementation MUST count what [`Hasher`](crate::Hasher) counts, and like it neither follow a link
/// that leaves the profile root or the collection nor return anything that changed while it was read. It
/// MUST keep to the limits of [`FileList`]. It may block.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
pub trait FileLister: Debug + Send + Sync {
    /// Returns the files at a place, with the texts of those whose paths are in `texts`.
    ///
    /// # Errors
    ///
    /// - [`HashError::Missing`] when nothing is there.
    /// - [`HashError::Unverified`] when there is something that could not be read truthfully, or more
    ///   than [`FileList::MAX_FILES`].
    #[expect(clippy::elidable_lifetime_names, reason = "the mock of the port needs the name")]
    fn files<'a>(
        &self,
        content: &ContentLocation<'a>,
        texts: &BTreeSet<String>,
    ) -> Result<FileList, HashError>;
}

const _: fn(&dyn FileLister) = |_| {};
