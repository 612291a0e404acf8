//! What became of a deployed copy.

use std::fmt;

use crate::{ContentHash, DriftKind, Problem};

/// The state of one copy: its content against the baseline on record, and both against what the
/// collection holds now where that is at hand.
///
/// An error is `Unreadable`: never synced and never modified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyState {
    /// The content is what was deployed.
    Synced,
    /// The content is what was deployed, and the collection holds something newer.
    Outdated,
    /// The content differs from what was deployed.
    Modified {
        /// The hash of the content as it is now.
        current: ContentHash,
        /// In what way it differs.
        kind: DriftKind,
    },
    /// The content differs from what was deployed, and the collection holds something else again.
    Conflict {
        /// The hash of the content as it is now.
        current: ContentHash,
        /// In what way it differs from what was deployed.
        kind: DriftKind,
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
            Self::Outdated => StateName::Outdated,
            Self::Modified { .. } => StateName::Modified,
            Self::Conflict { .. } => StateName::Conflict,
            Self::Missing => StateName::Missing,
            Self::Unreadable(_) => StateName::Unreadable,
        }
    }

    /// Returns in what way the content differs from what was deployed, if it does.
    pub const fn kind(&self) -> Option<DriftKind> {
        match self {
            Self::Modified { kind, .. } | Self::Conflict { kind, .. } => Some(*kind),
            Self::Synced | Self::Outdated | Self::Missing | Self::Unreadable(_) => None,
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
    /// As deployed, and there is something newer.
    Outdated,
    /// Gone.
    Missing,
    /// Not verified.
    Unreadable,
    /// Edited.
    Modified,
    /// Edited, and there is something newer.
    Conflict,
}

impl StateName {
    /// All of them, from the least to the most serious.
    pub const ALL: [Self; 6] = [
        Self::Synced,
        Self::Outdated,
        Self::Missing,
        Self::Unreadable,
        Self::Modified,
        Self::Conflict,
    ];

    /// Returns the name used in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Synced => "synced",
            Self::Outdated => "outdated",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Modified => "modified",
            Self::Conflict => "conflict",
        }
    }

    /// Tells whether the content differs from what was deployed: what SkillMeat calls modified.
    pub const fn is_modified(self) -> bool {
        match self {
            Self::Modified | Self::Conflict => true,
            Self::Synced | Self::Outdated | Self::Missing | Self::Unreadable => false,
        }
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
