//! In what way a modified copy differs.

use std::fmt;
use std::str::FromStr;

/// What is known of the difference between a modified copy and what was deployed.
///
/// The first that is true, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriftKind {
    /// The copy is what the collection holds now: somebody updated it and no record says so.
    UnrecordedUpdate,
    /// Only files differ that deploying leaves out, such as `__pycache__`.
    IgnoredFilesOnly,
    /// Only the ends of lines of text files differ.
    LineEndingsOnly,
    /// Files were added, and all that were deployed are as they were.
    AdditionsOnly,
    /// Files were removed, and all that are there are as they were deployed.
    RemovalsOnly,
    /// The content of files differs; the collection still holds what was deployed.
    Content,
    /// Nobody has what was deployed any more, so nobody can tell.
    Unexplained,
}

impl DriftKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::UnrecordedUpdate,
        Self::IgnoredFilesOnly,
        Self::LineEndingsOnly,
        Self::AdditionsOnly,
        Self::RemovalsOnly,
        Self::Content,
        Self::Unexplained,
    ];

    /// Returns the name used in answers, in kebab case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnrecordedUpdate => "unrecorded-update",
            Self::IgnoredFilesOnly => "ignored-files-only",
            Self::LineEndingsOnly => "line-endings-only",
            Self::AdditionsOnly => "additions-only",
            Self::RemovalsOnly => "removals-only",
            Self::Content => "content",
            Self::Unexplained => "unexplained",
        }
    }
}

impl FromStr for DriftKind {
    type Err = DriftKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(DriftKindError)
    }
}

/// A text that names no sort of drift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no sort of drift")]
pub struct DriftKindError;

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
