//! Working a task out: what it takes, decided by the rules of the domain.

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    Action, ArtifactId, DeployError, DeployTask, DeployedAt, Occupant, Plan, Refusal, Replace,
    UndeployTask, decide_deploy, decide_removal, destination, place_of_copy,
};

use super::beneath::reserved;
use super::change::{Change, Draft};
use super::here::Here;
use super::source;
use crate::tracker::{NewRecord, Recorded};

/// Works a deploy out.
pub(crate) fn deploy(
    task: &DeployTask,
    here: &Here,
    now: DeployedAt,
) -> Result<Draft, DeployError> {
    let root = task.profile.root();
    let in_collection = Utf8Path::new(&task.source.path);
    let usual = destination(&task.artifact, in_collection, root, None)?;
    let asked = task.dest_path.as_deref().filter(|dest_path| !dest_path.is_empty());
    let asked = asked
        .map(|asked| destination(&task.artifact, in_collection, root, Some(asked)))
        .transpose()?;
    let recorded = first(here, &task.artifact);
    let path = place_of_copy(asked, recorded.map(|record| &record.path), usual);
    check_place(here, &path)?;
    if task.replace == Replace::Nothing && recorded.is_some() {
        return Err(DeployError::AlreadyDeployed { artifact: task.artifact.clone() });
    }
    let (copy, hash) = source::open(&task.source)?;
    let occupant = here.occupant(&path, &task.artifact);
    let old_place = recorded.and_then(|record| place_of(record, here));
    let baseline = recorded.filter(|_| old_place.as_ref() == Some(&path));
    let left_over = here.is_left_over(&path);
    let mut action = if left_over {
        Action::Create
    } else {
        decide_deploy(baseline.map(|record| &record.baseline), &occupant, hash, task.replace)
            .map_err(|refusal| refused(here, &path, refusal, task))?
    };
    let mut changes = Vec::new();
    if matches!(action, Action::Create | Action::Replace) {
        let edited = !left_over && is_edited(baseline, &occupant);
        changes.push(Change { path: path.clone(), old: occupant, edited, new: Some(copy) });
    }
    if let (Some(record), Some(from)) = (recorded, old_place.filter(|from| *from != path)) {
        let removal = removal(here, record, &from, task.replace == Replace::Anything)?;
        if from.starts_with(&path) || path.starts_with(&from) {
            return Err(in_the_way(here, &path, "and the copy it replaces lie in one another"));
        }
        changes.extend(removal);
        action = Action::Move { from };
    }
    let up_to_date = action == Action::UpToDate;
    let old_blocks = here.text().blocks(&task.artifact);
    let new = NewRecord {
        name: &task.name,
        kind: task.artifact.kind(),
        collection: &task.source.collection,
        deployed_at: &now,
        path: path.as_str(),
        hash,
        profile: &task.profile,
    };
    let blocks = match &*old_blocks {
        blocks if up_to_date => blocks.to_vec(),
        [] => vec![new.fresh(here.text().newline())],
        blocks => blocks
            .iter()
            .map(|block| new.updated(block).unwrap_or_else(|| new.fresh(here.text().newline())))
            .collect(),
    };
    let deployed_at = match recorded {
        Some(record) if up_to_date => Some(record.deployed_at.clone()),
        _ => Some(now),
    };
    let plan = Plan {
        artifact: task.artifact.clone(),
        project: here.project.clone(),
        profile_root: here.profile_root.clone(),
        action,
        path,
        hash: Some(hash),
        warnings: here.warnings(),
    };
    Ok(Draft { plan, changes, blocks, old_blocks, deployed_at })
}

/// Works an undeploy out.
pub(crate) fn undeploy(task: &UndeployTask, here: &Here) -> Result<Draft, DeployError> {
    let recorded = first(here, &task.artifact).ok_or_else(|| DeployError::NotDeployed {
        artifact: task.artifact.clone(),
        project: here.project.clone(),
    })?;
    let place = place_of(recorded, here);
    let mut changes = Vec::new();
    if let (Some(path), false) = (&place, task.keep_copy) {
        changes.extend(removal(here, recorded, path, task.force)?);
    }
    let plan = Plan {
        artifact: task.artifact.clone(),
        project: here.project.clone(),
        profile_root: here.profile_root.clone(),
        action: if changes.is_empty() { Action::RemoveRecord } else { Action::Remove },
        path: place.unwrap_or_else(|| recorded.path.as_str().into()),
        hash: None,
        warnings: here.warnings(),
    };
    let old_blocks = here.text().blocks(&task.artifact);
    Ok(Draft { plan, changes, blocks: Vec::new(), old_blocks, deployed_at: None })
}

/// Returns the record of an artifact that counts.
pub(super) fn first<'a>(here: &'a Here, artifact: &ArtifactId) -> Option<&'a Recorded> {
    here.text().records().iter().find(|record| record.artifact == *artifact)
}

/// Returns the place of a recorded copy; nothing when what lies there can be no copy.
pub(super) fn place_of(record: &Recorded, here: &Here) -> Option<Utf8PathBuf> {
    let ours = |path: &Utf8PathBuf| reserved(path).is_none() && !here.leads_out(path);
    record.path.inside().ok().filter(ours)
}

/// Returns what taking a recorded copy away changes; nothing when there is none.
pub(super) fn removal(
    here: &Here,
    record: &Recorded,
    path: &Utf8Path,
    force: bool,
) -> Result<Option<Change>, DeployError> {
    let occupant = here.occupant(path, &record.artifact);
    let removal = decide_removal(&record.baseline, &occupant, force)
        .map_err(|why| DeployError::NeedsForce { path: here.show(path), why })?;
    let edited = is_edited(Some(record), &occupant);
    let change = || Change { path: path.to_owned(), old: occupant, edited, new: None };
    Ok((removal == Action::Remove).then(change))
}

/// Tells whether what lies at a place is anything but what the record of that place says was deployed.
pub(super) fn is_edited(recorded: Option<&Recorded>, occupant: &Occupant) -> bool {
    let unedited = |record: &Recorded| decide_removal(&record.baseline, occupant, false).is_ok();
    *occupant != Occupant::Nothing && !recorded.is_some_and(unedited)
}

/// Refuses a place that no copy may take.
fn check_place(here: &Here, path: &Utf8Path) -> Result<(), DeployError> {
    if let Some(reason) = reserved(path) {
        return Err(in_the_way(here, path, reason));
    }
    if here.leads_out(path) {
        return Err(in_the_way(here, path, "lies behind a link that leaves the profile root"));
    }
    let above = |record: &&Recorded| {
        record
            .path
            .inside()
            .is_ok_and(|outer: Utf8PathBuf| *path != outer && path.starts_with(&outer))
    };
    match here.text().records().iter().find(above) {
        Some(record) => {
            Err(in_the_way(here, path, &format!("lies in the copy of `{}`", record.artifact)))
        }
        None => Ok(()),
    }
}

fn in_the_way(here: &Here, path: &Utf8Path, reason: &str) -> DeployError {
    DeployError::InTheWay { path: here.show(path), reason: reason.to_owned() }
}

/// Refuses what would take the copy of another artifact with it.
pub(super) fn holds_other(here: &Here, path: &Utf8Path, other: &ArtifactId) -> DeployError {
    in_the_way(here, path, &format!("holds the copy of `{other}`"))
}

fn refused(here: &Here, path: &Utf8Path, refusal: Refusal, task: &DeployTask) -> DeployError {
    match refusal {
        Refusal::AlreadyDeployed => {
            DeployError::AlreadyDeployed { artifact: task.artifact.clone() }
        }
        Refusal::NeedsForce(why) => DeployError::NeedsForce { path: here.show(path), why },
        Refusal::HoldsOther(other) => holds_other(here, path, &other),
    }
}
