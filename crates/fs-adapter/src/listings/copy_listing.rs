//! Which directories and links a copy holds.

use super::entries::{Entries, Followed, followed, is_certain};

/// Ends what is said of a directory. No entry has an empty name.
const END: &[u8] = b".\0";

/// All that is said of a file.
const FILE: &[u8] = b"f\0";

/// What each directory of a copy holds, the directories one behind the other: each before those in it, in
/// the order of their names. It says the same whatever the order in which the system lists them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CopyListing(Vec<u8>);

impl CopyListing {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Says of a copy that it is a file, and no link.
    pub(crate) fn file() -> Self {
        Self::of(FILE)
    }

    pub(crate) fn is_file(&self) -> bool {
        self.0 == FILE
    }

    /// Adds the next directory.
    pub(crate) fn add(&mut self, directory: &Entries) {
        directory.write_sorted(&mut self.0);
        self.0.extend_from_slice(END);
    }

    /// Tells whether it says of all that the copy holds what it is.
    pub(super) fn is_certain(&self) -> bool {
        is_certain(&self.0)
    }

    /// Returns what each directory holds.
    pub(crate) fn directories(&self) -> ListedDirectories<'_> {
        ListedDirectories(&self.0)
    }
}

/// The directories of a copy that are still to come.
#[derive(Debug)]
pub(crate) struct ListedDirectories<'a>(&'a [u8]);

impl<'a> ListedDirectories<'a> {
    /// Returns the directories and links in the next directory, sorted by name.
    pub(crate) fn next_holds(&mut self) -> impl Iterator<Item = Followed<'a>> + use<'a> {
        let entries = self.0.split_inclusive(|&byte| byte == 0);
        let length = entries.take_while(|entry| *entry != END).map(<[u8]>::len).sum();
        let (holds, rest) = self.0.split_at(length);
        self.0 = rest.strip_prefix(END).unwrap_or(rest);
        followed(holds)
    }
}
