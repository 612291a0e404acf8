//! Whose answers a change concerns.

use std::collections::BTreeSet;

use crate::ArtifactId;

/// The artifacts whose statistics are no longer good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Affected {
    /// Every artifact: nobody knows better.
    All,
    /// These, and no other.
    Only(BTreeSet<ArtifactId>),
}

impl Affected {
    /// No artifact.
    pub const NONE: Self = Self::Only(BTreeSet::new());

    /// Tells whether it is no artifact.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::Only(artifacts) if artifacts.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_no_artifact_is_none() {
        assert!(Affected::NONE.is_none());
        assert!(!Affected::All.is_none());
        assert!(!Affected::Only(["skill:pdf".parse().unwrap()].into()).is_none());
    }
}
