//! What a write is about to do, for whoever comes after one that was interrupted.

use std::fmt::Write as _;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, Mode, OFlags, Stat, fsync, openat, renameat, statat, unlinkat};
use skillstat_domain::{ArtifactId, BackupId, RecordedPath};
use toml::{Table, Value};

use super::beneath::{Beneath, Located};
use crate::entry::{sync_directory, write_all};
use crate::layout::{INTENT_DONE_FILE, INTENT_DRAFT_FILE, INTENT_FILE, STAGING_DIRECTORY};
use crate::tracker::quoted;

/// The version of the file's format; a file of another version is not understood.
const VERSION: i64 = 1;

/// The largest intent that is read, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// By how many bytes at most a swap grows when what comes and goes is known.
const GROWTH: usize = 2 * "new = \"18446744073709551615\"\n".len();

/// What is about to be done in a profile root.
///
/// On disk it is TOML: `version`, `phase` (`staging` or `swapping`), `artifact`, `backup` if there is
/// one, `made` (directories made for it, the upper ones first), `blocks` (the records the copy is to
/// have, each as a document), and `[[swap]]` with `path` and, where there is something, `new` and
/// `old`, the numbers of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Intent {
    /// The artifact.
    pub(crate) artifact: ArtifactId,
    /// The records that its copy is to have.
    pub(crate) blocks: Vec<String>,
    /// Where what is taken away is kept.
    pub(crate) backup: Option<BackupId>,
    /// The directories made for it.
    pub(crate) made: Vec<Utf8PathBuf>,
    /// What changes place.
    pub(crate) swaps: Vec<Swap>,
    /// How far it is.
    pub(crate) phase: Phase,
}

/// How far a write is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Copies are being made; nothing has changed place.
    Staging,
    /// Everything is made; some of it may have changed place.
    Swapping,
}

/// One place at which something comes, goes, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Swap {
    /// The place, below the profile root.
    pub(crate) path: Utf8PathBuf,
    /// What comes; nothing when something only goes.
    pub(crate) new: Option<Identity>,
    /// What goes; nothing when something only comes.
    pub(crate) old: Option<Identity>,
}

/// What tells one file or directory from every other of its file system that is there at the same time,
/// wherever it is moved: its number there. Nothing moves from one file system to another, and their own
/// numbers are others after the machine has been started anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity(u64);

/// Whether something has changed place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// No.
    No,
    /// Yes.
    Yes,
    /// The old copy is out of its place, and the new one is not in it yet.
    Half,
    /// What is there is neither what was to go nor what was to come.
    Unknown,
}

impl Identity {
    /// Returns the identity of what an entry is; nothing when there is nothing.
    pub(crate) fn of(located: &Located) -> io::Result<Option<Self>> {
        match statat(located.within(), &located.name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Self::new(&stat))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    fn new(stat: &Stat) -> Self {
        Self(stat.st_ino)
    }
}

impl Intent {
    /// Returns where the copy of a swap is made, and where what it replaces comes to.
    pub(crate) fn staged(&self, swap: usize) -> Utf8PathBuf {
        staging(&self.swaps[swap].path).join(swap.to_string())
    }

    /// Returns where what a swap replaces is put where two entries cannot change places at once.
    pub(crate) fn aside(&self, swap: usize) -> Utf8PathBuf {
        staging(&self.swaps[swap].path).join(format!("{swap}.old"))
    }

    /// Returns the place of the copy: where something comes, else where something goes.
    pub(crate) fn place(&self) -> &Utf8Path {
        let coming = self.swaps.iter().find(|swap| swap.new.is_some());
        coming.or(self.swaps.first()).map_or(Utf8Path::new(""), |swap| &swap.path)
    }

    /// Returns the staging directories, each once.
    pub(crate) fn stagings(&self) -> Vec<Utf8PathBuf> {
        let mut stagings: Vec<_> = self.swaps.iter().map(|swap| staging(&swap.path)).collect();
        stagings.sort();
        stagings.dedup();
        stagings
    }

    /// Tells what has become of a swap.
    pub(crate) fn moved(&self, root: &Beneath, swap: usize) -> io::Result<Moved> {
        let identity = |path: &Utf8Path| match root.locate(path) {
            Ok(located) => Identity::of(&located),
            Err(error) if crate::fault::is_absence(&error) => Ok(None),
            Err(error) => Err(error),
        };
        let (staged, aside) = (identity(&self.staged(swap))?, identity(&self.aside(swap))?);
        let Swap { new, old, .. } = &self.swaps[swap];
        Ok(match (staged, aside) {
            (None, Some(_)) if aside == *old => Moved::Yes,
            (Some(_), Some(_)) if aside == *old && staged == *new => Moved::Half,
            (Some(_), None) if staged == *new => Moved::No,
            (None, None) if new.is_none() && old.is_some() => Moved::No,
            (_, None) if staged == *old && (new.is_some() || old.is_some()) => Moved::Yes,
            _ => Moved::Unknown,
        })
    }

    /// Writes the intent. It is on disk when this returns. One that is too large to be read again is not
    /// written, and is refused while nothing is staged.
    pub(crate) fn write(&self, root: &Beneath) -> io::Result<()> {
        let text = self.to_text();
        let growth = if self.phase == Phase::Staging { GROWTH * self.swaps.len() + 1 } else { 0 };
        if text.len() + growth >= MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        unlink(root, INTENT_DRAFT_FILE)?;
        let flags =
            OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let draft = openat(root.fd(), INTENT_DRAFT_FILE, flags, Mode::from_raw_mode(0o644))?;
        write_all(&draft, text.as_bytes())?;
        fsync(&draft)?;
        renameat(root.fd(), INTENT_DRAFT_FILE, root.fd(), INTENT_FILE)?;
        sync_directory(root.fd())
    }

    /// Reads the intent of a profile root.
    pub(crate) fn read(root: &Beneath, file: &str) -> io::Result<Found> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = match openat(root.fd(), file, flags, Mode::empty()) {
            Ok(opened) => opened,
            Err(rustix::io::Errno::NOENT) => return Ok(Found::None),
            Err(errno) => return Err(errno.into()),
        };
        let mut bytes = vec![0; MAX_BYTES];
        let mut length = 0;
        loop {
            match rustix::io::read(&opened, &mut bytes[length..])? {
                0 => break,
                count => length += count,
            }
        }
        let text = str::from_utf8(&bytes[..length]).ok().filter(|_| length < MAX_BYTES);
        Ok(text.and_then(Self::from_text).map_or(Found::Garbled, Found::Intent))
    }

    /// Says that nothing is left to do but tidying up.
    pub(crate) fn mark_done(root: &Beneath) -> io::Result<()> {
        Ok(renameat(root.fd(), INTENT_FILE, root.fd(), INTENT_DONE_FILE)?)
    }

    pub(super) fn to_text(&self) -> String {
        let list = |values: &mut dyn Iterator<Item = &str>| {
            values.map(quoted).collect::<Vec<_>>().join(", ")
        };
        let phase = match self.phase {
            Phase::Staging => "staging",
            Phase::Swapping => "swapping",
        };
        let mut text = format!(
            "version = {VERSION}\nphase = \"{phase}\"\nartifact = {}\nmade = [{}]\nblocks = [{}]\n",
            quoted(self.artifact.as_str()),
            list(&mut self.made.iter().map(|made| made.as_str())),
            list(&mut self.blocks.iter().map(String::as_str)),
        );
        if let Some(backup) = &self.backup {
            writeln!(text, "backup = {}", quoted(backup.as_str())).expect("a String");
        }
        for swap in &self.swaps {
            writeln!(text, "[[swap]]\npath = {}", quoted(swap.path.as_str())).expect("a String");
            for (key, identity) in [("new", swap.new), ("old", swap.old)] {
                if let Some(Identity(file)) = identity {
                    writeln!(text, "{key} = \"{file}\"").expect("a String");
                }
            }
        }
        text
    }

    /// Reads what [`to_text`](Self::to_text) writes; nothing when it is anything else. The text may come
    /// from a repository that somebody has cloned: no path in it leads out of the profile root.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let table: Table = toml::from_str(text).ok()?;
        if table.get("version")?.as_integer()? != VERSION {
            return None;
        }
        let phase = match table.get("phase")?.as_str()? {
            "staging" => Phase::Staging,
            "swapping" => Phase::Swapping,
            _ => return None,
        };
        let texts = |key: &str| -> Option<Vec<String>> {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            table.get(key)?.as_array()?.iter().map(text).collect()
        };
        let path = |text: &str| RecordedPath::new(text).inside().ok();
        let swap = |value: &Value| -> Option<Swap> {
            let table = value.as_table()?;
            let identity = |key: &str| match table.get(key) {
                None => Some(None),
                Some(value) => Some(Some(Identity(value.as_str()?.parse().ok()?))),
            };
            let path = path(table.get("path")?.as_str()?)?;
            let swap = Swap { path, new: identity("new")?, old: identity("old")? };
            // Once there is a swap at all, something comes or goes.
            let known = phase == Phase::Staging || swap.new.is_some() || swap.old.is_some();
            known.then_some(swap)
        };
        let backup = match table.get("backup") {
            None => None,
            Some(backup) => Some(backup.as_str()?.parse().ok()?),
        };
        Some(Self {
            artifact: ArtifactId::from_printed(table.get("artifact")?.as_str()?).ok()?,
            blocks: texts("blocks")?,
            backup,
            made: texts("made")?.iter().map(|made| path(made)).collect::<Option<_>>()?,
            swaps: match table.get("swap") {
                None => Vec::new(),
                Some(swaps) => swaps.as_array()?.iter().map(swap).collect::<Option<_>>()?,
            },
            phase,
        })
    }
}

/// What stands in the place of an intent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing: nothing was interrupted.
    None,
    /// An intent.
    Intent(Intent),
    /// Something that is no intent of this version.
    Garbled,
}

/// Deletes a file of the profile root; that there is none is no error.
pub(crate) fn unlink(root: &Beneath, file: &str) -> io::Result<()> {
    match unlinkat(root.fd(), file, AtFlags::empty()) {
        Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Returns the staging directory beside a place.
fn staging(path: &Utf8Path) -> Utf8PathBuf {
    path.parent().unwrap_or(Utf8Path::new("")).join(STAGING_DIRECTORY)
}

#[cfg(test)]
mod tests;
