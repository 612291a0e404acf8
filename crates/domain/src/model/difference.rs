//! A copy that is not what was deployed.

use crate::{ContentHash, ContentTraits, DriftKind};

/// The content of a copy that differs from its baseline, and what that alone tells of the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    traits: ContentTraits,
    noise: Option<DriftKind>,
}

impl Difference {
    /// Compares a content with the baseline; `with_crlf` is its hash with each LF of text files as CR LF.
    pub fn new(traits: ContentTraits, with_crlf: ContentHash, baseline: ContentHash) -> Self {
        let noise = if traits.without_ignored() == baseline {
            Some(DriftKind::IgnoredFilesOnly)
        } else if [traits.with_lf(), with_crlf].contains(&baseline) {
            Some(DriftKind::LineEndingsOnly)
        } else {
            None
        };
        Self { traits, noise }
    }

    /// Returns the content hash of the copy.
    pub fn current(&self) -> ContentHash {
        self.traits.hash()
    }

    /// Tells in what way the copy differs from what was deployed; `deployed` is that, where somebody
    /// still has it.
    pub fn kind(&self, deployed: Option<&ContentTraits>) -> DriftKind {
        let copy = &self.traits;
        match (self.noise, deployed) {
            (Some(noise), _) => noise,
            (None, None) => DriftKind::Unexplained,
            // What was deployed may itself hold files that are ignored, or lines with either end: with
            // it at hand, what is left of both is compared.
            (None, Some(deployed)) if copy.without_ignored() == deployed.without_ignored() => {
                DriftKind::IgnoredFilesOnly
            }
            (None, Some(deployed)) if copy.with_lf() == deployed.with_lf() => {
                DriftKind::LineEndingsOnly
            }
            (None, Some(deployed)) if copy.adds_to(deployed) => DriftKind::AdditionsOnly,
            (None, Some(deployed)) if deployed.adds_to(copy) => DriftKind::RemovalsOnly,
            (None, Some(_)) => DriftKind::Content,
        }
    }
}
