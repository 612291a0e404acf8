//! What an event means.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use camino::Utf8Path;
use rustix::fs::FileType;
use rustix::fs::inotify::ReadFlags;
use skillstat_domain::Change;

use super::super::kernel::Event;
use super::super::occurrence::Occurrence;
use super::super::role::Waiting;
use super::super::tree::Place;
use super::Follower;
use crate::layout::{INTENT_FILE, TRACKER_FILE, lock_file};
use crate::listings::Followed;

impl Follower {
    /// Takes an event.
    pub(in super::super) fn take(&mut self, event: Event<'_>) {
        if event.flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            return self.lose();
        }
        if event.flags.contains(ReadFlags::CLOSE_WRITE) {
            return self.closed(&event);
        }
        let Some(occurrence) = Occurrence::new(event.flags, event.name) else { return };
        for place in self.tree.watched_by(event.watch) {
            // What it means at one place may have taken another one out.
            if self.tree.get(place).watch() != Some(event.watch) {
                continue;
            }
            match occurrence {
                Occurrence::Came { directory } => {
                    self.touched(place, event.name);
                    self.went(place, event.name);
                    self.came(place, event.name, directory);
                }
                Occurrence::Went => {
                    self.touched(place, event.name);
                    self.went(place, event.name);
                }
                Occurrence::Touched => self.touched(place, event.name),
                Occurrence::Reopened => {
                    self.touched(place, event.name);
                    if self.tree.get(place).entered.is_some() {
                        self.changes.insert(Change::Projects);
                    }
                    self.came(place, event.name, true);
                }
                Occurrence::Gone { ended } => self.gone(place, ended),
            }
        }
    }

    /// Notes that events were lost, of anything.
    pub(in super::super) fn lose(&mut self) {
        self.lost = true;
        self.changes.insert(Change::Everything);
    }

    /// Notes that a file is written no more. Only for a lock does that mean anything: whoever held it has
    /// ended, perhaps in the middle of a write.
    fn closed(&mut self, event: &Event<'_>) {
        if event.name != OsStr::new(&lock_file(TRACKER_FILE)) {
            return;
        }
        for place in self.tree.watched_by(event.watch) {
            self.write_changed(place);
        }
    }

    /// Notes that a write of a profile root has begun or ended: what is on record may be another thing.
    fn write_changed(&mut self, place: Place) {
        if self.tree.get(place).profile.is_some()
            && let Some(project) = self.tree.parent(place)
        {
            self.project_changed(project);
        }
    }

    /// Notes what an entry of a directory has to do with.
    pub(super) fn touched(&mut self, place: Place, name: &OsStr) {
        let directory = self.tree.get(place);
        if let Some(waiting) = directory.passage.as_ref().and_then(|passage| passage.get(name)) {
            self.waiting.extend(waiting);
        }
        if directory.collections {
            self.changes.insert(Change::Collections);
        }
        let tracker = name == TRACKER_FILE && directory.profile.is_some();
        if tracker {
            self.tracker_changed(place);
        } else if name == INTENT_FILE {
            self.write_changed(place);
        }
        for (root, path) in self.within(place, name) {
            let Some(profile) = self.profile(root) else { continue };
            if tracker && root == place {
                continue;
            }
            if profile.linked {
                self.content_changed(root, Utf8Path::new(""));
            } else if profile.concerns(&path) {
                self.content_changed(root, &path);
            }
        }
    }

    /// The tracker is watched before anybody is told to read it.
    fn tracker_changed(&mut self, place: Place) {
        let path = self.tree.path(place);
        self.with_room(|follower| follower.look_for_tracker(place, &path, None));
        if let Some(project) = self.tree.parent(place) {
            self.project_changed(project);
        }
    }

    /// Watches what has come into a directory, as far as it is to be watched.
    pub(super) fn came(&mut self, place: Place, name: &OsStr, directory: bool) {
        let known = self.tree.get(place);
        let (entered, collections) = (known.entered.is_some(), known.collections);
        let within = self.within(place, name);
        // A link counts in a profile root and in collections, and where it may be a profile root.
        let may_be_link = collections
            || entered && name.as_bytes().starts_with(b".")
            || within.iter().any(|(root, _)| self.holds_tracker(*root));
        if !(directory || may_be_link) {
            return;
        }
        self.round += 1;
        let mut path = self.tree.path(place);
        let kind = if directory { Some(FileType::Directory) } else { self.kind(&path.join(name)) };
        let Some(kind @ (FileType::Directory | FileType::Symlink)) = kind else { return };
        if entered {
            let entry = Followed { name, kind, tracker: None };
            self.with_room(|follower| follower.meet(place, &mut path, entry));
        }
        path.push(name);
        if collections {
            self.came_into_collections(place, path.clone(), kind);
        }
        for (root, below) in within {
            self.came_into_profile_root(root, &below, kind, (place, name, &mut path));
        }
    }

    /// Watches what has come into a profile root, as far as it has to do with copies: an entry of a
    /// directory, and its path.
    fn came_into_profile_root(
        &mut self,
        root: Place,
        below: &Utf8Path,
        kind: FileType,
        (place, name, path): (Place, &OsStr, &mut PathBuf),
    ) {
        let Some(profile) = self.tree.get_mut(root).profile.as_deref_mut() else { return };
        if !profile.concerns(below) {
            return;
        }
        if profile.unlisted.is_some() {
            // Perhaps it can be watched now, which only a plan finds.
            self.project_changed(self.tree.parent(root).unwrap_or(root));
            return;
        }
        let linked = profile.linked;
        let mut in_copy = profile.copies.iter().filter(|copy| below.starts_with(copy));
        let in_copy = in_copy.rfind(|copy| !profile.given_up.contains_key(*copy)).cloned();
        if kind == FileType::Symlink {
            profile.linked = true;
        } else if linked {
            let level = self.levels_below(root, place) + 1;
            let child = self.tree.child_or_new(place, name);
            self.with_room(|follower| follower.follow_content(child, path, level, &mut false));
        } else if let Some(copy) = in_copy {
            let level = (self.levels_below(root, place) + 1) - copy.components().count();
            let child = self.tree.child_or_new(place, name);
            self.follow(root, &copy, |follower, linked| {
                follower.follow_content(child, path, level, linked)
            });
        } else {
            let at = self.tree.path(root);
            for copy in self.copies(root).iter().filter(|copy| copy.starts_with(below)) {
                self.follow_copy(root, &at, copy);
            }
        }
        if !linked {
            self.follow_links(root, false);
        }
    }

    /// Returns how many directories below a profile root another one is.
    fn levels_below(&self, root: Place, mut place: Place) -> usize {
        let mut levels = 0;
        while place != root
            && let Some(parent) = self.tree.parent(place)
        {
            place = parent;
            levels += 1;
        }
        levels
    }

    pub(super) fn went(&mut self, place: Place, name: &OsStr) {
        if let Some(child) = self.tree.child(place, name) {
            self.forget(child);
        }
    }

    /// The directory itself has gone from where it was. Its parent tells so too, unless a link leads to
    /// it or nobody watches there.
    fn gone(&mut self, place: Place, ended: bool) {
        if ended {
            let _ended = self.tree.clear_watch(place);
        }
        let Some(parent) = self.tree.parent(place) else { return };
        if self.profile(place).is_some_and(|profile| profile.through_link) {
            self.waiting.insert(Waiting::Profile(place));
        } else if self.tree.get(parent).watch().is_none() {
            let name = self.tree.get(place).name().to_owned();
            self.touched(parent, &name);
            self.went(parent, &name);
        }
    }
}
