//! What writes take away, kept for a while.
//!
//! A backup is a directory `<state>/backups/<id>`: `meta.toml`, and beside it the copies, named by their
//! place in the list `path` of `meta.toml` (`0`, `1`, …); a place at which nothing was has none. It is
//! made under another name and gets its own when it is whole, so that a half one is never found.

mod meta;

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use camino::Utf8PathBuf;
use cap_std::fs::Dir;
pub(crate) use meta::{KeptPlace, Meta};
use rustix::fs::{RenameFlags, fsync, renameat, renameat_with};
use skillstat_domain::{
    ArtifactId, Backup, BackupId, DeployError, DeployedAt, Problem, ProblemKind, ProfileRoot,
    ProjectPath, Scanned, WallClock,
};

use super::beneath::failed;
use super::state_directory::StateDirectory;
use crate::entry::{Entry, Fault, What};
use crate::fault::printable;
use crate::file_lock::{FileLock, Patience};

/// The file in a backup that says what it is.
const META_FILE: &str = "meta.toml";

/// What is locked while backups come and go.
const LOCK_FILE: &str = ".lock";

/// How names start that are not whole backups yet, or no more.
const UNFINISHED: &str = ".unfinished-";

/// How many letters the date and time in the name of a backup have, to the second.
const SECOND: usize = "20260102T030405".len();

/// What stands at the end of the names of backups that hold what can be had from nowhere else.
const EDITED: &str = "-e";

/// How many backups are kept, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupLimits {
    /// So many. Of what is more, the oldest go first, and before all others those of copies that nobody
    /// had edited: a new version that is rolled out to hundreds of projects does not drive out the work
    /// of hands.
    pub count: usize,
    /// None that is older.
    pub age: Duration,
}

/// Keeps backups in a directory.
#[derive(Debug)]
pub(crate) struct BackupStore {
    directory: PathBuf,
    limits: BackupLimits,
    clock: Arc<dyn WallClock>,
}

/// A place below a profile root, and what is to be kept of it; nothing when nothing is there.
pub(crate) type Place = (Utf8PathBuf, Option<Entry>);

/// What is to be kept: the places a write changes, with what is there, and the records.
#[derive(Debug)]
pub(crate) struct Keep<'a> {
    pub(crate) artifact: &'a ArtifactId,
    pub(crate) project: &'a ProjectPath,
    pub(crate) profile_root: &'a ProfileRoot,
    pub(crate) blocks: &'a [String],
    pub(crate) places: Vec<Place>,
}

/// A backup that is open.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) meta: Meta,
    directory: StateDirectory,
}

impl Stored {
    /// Opens what was at a place.
    pub(crate) fn entry(&self, place: usize) -> Result<Option<Entry>, DeployError> {
        let name = CString::new(place.to_string()).expect("digits hold no NUL");
        Entry::open(self.directory.fd.as_fd(), &name)
            .map_err(|what| unkept(self.directory.show(&place.to_string()), &what))
    }

    /// Returns the directory that holds what was at each place.
    pub(crate) fn dir(&self) -> io::Result<Dir> {
        Ok(Dir::from_std_file(File::from(self.directory.fd.try_clone()?)))
    }

    /// Returns the path of what was at a place, as it is shown.
    pub(crate) fn show(&self, place: usize) -> String {
        self.directory.show(&place.to_string())
    }
}

impl BackupStore {
    pub(crate) fn new(directory: PathBuf, limits: BackupLimits, clock: Arc<dyn WallClock>) -> Self {
        Self { directory, limits, clock }
    }

    /// Returns the name of the next backup; of something that was edited, or not.
    pub(crate) fn next_id(&self, edited: bool) -> BackupId {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let digits = digits(&self.clock.utc());
        let (second, fraction) = digits.split_at(SECOND);
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let end = if edited { EDITED } else { "" };
        let text = format!("{second}-{fraction}-{process:x}-{count:x}{end}");
        text.parse().expect("it is made of digits and letters")
    }

    /// Keeps something under a name from [`next_id`](Self::next_id). It is on disk when this returns, and
    /// nothing else is gone but what others have left unfinished: what it is kept for may still fail.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Failed`] when something cannot be read or kept; nothing is kept then.
    pub(crate) fn keep(
        &self,
        id: &BackupId,
        keep: &Keep<'_>,
        patience: Patience<'_>,
    ) -> Result<Meta, DeployError> {
        let store = StateDirectory::open(&self.directory)?;
        let shown = store.shown();
        let _lock = FileLock::take(store.fd.as_fd(), (&shown, LOCK_FILE), patience)?;
        remove_unfinished(&store);
        let unfinished = format!("{UNFINISHED}{id}");
        let kept = self.fill(&store, &unfinished, id, keep);
        if kept.is_err() {
            let _left_for_the_next = store.remove(&unfinished);
        }
        kept
    }

    fn fill(
        &self,
        store: &StateDirectory,
        unfinished: &str,
        id: &BackupId,
        keep: &Keep<'_>,
    ) -> Result<Meta, DeployError> {
        let unwritten = |error: io::Error| failed(store.show(id.as_str()), "written", &error);
        let directory = store.make(unfinished).map_err(unwritten)?;
        let mut places = Vec::new();
        for (index, (path, entry)) in keep.places.iter().enumerate() {
            let name = CString::new(index.to_string()).expect("digits hold no NUL");
            let copied = entry.as_ref().map(|entry| {
                entry.copy((directory.fd.as_fd(), &name), |_| false).map_err(|fault| {
                    let base = keep.project.as_path().join(keep.profile_root.as_str()).join(path);
                    cannot_keep(&base, store.show(id.as_str()), fault)
                })
            });
            places.push(KeptPlace { path: path.clone(), copied: copied.transpose()? });
        }
        let meta = Meta {
            at: self.clock.utc(),
            artifact: keep.artifact.clone(),
            project: keep.project.clone(),
            profile_root: keep.profile_root.clone(),
            blocks: keep.blocks.to_vec(),
            places,
        };
        directory.write(META_FILE, &meta.to_text()).map_err(unwritten)?;
        renameat_with(&store.fd, unfinished, &store.fd, id.as_str(), RenameFlags::NOREPLACE)
            .or_else(|errno| match errno {
                // Where the system cannot look and rename at once; the name is nobody else's.
                rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS => {
                    renameat(&store.fd, unfinished, &store.fd, id.as_str())
                }
                errno => Err(errno),
            })
            .and_then(|()| fsync(&store.fd))
            .map_err(|errno| unwritten(errno.into()))?;
        Ok(meta)
    }

    /// Deletes what is over the limits, but for what is spared. What cannot be deleted is tried again the
    /// next time.
    pub(crate) fn tidy(&self, spared: &[&BackupId], patience: Patience<'_>) {
        let Ok(Some(store)) = StateDirectory::open_if_there(&self.directory) else { return };
        let shown = store.shown();
        let Ok(_lock) = FileLock::take(store.fd.as_fd(), (&shown, LOCK_FILE), patience) else {
            return;
        };
        remove_unfinished(&store);
        let mut names = store.names().unwrap_or_default();
        // Whatever else lies there is not ours to delete.
        names.retain(|name| is_name(name));
        let age = i64::try_from(self.limits.age.as_micros()).unwrap_or(i64::MAX);
        let oldest = self.clock.utc().unix_microseconds(0).saturating_sub(age);
        // Names start with the second.
        let oldest = digits(&DeployedAt::utc(oldest));
        let too_old = |name: &str| name[..SECOND] < oldest[..SECOND];
        let (old, mut kept): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| too_old(name));
        // The order of names is that of time, and a stable sort keeps it.
        kept.sort_by_key(|name| name.ends_with(EDITED));
        kept.truncate(kept.len().saturating_sub(self.limits.count));
        let is_spared = |name: &String| spared.iter().any(|id| id.as_str() == name);
        for name in old.into_iter().chain(kept).filter(|name| !is_spared(name)) {
            let gone = format!("{UNFINISHED}{name}");
            if renameat(&store.fd, &*name, &store.fd, &*gone).is_ok() {
                let _tried_again = store.remove(&gone);
            }
        }
    }

    /// Gives up a backup of something that stays where it is after all.
    pub(crate) fn discard(&self, id: &BackupId, project: &ProjectPath, patience: Patience<'_>) {
        let Ok(Some(store)) = StateDirectory::open_if_there(&self.directory) else { return };
        let shown = store.shown();
        let Ok(_lock) = FileLock::take(store.fd.as_fd(), (&shown, LOCK_FILE), patience) else {
            return;
        };
        let gone = format!("{UNFINISHED}{id}");
        // The name may come from an intent in a repository that somebody has cloned.
        if self.open(id.as_str()).is_ok_and(|stored| stored.meta.project == *project) {
            let _if_it_fails_it_is_kept = renameat(&store.fd, id.as_str(), &store.fd, &*gone);
        }
        // Also one that was not finished.
        let _tried_again = store.remove(&gone);
    }

    /// Opens a backup.
    ///
    /// # Errors
    ///
    /// - [`DeployError::BackupNotFound`] when there is none.
    /// - [`DeployError::Failed`] when it cannot be read.
    pub(crate) fn stored(&self, id: &BackupId) -> Result<Stored, DeployError> {
        let not_found = || DeployError::BackupNotFound { backup: id.clone() };
        match self.open(id.as_str()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(not_found()),
            Err(error) => Err(failed(printable(self.directory.join(id.as_str())), "read", &error)),
            Ok(stored) => Ok(stored),
        }
    }

    fn open(&self, name: &str) -> io::Result<Stored> {
        let path = self.directory.join(name);
        let directory = StateDirectory::open_if_there(&path).map_err(io::Error::other)?;
        let directory = directory.ok_or(io::ErrorKind::NotFound)?;
        let meta = Meta::from_text(&directory.read(META_FILE)?).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "meta.toml is no backup's")
        })?;
        Ok(Stored { meta, directory })
    }

    /// Returns what is kept, the latest first.
    pub(crate) fn list(&self) -> Scanned<Vec<Backup>> {
        let mut scanned = Scanned::<Vec<Backup>>::default();
        let problem = |path: String, reason: String| Problem {
            path,
            line: None,
            kind: ProblemKind::UnreadableDirectory,
            reason,
            fix: "delete it if it is of no use".to_owned(),
            artifact: None,
        };
        let names = match StateDirectory::open_if_there(&self.directory) {
            Ok(None) => return scanned,
            Ok(Some(store)) => store.names().map_err(|error| (store.shown(), error.to_string())),
            Err(error) => Err((printable(&self.directory), error.to_string())),
        };
        match names {
            Err((path, reason)) => scanned.problems.push(problem(path, reason)),
            Ok(names) => {
                for name in names.into_iter().rev() {
                    let shown = printable(self.directory.join(&name));
                    match (name.parse(), self.open(&name)) {
                        (Ok(id), Ok(stored)) => scanned.value.push(stored.meta.backup(id)),
                        (Err(_), _) => {
                            scanned.problems.push(problem(shown, "is no backup".to_owned()));
                        }
                        (_, Err(error)) => scanned.problems.push(problem(shown, error.to_string())),
                    }
                }
            }
        }
        scanned
    }
}

/// Deletes what others have left unfinished in a store whose lock is held.
fn remove_unfinished(store: &StateDirectory) {
    for name in store.names_with(UNFINISHED).unwrap_or_default() {
        let _tried_again = store.remove(&name);
    }
}

/// Writes a time in UTC with digits alone, so that the order of texts is that of time: without a fraction
/// they would be fewer.
fn digits(time: &DeployedAt) -> String {
    let mut digits: String = time.to_string().chars().filter(char::is_ascii_alphanumeric).collect();
    digits.truncate(digits.trim_end_matches('Z').len());
    format!("{digits:0<width$}", width = SECOND + 6)
}

/// Tells whether a name is one that [`BackupStore::next_id`] gives.
fn is_name(name: &str) -> bool {
    let name = name.strip_suffix(EDITED).unwrap_or(name);
    let parts: Vec<_> = name.split('-').collect();
    let [second, fraction, process, count] = *parts else { return false };
    let (day, time) = second.split_once('T').unwrap_or_default();
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let hex = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    digits(day, 8) && digits(time, 6) && digits(fraction, 6) && hex(process) && hex(count)
}

/// The error of something that is to be replaced but cannot be kept.
pub(crate) fn cannot_keep(base: &Utf8PathBuf, backup: String, fault: Fault) -> DeployError {
    match fault.what {
        What::Unwritten(error) => failed(backup, "written", &error),
        what => {
            let at = if fault.inside.as_os_str().is_empty() {
                base.to_string()
            } else {
                printable(base.as_std_path().join(fault.inside))
            };
            unkept(at, &what)
        }
    }
}

fn unkept(path: String, what: &What) -> DeployError {
    let (reason, fix) = match what {
        What::Unread(error) | What::Unwritten(error) => {
            return failed(path, "kept", error);
        }
        What::Special => ("is a FIFO, socket or device, so it cannot be kept", "remove it"),
        What::TooDeep => ("lies too many directories deep, so it cannot be kept", "remove it"),
    };
    DeployError::Failed { path, reason: reason.to_owned(), fix: fix.to_owned() }
}

#[cfg(test)]
mod tests;
