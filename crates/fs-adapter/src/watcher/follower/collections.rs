//! Watching the collections.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::fs::FileType;

use super::super::looks::LINKED_LEVELS;
use super::super::role::Waiting;
use super::super::tree::{Place, TOP};
use super::{Follower, Full};
use crate::layout::{COLLECTIONS_DIRECTORY, SKILLMEAT_CONFIG_FILE};
use crate::listings::Followed;
use crate::tree::MAX_LEVELS;

impl Follower {
    /// Watches the collections, and the ways to them.
    pub(super) fn look_for_collections(&mut self) {
        self.leave_ways(Waiting::Collections);
        for place in self.tree.below(TOP) {
            let directory = self.tree.get_mut(place);
            if std::mem::take(&mut directory.collections) {
                self.left.insert(place);
            }
        }
        let home = self.scope.skillmeat_home.as_std_path().to_owned();
        let (config, directory) =
            (home.join(SKILLMEAT_CONFIG_FILE), home.join(COLLECTIONS_DIRECTORY));
        self.with_room(|follower| {
            follower.watch_way(&config, Waiting::Collections, true)?;
            follower.follow_linked_collections(&directory, 0)
        });
    }

    /// Watches a directory of collections, and all below it.
    pub(super) fn follow_collections(
        &mut self,
        place: Place,
        path: &mut PathBuf,
        level: usize,
    ) -> Result<(), Full> {
        let directory = self.tree.get(place);
        // Links may lead round, and what is deeper is not read whatever is there.
        if directory.collections && directory.round == self.round || level > MAX_LEVELS {
            return Ok(());
        }
        self.tree.get_mut(place).collections = true;
        if !self.watch(place, path, true)? {
            return Ok(());
        }
        for Followed { name, kind, .. } in self.list(path).unwrap_or_default().followed() {
            path.push(name);
            let followed = if kind == FileType::Symlink {
                self.follow_linked_collections(path, level + 1)
            } else {
                let child = self.tree.child_or_new(place, name);
                self.follow_collections(child, path, level + 1)
            };
            path.pop();
            followed?;
        }
        Ok(())
    }

    /// Watches the way to a part of the collections, and what is at its end.
    pub(super) fn follow_linked_collections(
        &mut self,
        path: &Path,
        level: usize,
    ) -> Result<(), Full> {
        let end = self.watch_way(path, Waiting::Collections, true)?;
        let Some(mut end) = end.filter(|_| level <= LINKED_LEVELS) else { return Ok(()) };
        if self.noted(&end, fs::metadata(&end)).is_ok_and(|found| found.is_dir()) {
            let place = self.place(&end);
            self.follow_collections(place, &mut end, level)?;
        }
        Ok(())
    }

    /// Follows what has come into a directory of collections.
    pub(super) fn came_into_collections(
        &mut self,
        place: Place,
        mut path: PathBuf,
        kind: FileType,
    ) {
        let mut level = 0;
        let mut at = Some(place);
        while let Some(directory) = at.filter(|at| self.tree.get(*at).collections) {
            level += 1;
            at = self.tree.parent(directory);
        }
        self.with_room(|follower| {
            if kind == FileType::Symlink {
                return follower.follow_linked_collections(&path, level);
            }
            let child = follower.tree.child_or_new(place, path.file_name().unwrap_or_default());
            follower.follow_collections(child, &mut path, level)
        });
    }
}
