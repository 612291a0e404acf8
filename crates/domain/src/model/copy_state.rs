//! What became of a deployed copy.

use std::fmt;

use crate::{ContentHash, Problem};

/// The state of one copy: its content against the baseline on record.
///
/// An error is `Unreadable`: never synced and never modified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyState {
    /// The content is what was deployed.
    Synced,
    /// The content differs from what was deployed.
    Modified {
        /// The hash of the content as it is now.
        current: ContentHash,
    },
    /// There is nothing at the recorded path. It still counts as a deployment, not modified.
    Missing,
    /// The content could not be verified; the problem says why.
    Unreadable(Box<Problem>),
}

impl CopyState {
    /// Returns the name of the state.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Synced => StateName::Synced,
            Self::Modified { .. } => StateName::Modified,
            Self::Missing => StateName::Missing,
            Self::Unreadable(_) => StateName::Unreadable,
        }
    }
}

/// The names of the states, from the least to the most serious.
///
/// The order is the one in which the worst state of several copies is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateName {
    /// As deployed.
    Synced,
    /// Gone.
    Missing,
    /// Not verified.
    Unreadable,
    /// Edited.
    Modified,
}

impl StateName {
    /// All of them, from the least to the most serious.
    pub const ALL: [Self; 4] = [Self::Synced, Self::Missing, Self::Unreadable, Self::Modified];

    /// Returns the name used in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Modified => "modified",
        }
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
