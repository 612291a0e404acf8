//! Watching the copies of a profile root.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, FileType, Stat, statat};

use super::super::role::{Profile, Tracker, Waiting};
use super::super::tree::Place;
use super::{Follower, Full};
use crate::fault::is_absence;
use crate::hasher::may_be_misplaced;
use crate::listings::Followed;
use crate::tree::MAX_LEVELS;

impl Follower {
    /// Watches the copies that the trackers of a project name, and no more.
    pub(super) fn plan_project(&mut self, place: Place) {
        let Some(project) = self.project(place) else { return };
        let records = self.states.records(&project);
        if let Some(listings) = &self.listings {
            listings.rely_on(&records);
        }
        for child in self.tree.children(place).to_vec() {
            let Some(root) = self.profile_root(child).map(|(_, root)| root) else { continue };
            let Some(profile) = &mut self.tree.get_mut(child).profile else { continue };
            let mut copies: Vec<_> = records
                .records
                .iter()
                .filter(|record| record.profile_root == root)
                .filter_map(|record| record.path.inside().ok())
                .collect();
            copies.sort();
            copies.dedup();
            profile.given_up.retain(|copy, _| copies.contains(copy));
            let known = std::mem::replace(&mut profile.copies, copies);
            let linked = std::mem::take(&mut profile.linked);
            self.unwatched_version += u64::from(profile.unlisted.take().is_some());
            self.plan_profile(child, &known, linked);
        }
    }

    /// Watches the copies of a profile root. What was read of those that were not known before may have
    /// changed unseen, before they were watched.
    fn plan_profile(&mut self, root: Place, known: &[Utf8PathBuf], linked: bool) {
        let path = self.tree.path(root);
        let tracker = self.holds_tracker(root);
        if self.with_room(|follower| follower.watch(root, &path, tracker)) == Some(false) {
            self.cannot_list(root, &path);
        }
        for copy in self.copies(root) {
            self.follow_copy(root, &path, &copy);
            if known.binary_search(&copy).is_err() {
                self.content_changed(root, &copy);
            }
        }
        self.follow_links(root, linked);
        self.look_beside(root);
        if self.renewing.is_none() {
            self.prune(root);
        }
    }

    /// Watches all of a profile root, if a link has to do with its copies. That is another way to them,
    /// unless it was so before: what was read of any copy may have changed there unseen.
    pub(super) fn follow_links(&mut self, root: Place, linked: bool) {
        if !self.profile(root).is_some_and(|profile| profile.linked) {
            return;
        }
        let mut path = self.tree.path(root);
        self.with_room(|follower| follower.follow_content(root, &mut path, 0, &mut false));
        if !linked {
            self.content_changed(root, Utf8Path::new(""));
        }
    }

    /// Watches a copy and the directories it lies in.
    pub(super) fn follow_copy(&mut self, root: Place, path: &Path, copy: &Utf8Path) {
        self.follow(root, copy, |follower, linked| follower.follow_to(root, path, copy, linked));
    }

    /// Watches something of a copy, or gives the copy up.
    pub(super) fn follow(
        &mut self,
        root: Place,
        copy: &Utf8Path,
        mut watch: impl FnMut(&mut Self, &mut bool) -> Result<(), Full>,
    ) {
        while self.profile(root).is_some_and(|profile| !profile.given_up.contains_key(copy)) {
            let mut linked = false;
            let followed = watch(self, &mut linked);
            if let Some(profile) = &mut self.tree.get_mut(root).profile {
                profile.linked |= linked;
            }
            match followed {
                Ok(()) => return,
                Err(Full) if self.make_room(Some((root, copy))) => {}
                Err(Full) => self.give_up(root, copy),
            }
        }
    }

    pub(super) fn follow_to(
        &mut self,
        root: Place,
        path: &Path,
        copy: &Utf8Path,
        linked: &mut bool,
    ) -> Result<(), Full> {
        let (mut place, mut path) = (root, path.to_owned());
        let mut names = copy.components().peekable();
        while let Some(name) = names.next() {
            if !self.watch(place, &path, true)? {
                self.cannot_list(root, &path);
                return Ok(());
            }
            path.push(name.as_str());
            let name = OsStr::new(name.as_str());
            let is_last = names.peek().is_none();
            if is_last && self.follow_recorded(place, name, &mut path, linked)? {
                return Ok(());
            }
            if let Some(known) = self.tree.child(place, name)
                && self.is_watched_by_now(known)
            {
                place = known;
                continue;
            }
            // Most likely it is a directory, which watching it shows as well as a look.
            if !is_last && let Some(directory) = self.watch_entry(place, name, &path)? {
                place = directory;
                continue;
            }
            match self.kind(&path) {
                Some(FileType::Directory) => {}
                Some(FileType::Symlink) => {
                    *linked = true;
                    return Ok(());
                }
                _ => return Ok(()),
            }
            place = self.tree.child_or_new(place, name);
        }
        self.follow_content(place, &mut path, 0, linked)
    }

    /// Watches an entry of a directory, if it is a directory; returns its place then.
    fn watch_entry(
        &mut self,
        parent: Place,
        name: &OsStr,
        path: &Path,
    ) -> Result<Option<Place>, Full> {
        let known = self.tree.child(parent, name);
        if known.is_some_and(|known| self.is_through_link(known)) {
            return Ok(None);
        }
        let place = known.unwrap_or_else(|| self.tree.child_or_new(parent, name));
        let is_watched = self.watch(place, path, true)?;
        if !is_watched && known.is_none() {
            self.forget(place);
        }
        Ok(is_watched.then_some(place))
    }

    /// Watches a directory of a copy, and all below it.
    pub(super) fn follow_content(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        level: usize,
        linked: &mut bool,
    ) -> Result<(), Full> {
        // A copy that is deeper is not read whatever is there.
        if level > MAX_LEVELS || !self.watch(place, path, true)? {
            return Ok(());
        }
        // Not as the walk has listed it: who reads the copy does not verify that.
        for Followed { name, kind, .. } in self.list(path).unwrap_or_default().followed() {
            if kind == FileType::Symlink {
                *linked = true;
                continue;
            }
            let child = self.tree.child_or_new(place, name);
            path.push(name);
            let followed = self.follow_content(child, path, level + 1, linked);
            path.pop();
            followed?;
        }
        Ok(())
    }

    /// Notes that a directory of a profile root cannot be watched. If it may be passed all the same, what
    /// lies in it counts. Where a link has come in its place meanwhile, the directory it lies in tells.
    pub(super) fn cannot_list(&mut self, root: Place, path: &Path) {
        let Some(profile) = &mut self.tree.get_mut(root).profile else { return };
        let follow =
            if profile.through_link { AtFlags::empty() } else { AtFlags::SYMLINK_NOFOLLOW };
        let there = statat(CWD, path, follow);
        let is_directory =
            |stat: Stat| FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
        if there.is_ok_and(is_directory) {
            profile.unlisted = Some(path.to_owned());
            self.unwatched_version += 1;
        }
    }

    /// Watches the ways to what the copies of a profile root may be confused with.
    pub(super) fn look_beside(&mut self, root: Place) {
        self.leave_ways(Waiting::Beside(root));
        let Some(project) = self.tree.parent(root).map(|project| self.tree.path(project)) else {
            return;
        };
        for copy in self.copies_beside(root) {
            let path = project.join(copy);
            self.with_room(|follower| follower.watch_way(&path, Waiting::Beside(root), false));
        }
    }

    /// Returns the copies of a profile root that may be confused with something beside it.
    pub(super) fn copies_beside(&self, root: Place) -> Vec<Utf8PathBuf> {
        let copies = self.profile(root).map_or(&[][..], |profile| &profile.copies);
        copies.iter().filter(|copy| may_be_misplaced(copy)).cloned().collect()
    }

    /// Tells whether a directory has been found in this round, so that it need not be looked for.
    fn is_watched_by_now(&self, place: Place) -> bool {
        let directory = self.tree.get(place);
        directory.round == self.round && directory.watch().is_some() && !self.is_through_link(place)
    }

    /// Tells whether a place is a profile root that is a link to a directory.
    pub(super) fn is_through_link(&self, place: Place) -> bool {
        self.profile(place).is_some_and(|profile| profile.through_link)
    }

    pub(super) fn profile(&self, place: Place) -> Option<&Profile> {
        self.tree.get(place).profile.as_deref()
    }

    /// Tells whether a place is a profile root with a tracker.
    pub(super) fn holds_tracker(&self, place: Place) -> bool {
        self.profile(place).is_some_and(|profile| profile.tracker == Tracker::There)
    }

    /// Returns where the copies of a profile root are, sorted.
    pub(super) fn copies(&self, root: Place) -> Vec<Utf8PathBuf> {
        self.profile(root).map(|profile| profile.copies.clone()).unwrap_or_default()
    }
}

/// Returns what lies at a path, if anything.
pub(super) fn look(path: &Path) -> io::Result<Option<FileType>> {
    match statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from) {
        Ok(stat) => Ok(Some(FileType::from_raw_mode(stat.st_mode))),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
