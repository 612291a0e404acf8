//! What an event means.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::FileType;
use rustix::fs::inotify::ReadFlags;
use skillstat_domain::Change;

use super::super::kernel::Event;
use super::super::occurrence::Occurrence;
use super::super::role::Waiting;
use super::super::tree::Place;
use super::copies::kind;
use super::{Follower, Full};
use crate::layout::TRACKER_FILE;

impl Follower {
    /// Takes an event.
    pub(in super::super) fn take(&mut self, event: Event<'_>) {
        if event.flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            self.lost = true;
            self.changes.insert(Change::Everything);
            return;
        }
        let Some(occurrence) = Occurrence::new(event.flags, event.name) else { return };
        for place in self.tree.watched_by(event.watch) {
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

    /// Looks again for whatever lies behind a way that has changed.
    pub(super) fn look_for_waiting(&mut self) {
        while let Some(waiting) = self.waiting.pop_first() {
            self.round += 1;
            match &waiting {
                Waiting::Root(number) => {
                    self.changes.insert(Change::Projects);
                    self.look_for_root(*number);
                }
                Waiting::Collections => {
                    self.changes.insert(Change::Collections);
                    self.look_for_collections();
                }
                Waiting::Project(project) => {
                    let mut path = project.as_path().as_std_path().to_owned();
                    if let Some(place) = self.tree.find(&path) {
                        for child in self.tree.children(place).to_vec() {
                            let directory = self.tree.get(child);
                            let name = directory.name().to_owned();
                            if directory
                                .profile
                                .as_ref()
                                .is_some_and(|profile| profile.through_link)
                            {
                                self.went(place, &name);
                            }
                            if let Some(kind) = kind(&path.join(&name)) {
                                self.met(place, &mut path, &name, kind);
                            }
                        }
                    }
                    self.changes.insert(Change::Project(project.clone()));
                }
            }
            // It has just been looked for, whatever was forgotten on the way.
            self.waiting.remove(&waiting);
        }
    }

    /// Notes what an entry of a directory has to do with.
    fn touched(&mut self, place: Place, name: &OsStr) {
        if let Some(passage) = &self.tree.get(place).passage
            && let Some(waiting) = passage.get(name)
        {
            self.waiting.extend(waiting.iter().cloned());
        }
        let mut collections = false;
        for (at, path) in self.within(place, name) {
            let directory = self.tree.get(at);
            collections |= directory.collections;
            let Some(profile) = &directory.profile else { continue };
            if at == place && name == TRACKER_FILE {
                self.tracker_changed(place);
                continue;
            }
            // What has a name that is not UTF-8 may be in any copy.
            let path = path.and_then(|path| Utf8PathBuf::try_from(path).ok()).unwrap_or_default();
            if profile.concerns(&path)
                && let Some((project, profile_root)) = self.profile_root(at)
            {
                let path = if profile.linked { Utf8PathBuf::new() } else { path };
                self.changes.insert(Change::Content { project, profile_root, path });
            }
        }
        if collections {
            self.changes.insert(Change::Collections);
        }
    }

    /// The tracker is watched before anybody is told to read it.
    fn tracker_changed(&mut self, place: Place) {
        let path = self.tree.path(place);
        if let Err(Full) = self.watch(place, &path, true) {
            self.blind = true;
        }
        if let Some(project) = self.tree.parent(place) {
            self.project_changed(project);
        }
    }

    /// Returns the directories that an entry lies in and that mean something, each with the path of the
    /// entry below it where that matters.
    fn within(&self, place: Place, name: &OsStr) -> Vec<(Place, Option<PathBuf>)> {
        let mut found = Vec::new();
        let mut names: Vec<&OsStr> = vec![name];
        let mut at = Some(place);
        while let Some(directory) = at {
            let known = self.tree.get(directory);
            if known.profile.is_some() {
                found.push((directory, Some(names.iter().rev().collect())));
            } else if known.collections {
                found.push((directory, None));
            }
            names.push(known.name());
            at = self.tree.parent(directory);
        }
        found
    }

    /// Watches what has come into a directory, as far as it is to be watched.
    fn came(&mut self, place: Place, name: &OsStr, directory: bool) {
        let entered = self.tree.get(place).entered.is_some();
        let within = self.within(place, name);
        // A link counts in a profile root, and where it may be one.
        let may_be_link = entered && name.as_bytes().starts_with(b".")
            || within.iter().any(|(at, _)| self.profile(*at).is_some_and(|at| at.tracker));
        if !(directory || may_be_link) {
            return;
        }
        self.round += 1;
        let mut path = self.tree.path(place);
        let kind = if directory { Some(FileType::Directory) } else { kind(&path.join(name)) };
        let Some(kind @ (FileType::Directory | FileType::Symlink)) = kind else { return };
        if entered {
            self.met(place, &mut path, name, kind);
        }
        path.push(name);
        for (at, below) in within {
            if self.tree.get(at).collections && kind == FileType::Directory {
                let child = self.tree.child_or_new(place, name);
                while let Err(Full) = self.follow_collections(child, &mut path) {
                    if !self.make_room(None) {
                        self.blind = true;
                        break;
                    }
                }
            }
            let below = below.and_then(|below| Utf8PathBuf::try_from(below).ok());
            if let (Some(below), Some(_)) = (below, self.profile(at)) {
                self.came_into_profile_root(at, &below, kind);
            }
        }
    }

    fn came_into_profile_root(&mut self, root: Place, below: &Utf8Path, kind: FileType) {
        let Some(profile) = self.profile(root) else { return };
        let copies: Vec<_> = profile
            .copies
            .iter()
            .filter(|copy| copy.starts_with(below) || below.starts_with(copy))
            .cloned()
            .collect();
        let linked = profile.linked;
        if copies.is_empty() && !linked {
            return;
        }
        if kind == FileType::Symlink
            && let Some(profile) = &mut self.tree.get_mut(root).profile
        {
            profile.linked = true;
        }
        let path = self.tree.path(root);
        for copy in &copies {
            self.follow_copy(root, &path, copy);
        }
        if let Some((project, profile_root)) = self.profile_root(root) {
            self.follow_links(root, &project, &profile_root);
        }
    }

    /// Follows an entry that has come into a directory that the walk lists.
    fn met(&mut self, place: Place, path: &mut PathBuf, name: &OsStr, kind: FileType) {
        while let Err(Full) = self.meet(place, path, name, kind) {
            if !self.make_room(None) {
                self.blind = true;
                return;
            }
            self.round += 1;
        }
    }

    fn went(&mut self, place: Place, name: &OsStr) {
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
        let (Some(profile), Some(parent)) = (self.profile(place), self.tree.parent(place)) else {
            return;
        };
        if profile.through_link {
            self.waiting.extend(self.project(parent).map(Waiting::Project));
        } else if self.tree.get(parent).watch().is_none() {
            self.forget(place);
        }
    }
}
