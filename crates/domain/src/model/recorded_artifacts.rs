//! What is on record in a profile root, as far as whoever writes there needs to know.

use crate::{ArtifactId, ProfileRoot};

/// The artifacts that a tracker names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedArtifacts {
    /// The profile root that holds the tracker.
    pub profile_root: ProfileRoot,
    /// The artifacts on record, by line.
    pub artifacts: Vec<ArtifactId>,
    /// Whether that is all: no part of the tracker was unreadable.
    pub complete: bool,
}
