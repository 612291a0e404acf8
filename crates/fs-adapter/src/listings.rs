//! What the scans have listed, so that the watcher need not list all of it once more.
//!
//! Listing a directory costs twice as much as watching it. A watcher must know what is in a directory after
//! its watch stands: what came in before is told by no event. So it used to watch each directory and then list
//! it. But the first scan of a service has listed nearly all of them a moment before, and the next scan lists
//! them again anyway. So the scans report what they list, and there are three times:
//!
//! 1. *Recording*, until the watcher begins. What is reported last is kept: of each directory that the walk
//!    lists what is in it, and which hidden directories in it hold trackers; of each copy that it is a file, or
//!    what all of its directories hold. That is one recording, because the watcher takes all of it at once.
//! 2. *Setting up*. The watcher watches a directory and then takes what was recorded in place of a listing.
//!    Something may have come or gone since, unseen. What was never reported it lists itself.
//! 3. *Verifying*, after the last of these watches stands. What is reported of a directory or copy whose
//!    recording was taken is compared with that. The same: then all that it holds is watched, and events tell
//!    the rest. Not the same: then the watcher has news. It looks at each name that is different as if an
//!    event had told of it, watches what it finds and tells what has changed. Either way the recording goes.
//!
//! Why no answer is stale:
//!
//! * When the set-up ends, verifying begins, and only then is told that everything has changed. Whatever is
//!   answered later comes from scans that have looked since. Each directory that such a scan lists is
//!   compared before the scan has an answer; one that no scan lists has part in no answer.
//! * A copy that a scan cannot read whole is never the same, for nobody knows what the rest of it holds.
//! * A hidden directory that was recorded as one with a tracker, or without, is the same only if the scan has
//!   looked for that too, and found it so.
//! * While there is news the watcher is not settled. Whoever asks settles first. What was answered from a
//!   directory with news is forgotten with the change that is told then, after its new directories are
//!   watched, as with every event. It does not matter when news and events are taken: each name is looked
//!   at as it is by then, in a directory whose watch stands.
//! * A scan counts for verifying only if it began in that time ([`Listings::begin`]), before it opened the first
//!   directory by its path. Else it may have listed a directory that was watched later, or one that was
//!   moved away by then and is still open.
//! * The watcher takes recordings only once. When it makes all watches again, for whatever reason, it lists
//!   what it watches itself, and what is not verified by then is done with.
//! * What says that a directory is as it was without listing it (an index of fingerprints) reports what it
//!   has in mind as if it had listed it. That is as good as a listing by the same reasons for which its
//!   answer is; what it is taken for in the first scan is verified like all else.
//! * Where the kind of an entry is not known nothing is recorded, nor of a copy that is a link to a file. Of one that
//!   is a link to a directory it is what that holds, which the watcher finds to be a link when it watches it.
//! * The two sorts of recordings do not stand for one another: what the walk lists of a directory in a copy the walk
//!   verifies, and who reads the copy does not.
//! * What trackers say is treated alike. The watcher plans for the copies that the cache remembers, notes which
//!   those were, and whoever reads trackers while it is verified reports what they say by then.

#![cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only inotify takes what is recorded")
)]

mod copy_listing;
mod entries;
mod held;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) use copy_listing::{CopyListing, ListedDirectories};
pub(crate) use entries::{Entries, Followed};
use foldhash::quality::RandomState;
use held::{Held, Key};
use skillstat_domain::ProjectRecords;

/// What scans have listed, for the watcher of the same directories.
///
/// One is made before the first scan and given to all that scan and to the watcher. Where nobody watches
/// there is none.
pub struct Listings {
    /// A [`Time`]. Changed under the lock of `held`.
    time: AtomicU8,
    keys: [RandomState; 2],
    // Held for one look-up, and twice to let go what nobody needs.
    held: Mutex<Held>,
    has_news: AtomicBool,
    tell: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// What reports are good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Time {
    Recording,
    SettingUp,
    Verifying,
    Over,
}

/// What was listed: the directories and links of a directory, or those of a copy and of all that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of<'a> {
    Directory(&'a OsStr),
    Copy(&'a OsStr),
}

/// What a scan has found that the watcher does not know.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// In a directory that the walk lists, entries of these names came, went or are something else.
    Directory(PathBuf, Vec<OsString>),
    /// What lies there is another copy, or one that could not be read.
    Copy(PathBuf),
    /// The trackers of the project there say something else.
    Project(PathBuf),
}

/// A scan that reports what it lists.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reporting<'a> {
    listings: &'a Listings,
    since: Time,
}

impl Reporting<'_> {
    /// Reports what a walk has found in a directory.
    pub(crate) fn report(&self, directory: &Path, found: &Entries) {
        let said = found.is_certain().then(|| found.as_bytes());
        self.listings.take_report(
            self.since,
            Of::Directory(directory.as_os_str()),
            said,
            |known| {
                let names = Entries::of(known).difference(found);
                (!names.is_empty()).then(|| News::Directory(directory.to_owned(), names))
            },
        );
    }

    /// Reports what a copy is and holds; nothing where it was not read whole, or a link is in its place.
    pub(crate) fn report_copy(&self, copy: &Path, found: Option<&CopyListing>) {
        let said = found.filter(|found| found.is_certain()).map(CopyListing::as_bytes);
        self.listings.take_report(self.since, Of::Copy(copy.as_os_str()), said, |known| {
            (said != Some(known)).then(|| News::Copy(copy.to_owned()))
        });
    }

    /// Reports what the trackers of a project say.
    pub(crate) fn report_records(&self, records: &ProjectRecords) {
        self.listings.take_records(self.since, records);
    }
}

impl Listings {
    /// Begins to record.
    #[expect(clippy::new_without_default, reason = "that it begins is to be seen")]
    pub fn new() -> Self {
        Self {
            time: AtomicU8::new(Time::Recording as u8),
            keys: Default::default(),
            held: Mutex::default(),
            has_news: AtomicBool::new(false),
            tell: OnceLock::new(),
        }
    }

    /// Begins a scan, before it opens anything; nothing when nobody wants its reports.
    pub(crate) fn begin(&self) -> Option<Reporting<'_>> {
        let since = self.time();
        let wanted = matches!(since, Time::Recording | Time::Verifying);
        wanted.then_some(Reporting { listings: self, since })
    }

    fn take_report(
        &self,
        since: Time,
        of: Of<'_>,
        said: Option<&[u8]>,
        compare: impl FnOnce(&[u8]) -> Option<News>,
    ) {
        let key = self.key(of);
        let mut held = self.held();
        if self.time() != since {
            return;
        }
        if since == Time::Recording {
            return held.record(key, said);
        }
        let Some(record) = held.records.remove(&key) else { return };
        let news = compare(held.said(record));
        self.verified(held, news);
    }

    fn take_records(&self, since: Time, records: &ProjectRecords) {
        let project = records.project.as_path().as_std_path();
        let (key, copies) = (self.key(Of::Directory(project.as_os_str())), self.copies(records));
        let mut held = self.held();
        if since != Time::Verifying || self.time() != since {
            return;
        }
        let Some(known) = held.copies.remove(&key) else { return };
        let news = (known != copies).then(|| News::Project(project.to_owned()));
        self.verified(held, news);
    }

    /// Something has been verified and is let go.
    fn verified(&self, mut held: MutexGuard<'_, Held>, news: Option<News>) {
        held.shrink();
        if held.records.is_empty() && held.copies.is_empty() {
            self.set_time(Time::Over);
        }
        let Some(news) = news else { return };
        held.news.push(news);
        self.has_news.store(true, Ordering::SeqCst);
        drop(held);
        if let Some(tell) = self.tell.get() {
            tell();
        }
    }

    /// Has `tell` called when there is news; the first to say so.
    pub(crate) fn on_news(&self, tell: impl Fn() + Send + Sync + 'static) {
        let _another = self.tell.set(Box::new(tell));
    }

    /// Ends the recording: from now on what was recorded may be taken, if it has not been before.
    pub(crate) fn set_up_begins(&self) {
        let _held = self.held();
        if self.time() == Time::Recording {
            self.set_time(Time::SettingUp);
        }
    }

    /// Takes what was recorded of a directory that is watched by now, or will be before anybody relies on it.
    pub(crate) fn take(&self, directory: &Path) -> Option<Entries> {
        self.take_record(Of::Directory(directory.as_os_str()), Entries::of)
    }

    /// Takes what was recorded of a copy, all of whose directories are watched by then.
    pub(crate) fn take_copy(&self, copy: &Path) -> Option<CopyListing> {
        self.take_record(Of::Copy(copy.as_os_str()), CopyListing::of)
    }

    fn take_record<T>(&self, of: Of<'_>, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        if self.time() != Time::SettingUp {
            return None;
        }
        let key = self.key(of);
        let mut held = self.held();
        let record = held.records.get_mut(&key)?;
        record.taken = true;
        let record = *record;
        Some(read(held.said(record)))
    }

    /// Notes what the trackers of a project were taken to say.
    pub(crate) fn rely_on(&self, records: &ProjectRecords) {
        if self.time() == Time::SettingUp {
            let key = self.key(Of::Directory(records.project.as_path().as_os_str()));
            let copies = self.copies(records);
            self.held().copies.insert(key, copies);
        }
    }

    /// Tells whether what was recorded may be taken now.
    pub(crate) fn is_setting_up(&self) -> bool {
        self.time() == Time::SettingUp
    }

    /// Says that all watches stand: now scans verify what was taken. The next time that all watches stand
    /// nothing was taken, and nothing is to be verified.
    pub(crate) fn set_up_ends(&self) {
        let mut held = self.held();
        held.records.retain(|_, record| record.taken);
        held.shrink();
        let nothing = held.records.is_empty() && held.copies.is_empty();
        if self.time() == Time::SettingUp && !nothing {
            self.set_time(Time::Verifying);
        } else {
            drop(held);
            self.stop();
        }
    }

    /// Lets everything go; nobody is going to watch, or all is listed.
    pub(crate) fn stop(&self) {
        let mut held = self.held();
        *held = Held::default();
        self.has_news.store(false, Ordering::SeqCst);
        self.set_time(Time::Over);
    }

    /// Tells whether a scan has found what the watcher does not know.
    pub(crate) fn has_news(&self) -> bool {
        self.has_news.load(Ordering::SeqCst)
    }

    /// Takes the news.
    pub(crate) fn news(&self) -> Vec<News> {
        if !self.has_news() {
            return Vec::new();
        }
        let mut held = self.held();
        self.has_news.store(false, Ordering::SeqCst);
        std::mem::take(&mut held.news)
    }

    fn key(&self, of: Of<'_>) -> Key {
        [self.keys[0].hash_one(of), self.keys[1].hash_one(of)]
    }

    /// Tells copies of a project from others.
    fn copies(&self, records: &ProjectRecords) -> u64 {
        let mut hasher = self.keys[0].build_hasher();
        for record in &records.records {
            record.profile_root.as_str().hash(&mut hasher);
            record.path.as_str().hash(&mut hasher);
        }
        hasher.finish()
    }

    fn time(&self) -> Time {
        match self.time.load(Ordering::SeqCst) {
            0 => Time::Recording,
            1 => Time::SettingUp,
            2 => Time::Verifying,
            _ => Time::Over,
        }
    }

    fn set_time(&self, time: Time) {
        self.time.store(time as u8, Ordering::SeqCst);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Listings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listings").field("time", &self.time()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
