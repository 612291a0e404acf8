//! Watching the directories that the walk lists, the ways to them, and the collections.

use std::ffi::{OsStr, OsString};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, openat, statat};

use super::super::role::Waiting;
use super::super::tree::{Entered, Place, TOP};
use super::copies::kind;
use super::{Follower, Full};
use crate::discovery::resolve;
use crate::layout::{COLLECTIONS_DIRECTORY, SKILLMEAT_CONFIG_FILE, TRACKER_FILE};

/// The bytes of a listing that are read at once.
const LISTING_BYTES: usize = 8 * 1024;

/// Directories that hold thousands of others, and projects only by chance: nobody watches whether one
/// comes in there. Where they are part of a copy they are watched like any other.
pub(in super::super) const LEFT_OUT: [&str; 2] = ["node_modules", ".git"];

impl Follower {
    /// Watches a search root and all that the walk lists below it, and the ways to it.
    pub(super) fn look_for_root(&mut self, number: usize) {
        let root = &self.scope.roots[number];
        let (configured, resolved) = (root.path.clone(), resolve(root).ok().flatten());
        self.wait(&configured, &Waiting::Root(number));
        let Some(top) = resolved else { return };
        self.wait(&top, &Waiting::Root(number));
        loop {
            // What was entered before there was no room is entered again.
            self.round += u32::from(!self.renewing);
            let place = self.place(&top);
            match self.enter(place, &mut top.clone(), 0) {
                Ok(()) => return,
                Err(Full) if self.make_room(None) => {}
                Err(Full) => {
                    self.blind = true;
                    return;
                }
            }
        }
    }

    /// Watches the collections, and the ways to them.
    pub(super) fn look_for_collections(&mut self) {
        let home = self.scope.skillmeat_home.as_std_path().to_owned();
        self.wait(&home.join(SKILLMEAT_CONFIG_FILE), &Waiting::Collections);
        let mut directory = home.join(COLLECTIONS_DIRECTORY);
        self.wait(&directory, &Waiting::Collections);
        if !directory.is_dir() {
            return;
        }
        let place = self.place(&directory);
        while let Err(Full) = self.follow_collections(place, &mut directory) {
            if !self.make_room(None) {
                self.blind = true;
                return;
            }
        }
    }

    /// Watches a directory of collections, and all below it.
    pub(super) fn follow_collections(
        &mut self,
        place: Place,
        path: &mut PathBuf,
    ) -> Result<(), Full> {
        self.tree.get_mut(place).collections = true;
        if !self.watch(place, path, true)? {
            return Ok(());
        }
        for (name, kind) in list(path) {
            if kind == FileType::Directory {
                let child = self.tree.child_or_new(place, &name);
                path.push(&name);
                let followed = self.follow_collections(child, path);
                path.pop();
                followed?;
            }
        }
        Ok(())
    }

    /// Watches a directory that the walk lists, and all that it lists below.
    pub(super) fn enter(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        depth: usize,
    ) -> Result<(), Full> {
        let directory = self.tree.get_mut(place);
        let again = |entered: Entered| entered.round == self.round && entered.depth <= depth;
        if directory.entered.is_some_and(again) {
            return Ok(());
        }
        directory.entered = Some(Entered { depth, round: self.round });
        if !self.watch(place, path, false)? {
            return Ok(());
        }
        for (name, kind) in list(path) {
            self.meet(place, path, &name, kind)?;
        }
        Ok(())
    }

    /// Follows an entry of a directory that the walk lists.
    pub(super) fn meet(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        name: &OsStr,
        kind: FileType,
    ) -> Result<(), Full> {
        let Some(Entered { depth, .. }) = self.tree.get(place).entered else { return Ok(()) };
        let directory = kind == FileType::Directory;
        let walked = directory && depth < self.scope.max_depth;
        let hidden = name.as_bytes().starts_with(b".");
        let link = kind == FileType::Symlink;
        let left_out = LEFT_OUT.iter().any(|left_out| name == *left_out);
        if !(walked || hidden && (directory || link))
            || self.scope.exclude.covers(name, || path.join(name))
        {
            return Ok(());
        }
        path.push(name);
        let met = (|| {
            if hidden && (!left_out || kind_of_tracker(path).is_some()) {
                self.meet_profile_root(place, path, link)?;
            }
            if walked && left_out {
                self.seek(path, depth + 1)?;
            } else if walked {
                let child = self.tree.child_or_new(place, name);
                self.enter(child, path, depth + 1)?;
            }
            Ok(())
        })();
        path.pop();
        met
    }

    /// Looks for projects where nobody watches for new ones; those that are there are watched.
    fn seek(&mut self, path: &mut PathBuf, depth: usize) -> Result<(), Full> {
        for (name, kind) in list(path) {
            let directory = kind == FileType::Directory;
            let hidden = name.as_bytes().starts_with(b".");
            if self.scope.exclude.covers(&name, || path.join(&name)) {
                continue;
            }
            path.push(&name);
            let sought = (|| {
                if hidden && kind_of_tracker(path).is_some() {
                    let project = self.place(path.parent().unwrap_or(path));
                    self.meet_profile_root(project, path, !directory)?;
                }
                if directory && depth < self.scope.max_depth {
                    self.seek(path, depth + 1)?;
                }
                Ok(())
            })();
            path.pop();
            sought?;
        }
        Ok(())
    }

    /// Watches what may be a profile root: whatever hidden directory, so that a tracker that comes into
    /// it is seen.
    fn meet_profile_root(
        &mut self,
        project: Place,
        path: &Path,
        through_link: bool,
    ) -> Result<(), Full> {
        let name = path.file_name().unwrap_or_default();
        let place = self.tree.child_or_new(project, name);
        let directory = self.tree.get_mut(place);
        directory.round = self.round;
        directory.profile.get_or_insert_default().through_link = through_link;
        if through_link && let Ok(target) = fs::read_link(path) {
            self.wait_for_project(project, &path.with_file_name(target));
        }
        let had = self.profile(place).is_some_and(|profile| profile.tracker);
        if self.watch(place, path, false)? && self.look_for_tracker(project, place, path)? || had {
            self.project_changed(project);
        }
        Ok(())
    }

    /// Looks whether a profile root holds a tracker, and watches it then.
    pub(super) fn look_for_tracker(
        &mut self,
        project: Place,
        place: Place,
        path: &Path,
    ) -> Result<bool, Full> {
        let kind = kind_of_tracker(path);
        if let Some(profile) = &mut self.tree.get_mut(place).profile {
            profile.tracker = kind.is_some();
        }
        if kind == Some(FileType::Symlink)
            && let Ok(target) = fs::read_link(path.join(TRACKER_FILE))
        {
            self.wait_for_project(project, &path.join(target));
        }
        if kind.is_some() {
            self.watch(place, path, true)?;
        }
        Ok(kind.is_some())
    }

    fn wait_for_project(&mut self, project: Place, target: &Path) {
        if let Some(project) = self.project(project) {
            self.wait(target, &Waiting::Project(project));
        }
    }

    /// Watches the way to a path, as far as it is there, so that it is known when any part of it comes,
    /// goes or changes.
    pub(super) fn wait(&mut self, path: &Path, waiting: &Waiting) {
        // Where a part of the way is a link, the way it leads is watched too.
        for way in [fs::canonicalize(path).ok(), std::path::absolute(path).ok()] {
            let Some(way) = way else { continue };
            let (mut place, mut at) = (TOP, PathBuf::from("/"));
            for name in way.components().skip(1) {
                let content = matches!(waiting, Waiting::Project(_) | Waiting::Collections)
                    && way.parent() == Some(&at);
                let name = name.as_os_str();
                // Nobody may look into some directories on the way to one's own: those are not watched.
                if let Err(Full) = self.watch(place, &at, content) {
                    self.blind = true;
                    return;
                }
                let directory = self.tree.get_mut(place);
                directory.round = self.round;
                let passage = directory.passage.get_or_insert_default();
                passage.entry(name.into()).or_default().insert(waiting.clone());
                at.push(name);
                let there = fs::symlink_metadata(&at).is_ok_and(|there| there.is_dir());
                if !there {
                    break;
                }
                place = self.tree.child_or_new(place, name);
                self.tree.get_mut(place).round = self.round;
            }
        }
    }

    /// Returns the place of a directory that is there.
    fn place(&mut self, path: &Path) -> Place {
        let mut place = TOP;
        for name in path.components().skip(1) {
            place = self.tree.child_or_new(place, name.as_os_str());
            self.tree.get_mut(place).round = self.round;
        }
        place
    }
}

fn kind_of_tracker(profile_root: &Path) -> Option<FileType> {
    kind(&profile_root.join(TRACKER_FILE))
}

/// Lists the directories and links in a directory; one that cannot be listed has none.
pub(super) fn list(directory: &Path) -> Vec<(OsString, FileType)> {
    entries(directory).unwrap_or_default()
}

fn entries(directory: &Path) -> io::Result<Vec<(OsString, FileType)>> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = openat(CWD, directory, flags, Mode::empty())?;
    let mut buffer = [MaybeUninit::uninit(); LISTING_BYTES];
    let mut listing = RawDir::new(&opened, &mut buffer);
    let mut found = Vec::new();
    while let Some(entry) = listing.next() {
        let entry = entry?;
        let name = OsStr::from_bytes(entry.file_name().to_bytes());
        let kind = match entry.file_type() {
            FileType::Unknown => match statat(&opened, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(_) => continue,
            },
            kind => kind,
        };
        if matches!(kind, FileType::Directory | FileType::Symlink) && name != "." && name != ".." {
            found.push((name.to_owned(), kind));
        }
    }
    Ok(found)
}
