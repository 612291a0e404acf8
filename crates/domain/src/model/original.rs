//! What a copy was deployed from.

use std::sync::Arc;

use crate::{ArtifactId, ContentTraits, Problem};

/// Names an artifact of a collection, as a record does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OriginalId {
    /// The name of the collection's directory.
    pub collection: String,
    /// The artifact.
    pub artifact: ArtifactId,
}

/// An artifact of a collection as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Original {
    /// Its content.
    Content(Arc<ContentTraits>),
    /// There is no such collection, or it does not hold the artifact.
    Absent,
    /// It could not be read, or whether it is there could not; these problems say why.
    Unreadable(Arc<[Problem]>),
}

impl Original {
    /// Returns the content, if it is at hand.
    pub fn content(&self) -> Option<&ContentTraits> {
        match self {
            Self::Content(content) => Some(content),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }

    /// Returns why it could not be read, if it could not.
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Unreadable(problems) => problems,
            Self::Content(_) | Self::Absent => &[],
        }
    }
}
