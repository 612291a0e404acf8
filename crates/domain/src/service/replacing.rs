//! What may be replaced and taken away, and which records go with a copy: pure rules.

use camino::Utf8PathBuf;

use crate::{
    Action, ArtifactId, Assessment, Baseline, ContentHash, NeedsForce, RecordedPath, Replace,
    StateName,
};

/// What lies where a copy is to go, or is to be taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupant {
    /// Nothing.
    Nothing,
    /// A file or directory with this content.
    Content(ContentHash),
    /// Something whose content could not be verified, and why.
    Unverified(String),
    /// A file or directory with the recorded copy of this other artifact in it, or that is that copy.
    Holds(ArtifactId),
}

/// Why a copy does not go where it was to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is recorded, and nothing was to be replaced.
    AlreadyDeployed,
    /// Only force does it.
    NeedsForce(NeedsForce),
    /// The copy of this other artifact would go with what is there. Force does not do that.
    HoldsOther(ArtifactId),
}

/// Decides what deploying content with the hash `new` does: [`Action::Create`],
/// [`Action::Replace`], [`Action::Record`] or [`Action::UpToDate`].
///
/// `recorded` is the baseline of the record that points to the place, if there is one.
///
/// Nothing is lost by leaving in place what has the very content that is deployed, so that needs no
/// force; whoever replaces anything gets a new copy all the same, with the source's permissions.
///
/// # Errors
///
/// - [`Refusal`] when `replace` does not allow what it takes.
pub fn decide_deploy(
    recorded: Option<&Baseline>,
    occupant: &Occupant,
    new: ContentHash,
    replace: Replace,
) -> Result<Action, Refusal> {
    let needs = |why| Err(Refusal::NeedsForce(why));
    let same = *occupant == Occupant::Content(new);
    match (replace, recorded, occupant) {
        (Replace::Nothing, Some(_), _) => Err(Refusal::AlreadyDeployed),
        (_, _, Occupant::Nothing) => Ok(Action::Create),
        (_, _, Occupant::Holds(other)) => Err(Refusal::HoldsOther(other.clone())),
        (Replace::Anything, _, _) => Ok(Action::Replace),
        (Replace::Unmodified, Some(baseline), _) if same && baseline.hash() == Some(new) => {
            Ok(Action::UpToDate)
        }
        (Replace::Unmodified, _, _) if same => Ok(Action::Record),
        (Replace::Nothing | Replace::Unmodified, None, _) => needs(NeedsForce::Untracked),
        (Replace::Unmodified, Some(baseline), _) => match edited(baseline, occupant) {
            Some(why) => needs(why),
            None => Ok(Action::Replace),
        },
    }
}

/// Decides whether a recorded copy may be taken away without force: [`Action::Remove`], or
/// [`Action::RemoveRecord`] when there is none, or none of its own: what holds the copies of others stays.
///
/// # Errors
///
/// - [`NeedsForce`] when it is not what was deployed, or that cannot be told.
pub fn decide_removal(
    recorded: &Baseline,
    occupant: &Occupant,
    force: bool,
) -> Result<Action, NeedsForce> {
    if matches!(occupant, Occupant::Nothing | Occupant::Holds(_)) {
        return Ok(Action::RemoveRecord);
    }
    match edited(recorded, occupant) {
        Some(why) if !force => Err(why),
        _ => Ok(Action::Remove),
    }
}

/// Tells why a copy may not be had again from a collection; nothing when it is what was deployed.
fn edited(recorded: &Baseline, occupant: &Occupant) -> Option<NeedsForce> {
    match (occupant, recorded.hash()) {
        (Occupant::Nothing | Occupant::Holds(_), _) => None,
        (Occupant::Content(current), Some(baseline)) if *current == baseline => None,
        (Occupant::Content(_), Some(_)) => Some(NeedsForce::LocallyModified),
        (Occupant::Content(_), None) => Some(NeedsForce::Unverified {
            reason: format!("the hash on record is no SHA-256 in hex: `{}`", recorded.as_str()),
        }),
        (Occupant::Unverified(reason), _) => {
            Some(NeedsForce::Unverified { reason: reason.clone() })
        }
    }
}

/// Returns which records of one tracker, in their order, each given by artifact and path, belong to the copy of
/// an artifact: by their place, the first, which decides, and then those that say only that other profiles use
/// the same copy. They are written, or taken away, together. Later ones of the artifact that point elsewhere do
/// not count and are left alone.
pub fn records_of_copy<'a>(
    records: impl IntoIterator<Item = (&'a ArtifactId, &'a RecordedPath)>,
    artifact: &ArtifactId,
) -> Vec<usize> {
    let mut of_copy = Vec::new();
    let mut place: Option<Result<Utf8PathBuf, &str>> = None;
    for (index, (_, path)) in
        records.into_iter().enumerate().filter(|(_, (found, _))| *found == artifact)
    {
        let here = path.inside().map_err(|_| path.as_str());
        if *place.get_or_insert_with(|| here.clone()) == here {
            of_copy.push(index);
        }
    }
    of_copy
}

/// Tells whether a new version is rolled out to a copy that was found like this: only to what was
/// deployed and nobody has touched.
///
/// # Errors
///
/// - The name of its state, when it is not.
pub(super) fn rolls_out(copy: &Assessment) -> Result<(), StateName> {
    match copy {
        Assessment::AsDeployed => Ok(()),
        Assessment::Differs(_) => Err(StateName::Modified),
        Assessment::Missing => Err(StateName::Missing),
        Assessment::Unreadable(_) => Err(StateName::Unreadable),
    }
}

#[cfg(test)]
mod tests;
