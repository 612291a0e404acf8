//! Watching the directories that the walk lists.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rustix::fs::FileType;
use skillstat_domain::Change;

use super::super::role::{Tracker, Waiting};
use super::super::tree::{Entered, Place, TOP};
use super::{Follower, Full};
use crate::fault::is_absence;
use crate::layout::{INTENT_FILE, TRACKER_FILE};
use crate::listing::list_at;
use crate::listings::{Entries, Followed};

/// Directories that hold thousands of others, and projects only by chance: nobody watches whether one
/// comes in there. Where they are part of a copy they are watched like any other.
pub(in super::super) const LEFT_OUT: [&str; 2] = ["node_modules", ".git"];

impl Follower {
    /// Watches the search roots and all that the walk lists below them, and the ways to them.
    pub(super) fn look_for_roots(&mut self) {
        let mut tops = Vec::new();
        for root in 0..self.scope.roots.len() {
            let path = &self.scope.roots[root].path;
            let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let way = |follower: &mut Self| follower.watch_way(&path, Waiting::Roots, false);
            let Some(top) = self.with_room(way).flatten() else { continue };
            if self.noted(&top, fs::metadata(&top)).is_ok_and(|found| found.is_dir()) {
                tops.push(top);
            }
        }
        self.with_room(|follower| {
            for top in &tops {
                let place = follower.place(top);
                follower.enter(place, &mut top.clone(), 0)?;
            }
            Ok(())
        });
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
        if directory.entered.is_some_and(again) || self.is_ending() {
            return Ok(());
        }
        let directory = self.tree.get_mut(place);
        directory.entered = Some(Entered { depth, round: self.round, closed: false });
        directory.round = self.round;
        let watched = self.watch(place, path, false)?;
        let listed = if watched { self.entries(path) } else { self.list(path) };
        match listed {
            Ok(entries) if watched => {
                for entry in entries.followed() {
                    self.meet(place, path, entry)?;
                }
            }
            Err(error) if !is_absence(&error) => {
                let directory = self.tree.get_mut(place);
                directory.entered = Some(Entered { depth, round: self.round, closed: true });
                self.changes.insert(Change::Projects);
            }
            // Gone, or there again since: the directory it lies in tells.
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    /// Follows an entry of a directory that the walk lists.
    pub(super) fn meet(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        Followed { name, kind, tracker }: Followed<'_>,
    ) -> Result<(), Full> {
        let Some(Entered { depth, .. }) = self.tree.get(place).entered else { return Ok(()) };
        let directory = kind == FileType::Directory;
        let walked = directory && depth < self.scope.max_depth;
        let hidden = name.as_bytes().starts_with(b".");
        let link = kind == FileType::Symlink;
        let left_out = LEFT_OUT.iter().any(|left_out| name == *left_out);
        if !(walked || hidden && (directory || link)) {
            return Ok(());
        }
        path.push(name);
        let walked = walked && !self.scope.exclude.covers(name, || path.clone());
        let met = (|| {
            // Also one that is excluded: it makes no project, but is read where another one does.
            if hidden && (!left_out || self.may_be_tracked(path, tracker)) {
                self.meet_profile_root(place, path, link, tracker)?;
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
        for Followed { name, kind, tracker } in self.entries(path).unwrap_or_default().followed() {
            let directory = kind == FileType::Directory;
            let hidden = name.as_bytes().starts_with(b".");
            path.push(name);
            let sought = (|| {
                if hidden && self.may_be_tracked(path, tracker) {
                    let project = self.place(path.parent().unwrap_or(path));
                    self.meet_profile_root(project, path, !directory, tracker)?;
                }
                let walked = directory && depth < self.scope.max_depth;
                if walked && !self.scope.exclude.covers(name, || path.clone()) {
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
    /// it is seen. `tracker` is as [`Followed`] has it.
    pub(super) fn meet_profile_root(
        &mut self,
        project: Place,
        path: &Path,
        through_link: bool,
        tracker: Option<bool>,
    ) -> Result<(), Full> {
        let place = self.tree.child_or_new(project, path.file_name().unwrap_or_default());
        let directory = self.tree.get_mut(place);
        directory.round = self.round;
        let profile = directory.profile.get_or_insert_default();
        profile.through_link = through_link;
        let had = profile.tracker == Tracker::There;
        if self.look_for_tracker(place, path, tracker)? || had {
            self.project_changed(project);
        }
        Ok(())
    }

    /// Looks whether a profile root holds a tracker, and watches it then, and where links to either lead.
    pub(super) fn look_for_tracker(
        &mut self,
        place: Place,
        path: &Path,
        seen: Option<bool>,
    ) -> Result<bool, Full> {
        let waiting = Waiting::Profile(place);
        self.leave_ways(waiting);
        if let Some(tracker) = self.recorded_tracker(place, path, seen)? {
            return Ok(tracker);
        }
        if self.profile(place).is_some_and(|profile| profile.through_link) {
            self.watch_way(path, waiting, false)?;
        }
        let watched = self.watch(place, path, false)?;
        let kind = self.look(&path.join(TRACKER_FILE));
        let tracker = match &kind {
            Ok(None) => Tracker::Absent,
            Ok(Some(_)) => Tracker::There,
            Err(_) => Tracker::Unknown,
        };
        if let Some(profile) = &mut self.tree.get_mut(place).profile {
            profile.tracker = tracker;
        }
        match tracker {
            Tracker::Unknown => drop(self.changes.insert(Change::Projects)),
            _ if !watched => self.cannot_list(place, path),
            Tracker::There => drop(self.watch(place, path, true)?),
            Tracker::Absent => {}
        }
        if matches!(kind, Ok(Some(FileType::Symlink))) {
            self.watch_way(&path.join(TRACKER_FILE), waiting, true)?;
        }
        Ok(tracker == Tracker::There || self.is_begun(path))
    }

    /// Tells whether there is a tracker in a directory or will be, or nobody may look.
    fn may_be_tracked(&mut self, profile_root: &Path, seen: Option<bool>) -> bool {
        seen.unwrap_or_else(|| {
            let tracker = self.look(&profile_root.join(TRACKER_FILE));
            !matches!(tracker, Ok(None)) || self.is_begun(profile_root)
        })
    }

    /// Tells whether a write of a profile root has begun and not ended.
    fn is_begun(&mut self, profile_root: &Path) -> bool {
        matches!(self.look(&profile_root.join(INTENT_FILE)), Ok(Some(_)))
    }

    /// Returns the place of a directory that is there.
    pub(super) fn place(&mut self, path: &Path) -> Place {
        let mut place = TOP;
        for name in path.components().skip(1) {
            place = self.tree.child_or_new(place, name.as_os_str());
            self.tree.get_mut(place).round = self.round;
        }
        place
    }
}

/// Lists the directories and links in a directory.
pub(super) fn list(directory: &Path) -> io::Result<Entries> {
    let mut found = Entries::default();
    list_at(directory, |name, kind| found.note(name.to_bytes(), kind))?;
    Ok(found)
}
