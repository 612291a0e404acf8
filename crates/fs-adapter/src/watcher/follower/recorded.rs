//! Taking what the first scan has listed in place of listing, and looking again where that was wrong.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FileType;
use skillstat_domain::Change;

use super::super::role::Tracker;
use super::super::tree::Place;
use super::{Follower, Full};
use crate::listings::{Entries, Followed, ListedDirectories, News};

impl Follower {
    /// Returns what is in a directory that is watched.
    pub(super) fn entries(&mut self, path: &Path) -> io::Result<Entries> {
        match self.listings.as_ref().and_then(|listings| listings.take(path)) {
            Some(entries) => Ok(entries),
            None => self.list(path),
        }
    }

    /// Tells whether what the first scan has listed may be taken.
    pub(super) fn is_setting_up(&self) -> bool {
        self.listings.as_ref().is_some_and(|listings| listings.is_setting_up())
    }

    /// Watches a copy and all below it as the first scan has listed it, if it has; tells whether all of that was
    /// there.
    pub(super) fn follow_recorded(
        &mut self,
        parent: Place,
        name: &OsStr,
        path: &mut PathBuf,
        linked: &mut bool,
    ) -> Result<bool, Full> {
        let listing = self.listings.as_ref().and_then(|listings| listings.take_copy(path));
        let Some(listing) = listing else { return Ok(false) };
        if listing.is_file() {
            // The directory that it lies in is watched, and there is no more.
            return Ok(true);
        }
        let copy = self.tree.child_or_new(parent, name);
        if self.is_through_link(copy) {
            return Ok(false);
        }
        self.follow_listed(copy, path, &mut listing.directories(), linked)
    }

    fn follow_listed(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        listed: &mut ListedDirectories<'_>,
        linked: &mut bool,
    ) -> Result<bool, Full> {
        if !self.watch(place, path, true)? {
            return Ok(false);
        }
        for Followed { name, kind, .. } in listed.next_holds() {
            if kind == FileType::Symlink {
                *linked = true;
                continue;
            }
            let child = self.tree.child_or_new(place, name);
            path.push(name);
            let followed = self.follow_listed(child, path, listed, linked);
            path.pop();
            if !followed? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Watches a profile root of which the first scan has `seen` whether it holds a tracker; tells that. Nothing
    /// where it has not, or where that takes a closer look.
    pub(super) fn recorded_tracker(
        &mut self,
        place: Place,
        path: &Path,
        seen: Option<bool>,
    ) -> Result<Option<bool>, Full> {
        if self.profile(place).is_none_or(|profile| profile.through_link) {
            return Ok(None);
        }
        let Some(there) = seen else { return Ok(None) };
        if !self.watch(place, path, there)? {
            return Ok(None);
        }
        if let Some(profile) = &mut self.tree.get_mut(place).profile {
            profile.tracker = if there { Tracker::There } else { Tracker::Absent };
        }
        Ok(Some(there))
    }

    /// Looks at what a scan has found otherwise than it was when it was watched, as if an event had told of it.
    pub(in super::super) fn look_again(&mut self, news: &News) {
        match news {
            News::Directory(directory, names) => {
                // The scan has an answer that tells of what it has found there, also of what is gone by now.
                self.changes.insert(Change::Projects);
                for name in names {
                    let place = self.look_again_at(directory, name);
                    // Where it is watched for something else nobody looks for projects.
                    if place.is_none_or(|place| self.tree.get(place).entered.is_none()) {
                        self.seek_again(directory);
                    }
                }
            }
            News::Copy(copy) => {
                if let (Some(above), Some(name)) = (copy.parent(), copy.file_name())
                    && self.look_again_at(above, name).is_none()
                {
                    self.changes.insert(Change::Projects);
                    self.seek_again(above);
                }
            }
            News::Project(project) => match self.tree.find(project) {
                Some(project) => self.project_changed(project),
                None => drop(self.changes.insert(Change::Projects)),
            },
        }
    }

    /// Looks at an entry of a directory that is watched; returns the place of the directory.
    fn look_again_at(&mut self, directory: &Path, name: &OsStr) -> Option<Place> {
        let place = self.watched_at(directory)?;
        self.touched(place, name);
        self.went(place, name);
        if let Some(kind) = self.kind(&directory.join(name)) {
            self.came(place, name, kind == FileType::Directory);
        }
        Some(place)
    }

    /// Looks for projects where nobody watches, from the last directory on the way there that the walk lists and
    /// that is watched.
    fn seek_again(&mut self, directory: &Path) {
        for below in directory.ancestors() {
            let (Some(above), Some(name)) = (below.parent(), below.file_name()) else { return };
            if let Some(place) = self.watched_at(above)
                && self.tree.get(place).entered.is_some()
            {
                return self.came(place, name, true);
            }
        }
    }

    fn watched_at(&self, path: &Path) -> Option<Place> {
        self.tree.find(path).filter(|place| self.tree.get(*place).watch().is_some())
    }
}
