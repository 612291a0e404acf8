//! What a copy is, from its content, its baseline and its original: pure, the table of states.

use crate::{Assessment, Baseline, ContentTraits, CopyState, DriftKind};

/// Returns the state of a copy. `original` is what the collection holds now; nothing when it is not at
/// hand, and then the copy is judged by its baseline alone.
pub fn explain(
    assessment: Assessment,
    baseline: &Baseline,
    original: Option<&ContentTraits>,
) -> CopyState {
    let baseline = baseline.hash();
    // The original, as long as it still is what was deployed.
    let deployed =
        original.filter(|original| baseline.is_some_and(|baseline| original.deploys_as(baseline)));
    match assessment {
        Assessment::AsDeployed if original.is_some() && deployed.is_none() => CopyState::Outdated,
        Assessment::AsDeployed => CopyState::Synced,
        Assessment::Differs(difference) => {
            let (current, kind) = (difference.current(), difference.kind(deployed));
            match original {
                Some(original) if deployed.is_none() && original.deploys_as(current) => {
                    CopyState::Modified { current, kind: DriftKind::UnrecordedUpdate }
                }
                Some(_) if deployed.is_none() => CopyState::Conflict { current, kind },
                Some(_) | None => CopyState::Modified { current, kind },
            }
        }
        Assessment::Missing => CopyState::Missing,
        Assessment::Unreadable(problem) => CopyState::Unreadable(problem),
    }
}

#[cfg(test)]
mod tests;
