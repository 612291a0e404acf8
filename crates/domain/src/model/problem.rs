//! Whatever was skipped or could not be verified.

use std::fmt;
use std::str::FromStr;

use crate::ArtifactId;

/// Something that was skipped or not verified, where it is, and what to do about it.
///
/// The order is by path, line and then the rest, so that lists of problems are stable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Problem {
    /// The file or directory at fault; bytes that are not UTF-8 are printed as `\xNN`.
    pub path: String,
    /// The line in that file, counted from 1, where the fault has one.
    pub line: Option<u32>,
    /// What sort of fault it is.
    pub kind: ProblemKind,
    /// What is wrong, as a phrase without a full stop.
    pub reason: String,
    /// What to do, as a phrase without a full stop; a command where there is one.
    pub fix: String,
    /// The artifact it concerns, where that is known.
    pub artifact: Option<ArtifactId>,
}

/// The sorts of problems, by what went unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemKind {
    /// A search root that was asked for does not exist or is no directory.
    MissingRoot,
    /// A directory could not be listed; projects below it are unknown.
    UnreadableDirectory,
    /// A project whose path is not UTF-8 cannot be reported by path.
    NonUtf8Path,
    /// A tracker could not be read at all.
    UnreadableTracker,
    /// A tracker, or a part of it, is not TOML or has the wrong shape.
    MalformedTracker,
    /// A record lacks something or says it wrongly; it is not counted.
    MalformedRecord,
    /// A second record of the same artifact in one tracker; it is not counted.
    DuplicateRecord,
    /// A copy that could not be verified; it is counted and its state is unreadable.
    UnreadableCopy,
    /// A collection's manifest, or an entry of it, could not be read.
    MalformedManifest,
    /// The directory of collections, or an artifact in one, could not be read; copies are judged without
    /// it.
    UnreadableCollection,
    /// Something that cannot be watched; changes to it are seen late.
    NotWatched,
    /// A deploy, undeploy or restore was interrupted; the next one in that profile root puts it in
    /// order. Copies and records are answered as they will be then.
    Interrupted,
    /// A copy that was deployed from here is there, but another program has taken its record away.
    VanishedRecord,
    /// The index of fingerprints says something else of a copy than its content does.
    UntrueIndex,
    /// Other machines could not be told of a change to a volume that they share.
    NotTold,
}

impl ProblemKind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::MissingRoot,
        Self::UnreadableDirectory,
        Self::NonUtf8Path,
        Self::UnreadableTracker,
        Self::MalformedTracker,
        Self::MalformedRecord,
        Self::DuplicateRecord,
        Self::UnreadableCopy,
        Self::MalformedManifest,
        Self::UnreadableCollection,
        Self::NotWatched,
        Self::Interrupted,
        Self::VanishedRecord,
        Self::UntrueIndex,
        Self::NotTold,
    ];

    /// Returns the name used in answers, in snake case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingRoot => "missing_root",
            Self::UnreadableDirectory => "unreadable_directory",
            Self::NonUtf8Path => "non_utf8_path",
            Self::UnreadableTracker => "unreadable_tracker",
            Self::MalformedTracker => "malformed_tracker",
            Self::MalformedRecord => "malformed_record",
            Self::DuplicateRecord => "duplicate_record",
            Self::UnreadableCopy => "unreadable_copy",
            Self::MalformedManifest => "malformed_manifest",
            Self::UnreadableCollection => "unreadable_collection",
            Self::NotWatched => "not_watched",
            Self::Interrupted => "interrupted",
            Self::VanishedRecord => "vanished_record",
            Self::UntrueIndex => "untrue_index",
            Self::NotTold => "not_told",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ProblemKind {
    type Err = ProblemKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(ProblemKindError)
    }
}

/// A text that names no sort of problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no sort of problem")]
pub struct ProblemKindError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in ProblemKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("".parse::<ProblemKind>(), Err(ProblemKindError));
    }
}
