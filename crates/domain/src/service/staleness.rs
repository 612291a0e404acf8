//! Which change makes which answers stale: pure, and the only place that knows.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::{
    Affected, ArtifactId, Assessment, DeploymentRecord, Original, OriginalId, ProfileRoot,
    ProjectRecords,
};

/// Returns which copies may differ when something at `path` below a profile root has changed: those
/// at the path, those it lies in and those in it. As indices of the records.
pub fn touched_copies(
    records: &ProjectRecords,
    profile_root: &ProfileRoot,
    path: &Utf8Path,
) -> Vec<usize> {
    let touched = |record: &DeploymentRecord| {
        record.profile_root == *profile_root
            && record
                .path
                .inside()
                .is_ok_and(|copy| copy.starts_with(path) || path.starts_with(copy))
    };
    let records = records.records.iter().enumerate();
    records.filter(|(_, record)| touched(record)).map(|(index, _)| index).collect()
}

/// Returns whose statistics may differ when the trackers of a project said one thing before and say
/// another now: the artifacts that either names, in records and in problems. Without a before, nobody
/// knows.
pub fn affected_artifacts(before: Option<&ProjectRecords>, after: &ProjectRecords) -> Affected {
    let Some(before) = before else { return Affected::All };
    Affected::Only(named(before).chain(named(after)).cloned().collect())
}

/// Returns the artifacts of some copies of a project.
pub fn artifacts_of(records: &ProjectRecords, copies: &[usize]) -> BTreeSet<ArtifactId> {
    copies.iter().map(|&copy| records.records[copy].artifact.clone()).collect()
}

/// Returns every artifact that the trackers of a project name, some several times.
pub fn named(records: &ProjectRecords) -> impl Iterator<Item = &ArtifactId> {
    let of_records = records.records.iter().map(|record| &record.artifact);
    of_records.chain(records.problems.iter().filter_map(|problem| problem.artifact.as_ref()))
}

/// Returns whose statistics may differ when collections have changed: the artifacts of those originals
/// that are not now what they were before. Of one that was asked for and is not known before, nobody
/// knows what was made of it.
pub fn affected_by_originals(
    before: &BTreeMap<OriginalId, Option<Original>>,
    after: &BTreeMap<OriginalId, Original>,
) -> Affected {
    let same = |id, before: &Option<Original>| before.is_some() && before.as_ref() == after.get(id);
    let changed = before.iter().filter(|(id, before)| !same(*id, before));
    Affected::Only(changed.map(|(id, _)| id.artifact.clone()).collect())
}

/// Tells whether what became of a copy is as good for a record that was read later, as long as the copy
/// itself has not changed: the records say the same, but for the line they stand on, and it tells of no
/// line.
pub fn state_survives(
    before: &DeploymentRecord,
    state: &Assessment,
    after: &DeploymentRecord,
) -> bool {
    !matches!(state, Assessment::Unreadable(_))
        && before.artifact == after.artifact
        && before.profile_root == after.profile_root
        && before.path == after.path
        && before.baseline == after.baseline
}

#[cfg(test)]
mod tests;
