//! The files of an artifact.

use crate::ContentHash;

/// The files of a copy or an original, as the content hash counts them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileList {
    /// The files, sorted by the bytes of their paths. An artifact that is a file has one, whose path is
    /// empty.
    pub files: Vec<ListedFile>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Its path below the artifact, with `/` between names.
    pub path: String,
    /// The SHA-256 of its bytes alone.
    pub hash: ContentHash,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// Whether its owner may execute it.
    pub executable: bool,
    /// Its text, if that was asked for.
    pub text: FileText,
}

/// The text of a file, or why it is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileText {
    /// Nobody asked for it.
    NotAsked,
    /// It is here, in no particular encoding.
    Known(Box<[u8]>),
    /// It is no text: there is a NUL in its first 8 KiB.
    Binary,
    /// It is larger than [`MAX_TEXT_BYTES`](FileList::MAX_TEXT_BYTES), or there is more of it in all than
    /// [`MAX_TEXTS_BYTES`](FileList::MAX_TEXTS_BYTES).
    TooLarge,
}

impl FileList {
    /// The largest text of one file that is looked into.
    pub const MAX_TEXT_BYTES: usize = 1 << 20;

    /// The most text of all files of one artifact.
    pub const MAX_TEXTS_BYTES: usize = 16 << 20;

    /// The most files of an artifact that are listed.
    pub const MAX_FILES: usize = 10_000;
}
