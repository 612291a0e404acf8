//! One write: copies are made beside their places, change places with what is there, and are recorded;
//! or nothing has happened.
//!
//! ```text
//! intent (staging) -> copies made and verified -> what goes is kept as a backup
//!   -> intent (swapping) -> places exchanged -> record written -> intent done -> tidied up
//! ```
//!
//! Up to the first exchange whoever comes next takes everything back; after it, they finish it. So at any
//! instant there is one right answer to what the profile root holds, and the intent tells it.

use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{BackupId, ContentHash, DeployError, MAX_COPY_NAME_BYTES, Occupant};

use super::backup_store::{Keep, Meta, cannot_keep};
use super::beneath::{Beneath, Located};
use super::books::Books;
use super::change::{Draft, Expected, NewCopy};
use super::here::Here;
use super::intent::{Identity, Intent, Phase, Swap};
use super::recovery::{self, swap_in};
use super::source::refusal;
use super::swap::sync_names;
use super::tracker_file::TrackerFile;
use crate::entry::{self, Entry, Fault, sync_directory};
use crate::fault::{cannot_be_read, make_readable, printable};
use crate::file_lock::FileLock;
use crate::hasher::hash_when_quiet;
use crate::layout::{INTENT_FILE, STAGING_DIRECTORY, TRACKER_FILE, lock_file};
use crate::links::Links;

/// How often the record is written anew because somebody without the lock has written the tracker.
const TRIES: usize = 3;

/// Carries drafts out in a profile root whose lock is held.
pub(crate) struct Transaction<'a> {
    /// What is there.
    pub(crate) here: &'a Here,
    /// The profile root of it.
    pub(crate) root: &'a Beneath,
    /// Where what goes is kept, and what becomes of it is written down.
    pub(crate) books: &'a Books<'a>,
}

/// What became of a draft.
#[derive(Debug)]
pub(crate) struct Applied {
    /// Where what went is kept.
    pub(crate) backup: Option<BackupId>,
    /// Why nobody will miss the record, should another program take it away.
    pub(crate) unremembered: Option<DeployError>,
}

impl Transaction<'_> {
    /// Carries a draft out.
    ///
    /// # Errors
    ///
    /// - [`DeployError`]; everything is as it was then.
    pub(crate) fn apply(&self, draft: &Draft) -> Result<Applied, DeployError> {
        if draft.changes.is_empty() {
            self.record(draft)?;
            let unremembered = self.remember(draft);
            return Ok(Applied { backup: None, unremembered });
        }
        let swap = |path: &Utf8PathBuf| Swap { path: path.clone(), new: None, old: None };
        let goes = draft.changes.iter().any(|change| change.old != Occupant::Nothing);
        let edited = draft.changes.iter().any(|change| change.edited);
        let mut intent = Intent {
            artifact: draft.plan.artifact.clone(),
            blocks: draft.blocks.clone(),
            backup: goes.then(|| self.books.backups.next_id(edited)),
            made: self.missing_directories(draft),
            swaps: draft.changes.iter().map(|change| swap(&change.path)).collect(),
            phase: Phase::Staging,
        };
        for staging in intent.stagings() {
            self.refuse_strange(&staging)?;
        }
        let done = intent
            .write(self.root)
            .map_err(|error| self.unwritten(&error))
            .and_then(|()| self.stage(draft, &intent))
            .and_then(|()| self.keep(draft, &intent))
            .and_then(|kept| self.swap(draft, &mut intent, kept.as_ref()));
        let Err(error) = done else {
            // Before the intent goes, so that whoever comes after a crash does it.
            let unremembered = self.remember(draft);
            // Done it is, whatever becomes of the rest: whoever comes next tidies up.
            let _by_the_next = recovery::finish(self.root, &intent);
            return Ok(Applied { backup: intent.backup, unremembered });
        };
        match recovery::take_back(self.root, &intent, self.books) {
            Ok(()) => Err(error),
            Err(second) => Err(DeployError::Interrupted {
                path: self.here.shown.clone(),
                reason: format!("could not be put back ({second}) after this: {error}"),
                fix: "the next deploy or undeploy there finishes what was begun".to_owned(),
            }),
        }
    }

    fn remember(&self, draft: &Draft) -> Option<DeployError> {
        self.books.done(&draft.plan.artifact, &draft.plan.path, &draft.blocks).err()
    }

    /// The error of an intent that was not written.
    fn unwritten(&self, error: &io::Error) -> DeployError {
        if error.kind() != io::ErrorKind::FileTooLarge {
            return self.root.failed(INTENT_FILE, "written", error);
        }
        DeployError::Failed {
            path: self.root.show(TRACKER_FILE),
            reason:
                "holds so much about this artifact that a write of it could not be finished if it \
                     were interrupted"
                    .to_owned(),
            fix: "take out of the record what no program needs".to_owned(),
        }
    }

    /// Makes every copy that comes, and verifies it.
    fn stage(&self, draft: &Draft, intent: &Intent) -> Result<(), DeployError> {
        for directory in intent.made.iter().cloned().chain(intent.stagings()) {
            let failed = |error: io::Error| self.root.failed(&directory, "made", &error);
            self.root.dir().create_dir(&directory).map_err(failed)?;
            let made = self.root.locate(&directory).map_err(failed)?;
            sync_directory(made.within()).map_err(failed)?;
        }
        for (index, change) in draft.changes.iter().enumerate() {
            if let Some(new) = &change.new {
                self.make(new, &intent.staged(index))?;
            }
        }
        Ok(())
    }

    fn make(&self, new: &NewCopy, staged: &Utf8Path) -> Result<(), DeployError> {
        let unwritten = |error: io::Error| self.root.failed(staged, "written", &error);
        let place = self.root.locate(staged).map_err(unwritten)?;
        let copied = new.entry.copy((place.within(), &place.name), new.left_out);
        let copied = copied.map_err(|fault| not_copied(&new.shown, fault, &unwritten))?;
        sync_directory(place.within()).map_err(unwritten)?;
        let same = match new.expected {
            Expected::Fingerprint(expected) => copied.fingerprint == expected,
            Expected::Hash(expected) => self.hash(new, place)? == expected,
        };
        if same {
            return Ok(());
        }
        Err(DeployError::Source {
            path: new.shown.clone(),
            reason: "changed while it was copied".to_owned(),
            fix: "try again when whatever writes there has finished".to_owned(),
        })
    }

    /// Hashes a copy as it will be hashed at its place; links may lead nowhere but into itself.
    fn hash(&self, new: &NewCopy, made: Located) -> Result<ContentHash, DeployError> {
        let name = made.name.into_string().expect("the name is a number");
        let links = match new.entry {
            Entry::Directory(_) => Links::Beneath {
                profile_root: made
                    .parent
                    .open_dir(&name)
                    .map_err(|error| self.root.failed(&name, "read", &error))?,
                copy: ".".into(),
            },
            Entry::File(_) | Entry::Link(_) => {
                Links::Beneath { profile_root: made.parent, copy: name.into() }
            }
        };
        hash_when_quiet(&links, |_| false).map_err(|fault| {
            let (reason, fix) = refusal(&fault.what);
            DeployError::Source { path: new.shown.clone(), reason, fix }
        })
    }

    /// Keeps everything that goes.
    fn keep(&self, draft: &Draft, intent: &Intent) -> Result<Option<Meta>, DeployError> {
        let Some(id) = &intent.backup else { return Ok(None) };
        let mut places = Vec::new();
        for change in &draft.changes {
            let entry = match self.root.locate(&change.path) {
                Ok(place) => place.entry().map_err(|what| {
                    let shown = self.root.show(&change.path);
                    let fault = Fault { inside: "".into(), what };
                    cannot_keep(&Utf8PathBuf::from(&shown), shown, fault)
                })?,
                Err(error) => return Err(self.root.failed(&change.path, "kept", &error)),
            };
            places.push((change.path.clone(), entry));
        }
        let keep = Keep {
            artifact: &intent.artifact,
            project: &self.here.project,
            profile_root: &self.here.profile_root,
            blocks: &draft.old_blocks,
            places,
        };
        let meta = self.books.backups.keep(id, &keep, self.books.patience)?;
        // What was decided was decided about what was there then.
        for change in &draft.changes {
            if self.here.occupant(&change.path, &intent.artifact) != change.old {
                return Err(DeployError::Changed { path: self.root.show(&change.path) });
            }
        }
        Ok(Some(meta))
    }

    /// Lets everything change places, and records it.
    fn swap(
        &self,
        draft: &Draft,
        intent: &mut Intent,
        kept: Option<&Meta>,
    ) -> Result<(), DeployError> {
        let mut locks = Vec::new();
        for index in 0..intent.swaps.len() {
            let path = intent.swaps[index].path.clone();
            let failed = |error: io::Error| self.root.failed(&path, "looked at", &error);
            let place = self.root.locate(&path).map_err(failed)?;
            locks.push(self.lock(&path, &place)?);
            let staged = self.root.locate(&intent.staged(index)).map_err(failed)?;
            intent.swaps[index].new = Identity::of(&staged).map_err(failed)?;
            intent.swaps[index].old = Identity::of(&place).map_err(failed)?;
            if (intent.swaps[index].old.is_none())
                != (draft.changes[index].old == Occupant::Nothing)
            {
                return Err(DeployError::Changed { path: self.root.show(&path) });
            }
        }
        intent.phase = Phase::Swapping;
        intent.write(self.root).map_err(|error| self.unwritten(&error))?;
        for index in 0..intent.swaps.len() {
            self.exchange(intent, index, kept)?;
        }
        self.record(draft)
    }

    /// Exchanges one place, and looks whether what went is what was kept.
    fn exchange(
        &self,
        intent: &Intent,
        index: usize,
        kept: Option<&Meta>,
    ) -> Result<(), DeployError> {
        let path = &intent.swaps[index].path;
        let changed = || DeployError::Changed { path: self.root.show(path) };
        let replaced = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists => changed(),
            _ => self.root.failed(path, "replaced", &error),
        };
        swap_in(self.root, intent, index).map_err(replaced)?;
        let place = self.root.locate(path).map_err(replaced)?;
        let staged = self.root.locate(&intent.staged(index)).map_err(replaced)?;
        sync_names(&place, &staged).map_err(replaced)?;
        let Some(kept) = kept.and_then(|kept| kept.places[index].copied) else { return Ok(()) };
        let aside = self.root.locate(&intent.aside(index)).map_err(replaced)?;
        let went = match aside.entry() {
            Ok(Some(entry)) => Some(entry),
            _ => staged.entry().ok().flatten(),
        };
        let fingerprint = went.and_then(|entry| entry.fingerprint().ok());
        if fingerprint == Some(kept.fingerprint) { Ok(()) } else { Err(changed()) }
    }

    /// Takes the lock that SkillMeat takes while it exchanges a copy.
    fn lock(&self, path: &Utf8Path, place: &Located) -> Result<Option<FileLock>, DeployError> {
        let name = path.file_name().unwrap_or_default();
        if name.len() > MAX_COPY_NAME_BYTES {
            return Ok(None);
        }
        let directory = self.root.show(path.parent().unwrap_or(Utf8Path::new("")));
        FileLock::take(place.within(), (&directory, &lock_file(name)), self.books.patience)
            .map(Some)
    }

    /// Writes the records of the draft. If somebody without the lock writes the tracker meanwhile, what
    /// they wrote is kept.
    fn record(&self, draft: &Draft) -> Result<(), DeployError> {
        let mut read_again;
        let mut tracker = &self.here.tracker;
        for _ in 0..TRIES {
            if tracker.text.blocks(&draft.plan.artifact) != draft.old_blocks {
                break;
            }
            let text = tracker.text.with(&draft.plan.artifact, &draft.blocks)?;
            if tracker.is_current(self.root) {
                return tracker.replace(self.root, text);
            }
            read_again = TrackerFile::read(self.root)?;
            tracker = &read_again;
        }
        Err(DeployError::Changed { path: self.root.show(TRACKER_FILE) })
    }

    /// Returns the directories that must be made for what comes, the upper ones first.
    fn missing_directories(&self, draft: &Draft) -> Vec<Utf8PathBuf> {
        let coming = draft.changes.iter().filter(|change| change.new.is_some());
        let above = coming.flat_map(|change| change.path.ancestors().skip(1));
        let mut missing: Vec<_> = above
            .filter(|path| {
                !path.as_str().is_empty() && self.root.dir().symlink_metadata(path).is_err()
            })
            .map(Utf8Path::to_owned)
            .collect();
        missing.sort();
        missing.dedup();
        missing
    }

    /// Refuses a staging directory that no intent knows of.
    fn refuse_strange(&self, staging: &Utf8Path) -> Result<(), DeployError> {
        if self.root.dir().symlink_metadata(staging).is_err() {
            return Ok(());
        }
        Err(DeployError::Interrupted {
            path: self.root.show(staging),
            reason: format!(
                "is there, and nothing tells what is in it; `{STAGING_DIRECTORY}` is where copies are made"
            ),
            fix: "look at it, then delete it".to_owned(),
        })
    }
}

/// The error of an original that was not copied.
fn not_copied(
    shown: &str,
    fault: Fault,
    unwritten: &dyn Fn(io::Error) -> DeployError,
) -> DeployError {
    let path = if fault.inside.as_os_str().is_empty() {
        shown.to_owned()
    } else {
        printable(Utf8Path::new(shown).as_std_path().join(&fault.inside))
    };
    let (reason, fix) = match fault.what {
        entry::What::Unwritten(error) => return unwritten(error),
        entry::What::Unread(error) if error.kind() == io::ErrorKind::NotFound => (
            "vanished while it was copied".to_owned(),
            "try again when whatever writes there has finished",
        ),
        entry::What::Unread(error) => (cannot_be_read(&error), make_readable(&error)),
        entry::What::Special => {
            ("is a FIFO, socket or device, of which there can be no copy".to_owned(), "remove it")
        }
        entry::What::TooDeep => ("lies too many directories deep".to_owned(), "remove it"),
    };
    DeployError::Source { path, reason, fix: fix.to_owned() }
}
