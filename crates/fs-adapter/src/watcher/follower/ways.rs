//! Watching the ways to what counts, through every link on them.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Component, Path, PathBuf};

use rustix::fs::FileType;
use skillstat_domain::{Change, ChangeSink};

use super::super::role::Waiting;
use super::super::tree::{Place, TOP};
use super::{Follower, Full};

/// How many links a way may lead through. Source: `path_resolution(7)`.
const MAX_LINKS: usize = 40;

impl Follower {
    /// Watches the way to a path, as far as it is there, so that it is known when any part of it comes,
    /// goes or leads elsewhere. With `content` what is written to a file at its end is told too. Returns
    /// where it leads, when all of it is there.
    ///
    /// Each directory is watched before it is looked at, as everywhere.
    pub(super) fn watch_way(
        &mut self,
        path: &Path,
        waiting: Waiting,
        content: bool,
    ) -> Result<Option<PathBuf>, Full> {
        let mut rest = names(path);
        let (mut place, mut at, mut links) = (TOP, PathBuf::from("/"), 0);
        while let Some(name) = rest.pop() {
            if name == ".." {
                at.pop();
                place = self.tree.parent(place).unwrap_or(TOP);
                continue;
            }
            // Nobody may look into some directories on the way to one's own: those are not watched.
            self.watch(place, &at, content && rest.is_empty())?;
            self.pass(place, &name, waiting);
            let child = at.join(&name);
            let found = self.noted(&child, fs::symlink_metadata(&child));
            let Ok(found) = found else { return Ok(None) };
            if found.is_symlink() {
                links += 1;
                let target = self.noted(&child, fs::read_link(&child));
                let Some(target) = target.ok().filter(|_| links <= MAX_LINKS) else {
                    return Ok(None);
                };
                if target.is_absolute() {
                    (place, at) = (TOP, PathBuf::from("/"));
                }
                rest.extend(names(&target));
                continue;
            }
            at = child;
            if found.is_dir() {
                place = self.tree.child_or_new(place, &name);
                self.tree.get_mut(place).round = self.round;
            } else if !rest.is_empty() {
                return Ok(None);
            }
        }
        Ok(Some(at))
    }

    /// Notes that a way leads through an entry of a directory.
    fn pass(&mut self, place: Place, name: &OsStr, waiting: Waiting) {
        let directory = self.tree.get_mut(place);
        directory.round = self.round;
        let passage = directory.passage.get_or_insert_default();
        if passage.entry(name.into()).or_default().insert(waiting) {
            self.ways.entry(waiting).or_default().push((place, name.into()));
        }
    }

    /// Forgets the ways to something, before they are looked for anew or because it is gone, and the
    /// directories that nothing else wants.
    pub(super) fn leave_ways(&mut self, waiting: Waiting) {
        for (place, name) in self.ways.remove(&waiting).unwrap_or_default() {
            let Some(passage) = &mut self.tree.get_mut(place).passage else { continue };
            if let Some(others) = passage.get_mut(&name) {
                others.remove(&waiting);
                if others.is_empty() {
                    passage.remove(&name);
                }
            }
            if passage.is_empty() {
                self.tree.get_mut(place).passage = None;
            }
            self.left.insert(place);
        }
    }

    /// Ends the watches of directories that ways led through and that nothing else wants.
    pub(super) fn end_what_was_left(&mut self) {
        while let Some(place) = self.left.pop_last() {
            let parent = self.tree.parent(place);
            if let Some(parent) = parent
                && self.tree.children(place).is_empty()
                && !self.is_wanted(place)
            {
                self.forget(place);
                self.left.insert(parent);
            }
        }
    }

    /// Looks again for whatever lies behind a way that has changed.
    pub(super) fn look_for_waiting(&mut self, sink: &dyn ChangeSink) {
        while let Some(waiting) = self.waiting.pop_first() {
            self.round += 1;
            match waiting {
                // All of them, since they may lie in one another, at different depths.
                Waiting::Roots => self.rebuild(sink),
                Waiting::Collections => {
                    self.changes.insert(Change::Collections);
                    self.look_for_collections();
                }
                Waiting::Profile(place) => self.look_for_target(place),
                Waiting::Beside(root) => {
                    self.look_beside(root);
                    for copy in self.copies_beside(root) {
                        self.content_changed(root, &copy);
                    }
                }
            }
            // It has just been looked for, whatever was forgotten on the way.
            self.waiting.remove(&waiting);
        }
    }

    /// Looks again where a profile root or its tracker leads.
    fn look_for_target(&mut self, place: Place) {
        let Some(project) = self.tree.parent(place) else { return };
        let path = self.tree.path(place);
        if self.profile(place).is_some_and(|profile| profile.through_link) {
            // Another directory by now, so nothing that is known of it is of any use.
            self.forget(place);
        }
        if let Some(kind) = self.kind(&path) {
            self.with_room(|follower| {
                follower.meet_profile_root(project, &path, kind == FileType::Symlink, None)
            });
        }
    }
}

/// Returns the names on a way, the first one last.
fn names(path: &Path) -> Vec<OsString> {
    let names = path.components().rev().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    });
    names.collect()
}
