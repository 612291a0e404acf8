//! Working out what brings a backup back.

use std::path::PathBuf;

use camino::Utf8Path;
use skillstat_domain::{
    Action, ContentHash, DeployError, NeedsForce, Occupant, Plan, decide_removal,
};

use super::backup_store::{KeptPlace, Stored};
use super::change::{Change, Draft, Expected, NewCopy};
use super::draft::{first, holds_other, is_edited, place_of, removal};
use super::here::Here;
use crate::hasher::hash_when_quiet;
use crate::links::Links;
use crate::tracker::{Recorded, TrackerText};

/// Works a restore out: every place and every record becomes what it was before the write that made the
/// backup.
pub(crate) fn restore(stored: &Stored, here: &Here, force: bool) -> Result<Draft, DeployError> {
    let meta = &stored.meta;
    let recorded = first(here, &meta.artifact);
    let mut changes = Vec::new();
    for (index, place) in meta.places.iter().enumerate() {
        let occupant = here.occupant(&place.path, &meta.artifact);
        if let Occupant::Holds(other) = &occupant {
            return Err(holds_other(here, &place.path, other));
        }
        if is_back(here, place) {
            continue;
        }
        if !force {
            unedited(here, &place.path, recorded, &occupant)?;
        }
        let new = place.copied.is_some().then(|| copy_of(stored, index, place)).transpose()?;
        if new.is_some() || occupant != Occupant::Nothing {
            let of_place = |record: &&Recorded| record.path.inside().as_ref() == Ok(&place.path);
            let edited = is_edited(recorded.filter(of_place), &occupant);
            changes.push(Change { path: place.path.clone(), old: occupant, edited, new });
        }
    }
    // Deployed anew at another place since: that copy goes with its record.
    let elsewhere = recorded.and_then(|record| Some((record, place_of(record, here)?)));
    if let Some((record, path)) = elsewhere
        && !meta.places.iter().any(|place| place.path == path)
    {
        changes.extend(removal(here, record, &path, force)?);
    }
    let kept = meta.places.iter().enumerate().find(|(_, place)| place.copied.is_some());
    let record =
        meta.blocks.first().and_then(|block| TrackerText::parse("", block.as_bytes()).ok());
    let old_blocks = here.text().blocks(&meta.artifact);
    let up_to_date = changes.is_empty() && meta.blocks == old_blocks;
    let plan = Plan {
        artifact: meta.artifact.clone(),
        project: here.project.clone(),
        profile_root: here.profile_root.clone(),
        action: if up_to_date { Action::UpToDate } else { Action::Restore },
        path: kept.map(|(_, place)| place.path.clone()).unwrap_or_default(),
        hash: kept.and_then(|(index, _)| hash_of(stored, index)),
        warnings: here.warnings(),
    };
    Ok(Draft {
        plan,
        changes,
        blocks: meta.blocks.clone(),
        old_blocks,
        deployed_at: record.and_then(|text| Some(text.records().first()?.deployed_at.clone())),
    })
}

/// Tells whether the very thing that was kept lies at its place.
fn is_back(here: &Here, place: &KeptPlace) -> bool {
    let located = || here.root.as_ref()?.locate(&place.path).ok();
    let now = || located()?.entry().ok()??.fingerprint().ok();
    place.copied.is_some_and(|copied| now() == Some(copied.fingerprint))
}

fn copy_of(stored: &Stored, index: usize, place: &KeptPlace) -> Result<NewCopy, DeployError> {
    let gone = || DeployError::Failed {
        path: stored.show(index),
        reason: "is gone from the backup".to_owned(),
        fix: "look for another backup".to_owned(),
    };
    let copied = place.copied.ok_or_else(gone)?;
    Ok(NewCopy {
        entry: stored.entry(index)?.ok_or_else(gone)?,
        left_out: |_| false,
        expected: Expected::Fingerprint(copied.fingerprint),
        shown: stored.show(index),
    })
}

/// Refuses to replace what its record does not vouch for.
fn unedited(
    here: &Here,
    path: &Utf8Path,
    recorded: Option<&Recorded>,
    occupant: &Occupant,
) -> Result<(), DeployError> {
    let of_place = |record: &&Recorded| record.path.inside().as_deref() == Ok(path);
    let why = match (recorded.filter(of_place), occupant) {
        (_, Occupant::Nothing) => return Ok(()),
        (Some(record), occupant) => match decide_removal(&record.baseline, occupant, false) {
            Ok(_) => return Ok(()),
            Err(why) => why,
        },
        (None, _) => NeedsForce::Untracked,
    };
    Err(DeployError::NeedsForce { path: here.show(path), why })
}

/// Returns the content hash that a copy will have; nothing when it cannot be told.
fn hash_of(stored: &Stored, place: usize) -> Option<ContentHash> {
    let copy = PathBuf::from(place.to_string());
    let links = Links::Beneath { profile_root: stored.dir().ok()?, copy };
    hash_when_quiet(&links, |_| false).ok()
}
