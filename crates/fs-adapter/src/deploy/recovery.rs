//! Finishing or taking back what was begun, by whoever holds the lock next.

use std::io;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::DeployError;

use super::backup_store::cannot_keep;
use super::beneath::Beneath;
use super::books::Books;
use super::intent::{Found, Intent, Moved, Phase, unlink};
use super::swap::{exchange, move_to, sync_names};
use super::tracker_file::TrackerFile;
use crate::entry::{self, Fault, What};
use crate::fault::is_absence;
use crate::layout::{INTENT_DONE_FILE, INTENT_DRAFT_FILE, INTENT_FILE, TRACKER_DRAFT_FILE};
use crate::links::leaves_profile_root;

/// Puts in order what was interrupted in a profile root whose lock is held.
///
/// # Errors
///
/// - [`DeployError::Interrupted`] when that is not possible without losing something.
/// - Other [`DeployError`]s when the system refuses; another try may succeed.
pub(crate) fn recover(root: &Beneath, books: &Books<'_>) -> Result<(), DeployError> {
    let failed = |file: &str, error: &io::Error| root.failed(file, "put in order", error);
    match Intent::read(root, INTENT_DONE_FILE).map_err(|error| failed(INTENT_DONE_FILE, &error))? {
        Found::None => {}
        Found::Garbled => return Err(garbled(root, INTENT_DONE_FILE)),
        Found::Intent(done) => {
            tidy(root, &done, INTENT_DONE_FILE)
                .map_err(|error| failed(INTENT_DONE_FILE, &error))?;
        }
    }
    for draft in [INTENT_DRAFT_FILE, TRACKER_DRAFT_FILE] {
        unlink(root, draft).map_err(|error| failed(draft, &error))?;
    }
    let interrupted =
        match Intent::read(root, INTENT_FILE).map_err(|error| failed(INTENT_FILE, &error))? {
            Found::None => return Ok(()),
            Found::Garbled => return Err(garbled(root, INTENT_FILE)),
            Found::Intent(intent) => intent,
        };
    if is_begun(root, &interrupted).map_err(|error| failed(INTENT_FILE, &error))? {
        complete(root, &interrupted)?;
        keep_edits(root, &interrupted, books)?;
        // Whoever wrote it would tell; whoever only finishes it has done what they can.
        let Intent { artifact, blocks, .. } = &interrupted;
        let _tried = books.done(artifact, interrupted.place(), blocks);
        return finish(root, &interrupted).map_err(|error| failed(INTENT_FILE, &error));
    }
    take_back(root, &interrupted, books).map_err(|error| failed(INTENT_FILE, &error))
}

/// Tells whether something has changed places, so that the rest must follow.
pub(crate) fn is_begun(root: &Beneath, intent: &Intent) -> io::Result<bool> {
    if intent.phase == Phase::Staging {
        return Ok(false);
    }
    for swap in 0..intent.swaps.len() {
        if intent.moved(root, swap)? != Moved::No {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lets one place change with what is staged for it.
pub(crate) fn swap_in(root: &Beneath, intent: &Intent, swap: usize) -> io::Result<()> {
    let place = root.locate(&intent.swaps[swap].path)?;
    let staged = root.locate(&intent.staged(swap))?;
    match (intent.swaps[swap].new.is_some(), intent.swaps[swap].old.is_some()) {
        (true, true) => exchange(&staged, &place, &root.locate(&intent.aside(swap))?),
        (true, false) => move_to(&staged, &place),
        (false, true) => move_to(&place, &staged),
        (false, false) => Ok(()),
    }
}

/// Finishes what was begun.
fn complete(root: &Beneath, intent: &Intent) -> Result<(), DeployError> {
    for swap in 0..intent.swaps.len() {
        let path = &intent.swaps[swap].path;
        let failed = |error: io::Error| root.failed(path, "put in order", &error);
        let moved = intent.moved(root, swap).map_err(failed)?;
        match moved {
            Moved::Yes => {}
            Moved::No if intent.swaps[swap].old.is_none() || is_there(root, path) => {
                swap_in(root, intent, swap).map_err(failed)?;
            }
            // What was to go is gone already.
            Moved::No if intent.swaps[swap].new.is_none() => continue,
            Moved::No | Moved::Half => {
                let (staged, place) = (root.locate(&intent.staged(swap)), root.locate(path));
                move_to(&staged.map_err(failed)?, &place.map_err(failed)?).map_err(failed)?;
            }
            Moved::Unknown => {
                let (path, reason, fix) = not_known(root, intent, swap);
                return Err(DeployError::Interrupted { path, reason, fix });
            }
        }
        let (staged, place) = (root.locate(&intent.staged(swap)), root.locate(path));
        sync_names(&staged.map_err(failed)?, &place.map_err(failed)?).map_err(failed)?;
    }
    let tracker = TrackerFile::read(root)?;
    if tracker.text.blocks(&intent.artifact) != intent.blocks {
        tracker.replace(root, tracker.text.with(&intent.artifact, &intent.blocks)?)?;
    }
    Ok(())
}

/// Says of a swap of which it is not known what has become: of which path, why, and what to do.
pub(crate) fn not_known(root: &Beneath, intent: &Intent, swap: usize) -> (String, String, String) {
    let path = &intent.swaps[swap].path;
    let mut stagings = intent.stagings();
    stagings.retain(|staging| is_there(root, staging));
    stagings.push(INTENT_FILE.into());
    let delete: Vec<_> = stagings.iter().map(|path| format!("`{}`", root.show(path))).collect();
    (
        root.show(intent.staged(swap)),
        format!("is not what was to come to `{path}`, nor what was to go"),
        format!("look at it and at `{}`, then delete {}", root.show(path), delete.join(" and ")),
    )
}

fn is_there(root: &Beneath, path: &Utf8Path) -> bool {
    root.dir().symlink_metadata(path).is_ok()
}

/// Keeps what went, and is deleted next, if it is not what was kept for the write: somebody has edited it
/// since. Looked at when it is out of its place, where nobody finds it any more.
fn keep_edits(root: &Beneath, intent: &Intent, books: &Books<'_>) -> Result<(), DeployError> {
    let kept = books.kept(intent);
    let kept = |path: &Utf8Path| {
        kept.iter().flat_map(|kept| &kept.places).find(|place| place.path == *path)?.copied
    };
    let mut edited = None;
    let mut went = Vec::new();
    for (index, swap) in intent.swaps.iter().enumerate() {
        let mut entry = None;
        // What is staged is ours when nothing was to go.
        let places = [intent.staged(index), intent.aside(index)];
        for place in places.into_iter().filter(|_| swap.old.is_some()) {
            let shown = root.show(&place);
            let refused = |inside: PathBuf, what: What| {
                let fault = Fault { inside, what };
                not_kept(&shown, &cannot_keep(&Utf8PathBuf::from(&shown), shown.clone(), fault))
            };
            let failed = |error: io::Error| refused(PathBuf::new(), What::Unread(error));
            let place = match root.locate(&place) {
                Err(error) if is_absence(&error) => continue,
                place => place.map_err(failed)?,
            };
            let Some(found) = place.entry().map_err(|what| refused(PathBuf::new(), what))? else {
                continue;
            };
            let fingerprint =
                found.fingerprint().map_err(|fault| refused(fault.inside, fault.what))?;
            if kept(&swap.path).is_none_or(|copied| copied.fingerprint != fingerprint) {
                edited = Some(shown);
            }
            entry = Some(found);
        }
        went.push((swap.path.clone(), entry));
    }
    match edited {
        None => Ok(()),
        Some(shown) => books.keep_edited(intent, went).map_err(|error| not_kept(&shown, &error)),
    }
}

fn not_kept(path: &str, error: &DeployError) -> DeployError {
    DeployError::Interrupted {
        path: path.to_owned(),
        reason: format!("was edited after a write was interrupted, and cannot be kept: {error}"),
        fix: error.fix(),
    }
}

/// Deletes what is left of a write that is done.
pub(crate) fn finish(root: &Beneath, intent: &Intent) -> io::Result<()> {
    Intent::mark_done(root)?;
    tidy(root, intent, INTENT_DONE_FILE)
}

/// Takes back whatever has changed places, then deletes what is left.
pub(crate) fn take_back(root: &Beneath, intent: &Intent, books: &Books<'_>) -> io::Result<()> {
    if intent.phase == Phase::Swapping {
        for swap in (0..intent.swaps.len()).rev() {
            let (place, staged) = (root.locate(&intent.swaps[swap].path)?, intent.staged(swap));
            let (staged, aside) = (root.locate(&staged)?, root.locate(&intent.aside(swap))?);
            let both = intent.swaps[swap].new.is_some() && intent.swaps[swap].old.is_some();
            match intent.moved(root, swap)? {
                Moved::No => continue,
                Moved::Half => move_to(&aside, &place)?,
                Moved::Yes if both && aside.entry().is_ok_and(|entry| entry.is_some()) => {
                    move_to(&place, &staged)?;
                    move_to(&aside, &place)?;
                }
                Moved::Yes if both => exchange(&staged, &place, &aside)?,
                Moved::Yes if intent.swaps[swap].new.is_some() => move_to(&place, &staged)?,
                Moved::Yes => move_to(&staged, &place)?,
                Moved::Unknown => return Err(io::Error::other("something else is in its place")),
            }
            sync_names(&staged, &place)?;
        }
    }
    let deleted = delete_stagings(root, intent);
    for made in intent.made.iter().rev() {
        // One that others use by now is not empty, and stays.
        let _if_empty = root.dir().remove_dir(made);
    }
    deleted?;
    books.taken_back(intent);
    unlink(root, INTENT_DRAFT_FILE)?;
    unlink(root, INTENT_FILE)
}

fn tidy(root: &Beneath, intent: &Intent, file: &str) -> io::Result<()> {
    delete_stagings(root, intent)?;
    unlink(root, file)
}

fn delete_stagings(root: &Beneath, intent: &Intent) -> io::Result<()> {
    for staging in intent.stagings() {
        match root.locate(&staging) {
            Ok(located) => entry::remove(located.within(), &located.name)?,
            // Nothing of ours is where there is no way to, or one that leads out.
            Err(error) if is_absence(&error) || leaves_profile_root(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn garbled(root: &Beneath, file: &str) -> DeployError {
    DeployError::Interrupted {
        path: root.show(file),
        reason: "is not what this version writes there, so what it was for is not known".to_owned(),
        fix: "look whether another version of skillstat is at work; if not, delete it".to_owned(),
    }
}

#[cfg(test)]
mod tests;
