//! The walk that lists only what has changed since the last one.
//!
//! What a walk finds in a directory follows from the names in it, and those from its stamp. So a directory
//! that looks as it did when it was listed is not listed again; what lies in it is looked at by its path from
//! the directory where the walk began. As with copies (`index::fingerprint`), a link that gets in the way
//! between two looks leads to nothing that is not known. Whatever looks otherwise, or has nobody to vouch for
//! it, is opened from there, one directory after the other, and listed like everything in the plain walk.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{AtFlags, CWD, FileType, fstat, statat};
use skillstat_domain::{ProjectDiscovery, ProjectPath, Scanned};

use super::found::Found;
use super::openat::{Role, open, probe, role};
use super::remembered::{Line, Remembered, Written};
use super::{Branch, OpenatDiscovery, Plan};
use crate::fault::is_absence;
use crate::index::{IndexedHasher, Key, Moment, Store, is_settled};
use crate::layout::{INTENT_FILE, TRACKER_FILE};
use crate::listing::{known, list};
use crate::stamp::Stamp;

/// How deep a walk may go that is remembered.
const MAX_DEPTH: usize = 64;

/// Finds what [`OpenatDiscovery`] finds, and remembers the walk in an index.
#[derive(Debug)]
pub struct IndexedDiscovery {
    plain: Arc<OpenatDiscovery>,
    store: Arc<Store>,
    /// Whether everything is listed anyway.
    checking: bool,
    /// All that decides what a walk looks at but where it begins.
    identity: Vec<u8>,
}

impl IndexedDiscovery {
    /// Walks like `plain`, with the index of a hasher, which keeps it and is asked what was wrong in it.
    pub fn new(plain: Arc<OpenatDiscovery>, index: &IndexedHasher) -> Self {
        let identity = plain.plan.identity();
        let (store, checking) = index.shared();
        Self { plain, store, checking, identity }
    }

    /// Walks a directory directly below a root.
    fn branch(&self, branch: &Branch, found: &mut Found) {
        let path = branch.top.as_os_str();
        let top = match open(CWD, path) {
            Ok(top) => top,
            Err(error) => return found.unreadable(&branch.top, &error),
        };
        let root = branch.top.parent().unwrap_or(&branch.top).as_os_str();
        let key = Key::of_walk(&[&self.identity, root.as_bytes()], path.as_bytes());
        let entry = self.store.entry(key);
        let remembered = Remembered::parse(entry.unwrap_or_default());
        let nothing = Remembered::default();
        let mut walk = Walk {
            plan: &self.plain.plan,
            store: &self.store,
            top: top.as_fd(),
            first_depth: branch.depth,
            remembered: if self.checking { &nothing } else { &remembered },
            found,
            path: path.as_bytes().to_vec(),
            top_length: path.len(),
            names: Vec::new(),
            entries: Vec::new(),
            written: Written::default(),
        };
        walk.begin();
        let written = walk.written.into_bytes();
        if self.checking {
            for (below, stamp) in remembered.contradicted(&Remembered::parse(&written)) {
                // What has changed meanwhile was told rightly.
                if look(top.as_fd(), &below).is_ok_and(|now| now == stamp) {
                    self.store.doubt(&branch.top.join(OsStr::from_bytes(&below)));
                }
            }
        }
        if entry != Some(&*written) {
            self.store.note(key, written);
        }
    }
}

/// Looks at what lies at a path below a directory; the empty path is the directory itself.
fn look(top: BorrowedFd<'_>, below: &[u8]) -> io::Result<Stamp> {
    let stat = match below {
        b"" => fstat(top)?,
        below => statat(top, below, AtFlags::SYMLINK_NOFOLLOW)?,
    };
    Ok(Stamp::new(&stat))
}

/// A walk on its way.
struct Walk<'a> {
    plan: &'a Plan,
    store: &'a Store,
    /// The directory it began with, and how many directories below a root that is.
    top: BorrowedFd<'a>,
    first_depth: usize,
    /// What was found the last time.
    remembered: &'a Remembered<'a>,
    found: &'a mut Found,
    /// The directory that is walked now.
    path: Vec<u8>,
    top_length: usize,
    /// The names of `entries`, each with a NUL behind it.
    names: Vec<u8>,
    /// What is still to be looked at of this directory and those above, in one room for all of them.
    entries: Vec<Entry>,
    /// What is found this time.
    written: Written,
}

/// An entry of a directory that was listed: a directory, too.
#[derive(Debug, Clone, Copy)]
struct Entry {
    /// Where its name begins in [`Walk::names`].
    name: usize,
    role: Role,
}

impl Walk<'_> {
    /// Walks the directory it begins with.
    fn begin(&mut self) {
        match self.remembered.line(0) {
            Some(line) if self.is_as_it_was(&line) => self.lines_below(0),
            old => {
                let stamp = self.stamp((self.store.now)(), self.top, b"");
                let line =
                    Line { level: 0, is_walked: true, is_profile_root: false, name: b"", stamp };
                self.listed(self.top, line, old.map(|_| 0));
            }
        }
    }

    /// Returns the path below the directory it began with.
    fn below(&self) -> &[u8] {
        self.path.get(self.top_length + 1..).unwrap_or_default()
    }

    /// Makes a directory in the current one the current one; returns what the path is to be cut to again.
    fn enter(&mut self, name: &[u8]) -> usize {
        let length = self.path.len();
        self.path.push(b'/');
        self.path.extend_from_slice(name);
        length
    }

    fn is_as_it_was(&self, line: &Line<'_>) -> bool {
        line.stamp.is_some() && look(self.top, self.below()).ok() == line.stamp
    }

    /// Takes over a line, whose directory is the current one and looks as it did, and walks on below.
    fn lines_below(&mut self, at: usize) {
        let remembered = self.remembered;
        self.written.add_again(remembered.written(at));
        for below in remembered.below(at) {
            self.line(below, None);
        }
    }

    /// Walks what a line is about. It lies in the current directory, which may be open.
    fn line(&mut self, at: usize, parent: Option<BorrowedFd<'_>>) {
        let Some(line) = self.remembered.line(at) else { return };
        let length = self.enter(line.name);
        let is_same = self.is_as_it_was(&line);
        if is_same {
            self.lines_below(at);
        }
        self.path.truncate(length);
        if is_same {
            if line.is_profile_root {
                self.found.probed(as_path(&self.path), OsStr::from_bytes(line.name), Ok(()));
            }
            return;
        }
        let role = Role { is_candidate: is_hidden(line.name), is_walked: line.is_walked };
        if let Some(parent) = parent {
            return self.entry(parent, (line.level, line.name), role, Some(at));
        }
        match self.open_here() {
            Ok(parent) => self.entry(parent.as_fd(), (line.level, line.name), role, Some(at)),
            Err(error) => {
                self.found.unreadable(as_path(&self.path), &error);
                self.written.add(&Line { stamp: None, ..line });
            }
        }
    }

    /// Walks a directory that lies in the current one, which is open; `old` is its line of the last time.
    fn entry(
        &mut self,
        parent: BorrowedFd<'_>,
        (level, name): (u8, &[u8]),
        role: Role,
        old: Option<usize>,
    ) {
        let opened = role.is_walked.then(|| open(parent, name));
        // Its stamp comes before everything that it is to vouch for.
        let looked = (self.store.now)();
        let stamp = match &opened {
            Some(Ok(directory)) => self.stamp(looked, directory.as_fd(), b""),
            Some(Err(_)) => None,
            None => self.stamp(looked, parent, name),
        };
        let mut line =
            Line { level, is_walked: role.is_walked, is_profile_root: false, name, stamp };
        if role.is_candidate {
            let name = OsStr::from_bytes(name);
            let probed = probe(parent, name);
            line.is_profile_root = probed.is_ok();
            if probed.as_ref().is_err_and(|error| !is_absence(error)) {
                line.stamp = None;
            }
            self.found.probed(as_path(&self.path), name, probed.map(drop));
        }
        let length = self.enter(name);
        match opened {
            Some(Ok(directory)) => self.listed(directory.as_fd(), line, old),
            Some(Err(error)) => {
                self.found.unreadable(as_path(&self.path), &error);
                self.written.add(&line);
            }
            None => self.written.add(&line),
        }
        self.path.truncate(length);
    }

    /// Lists the current directory, of which `line` is known, and walks on below.
    fn listed(&mut self, directory: BorrowedFd<'_>, mut line: Line<'_>, old: Option<usize>) {
        let depth = self.first_depth.saturating_add(line.level.into());
        let (first_name, first) = (self.names.len(), self.entries.len());
        let (mut is_certain, mut holds_tracker) = (true, false);
        let Self { plan, found, path, names, entries, .. } = self;
        let here = as_path(path);
        let listed = list(directory, |entry, kind| {
            let bytes = entry.to_bytes();
            let name = OsStr::from_bytes(bytes);
            holds_tracker |= name == TRACKER_FILE || name == INTENT_FILE;
            is_certain &= kind != FileType::Unknown;
            let kind = match known(kind, directory, entry) {
                Ok(kind) => kind,
                Err(error) => return found.unreadable(here, &error),
            };
            let Some(role) = role(plan, here, depth, name, kind) else { return };
            if kind == FileType::Symlink {
                // What it leads to may change without this directory.
                is_certain = false;
                return found.probed(here, name, probe(directory, name).map(drop));
            }
            entries.push(Entry { name: names.len(), role });
            names.extend_from_slice(entry.to_bytes_with_nul());
        });
        if let Err(error) = listed {
            found.unreadable(here, &error);
            is_certain = false;
        }
        if !is_certain || is_hidden(line.name) && line.is_profile_root != holds_tracker {
            line.stamp = None;
        }
        self.written.add(&line);
        let names = old.map(|old| self.remembered.names_below(old)).unwrap_or_default();
        for at in first..self.entries.len() {
            let Entry { name, role } = self.entries[at];
            let name = CStr::from_bytes_until_nul(&self.names[name..]).expect("each ends with NUL");
            let name = name.to_bytes().to_vec();
            match names.binary_search_by_key(&&*name, |(name, _)| *name) {
                Ok(old) => self.line(names[old].1, Some(directory)),
                Err(_) => self.entry(directory, (line.level + 1, &name), role, None),
            }
        }
        self.names.truncate(first_name);
        self.entries.truncate(first);
    }

    /// Returns what a directory looks like, if that can be trusted: not what may change within the same tick
    /// of the clock. The empty name is the open directory itself; no link is followed.
    fn stamp(&self, looked: Moment, directory: BorrowedFd<'_>, name: &[u8]) -> Option<Stamp> {
        let stat = match name {
            b"" => fstat(directory),
            name => statat(directory, name, AtFlags::SYMLINK_NOFOLLOW),
        };
        let stat = stat
            .ok()
            .filter(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory)?;
        let stamp = Stamp::new(&stat);
        let on_it = || directory.try_clone_to_owned();
        let is_trusted = is_settled(stamp.changed(), looked)
            && self.store.is_stamped_here(stamp.device(), on_it);
        is_trusted.then_some(stamp)
    }

    /// Opens the current directory, one after the other from where the walk began, through no link.
    fn open_here(&self) -> io::Result<OwnedFd> {
        let mut directory = open(self.top, ".")?;
        for name in self.below().split(|&byte| byte == b'/').filter(|name| !name.is_empty()) {
            directory = open(directory.as_fd(), name)?;
        }
        Ok(directory)
    }
}

impl ProjectDiscovery for IndexedDiscovery {
    fn discover(&self) -> Scanned<Vec<ProjectPath>> {
        if self.store.is_retired() || self.plain.plan.max_depth > MAX_DEPTH {
            return self.plain.discover();
        }
        self.plain.plan.discover(|branch, found, deeper| match deeper {
            Some(_) => self.plain.start(branch, found, deeper),
            None => self.branch(branch, found),
        })
    }

    fn look_at(&self, directory: &ProjectPath) -> Scanned<bool> {
        self.plain.look_at(directory)
    }
}

fn as_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

fn is_hidden(name: &[u8]) -> bool {
    name.starts_with(b".")
}
