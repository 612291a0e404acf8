//! Where there is no room for all watches: the largest copies go without.

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{ProfileRoot, ProjectPath};

use super::super::kernel::Interest;
use super::super::tree::{Place, TOP};
use super::{Follower, Full, no_more_watches};

/// The part of all watches that is freed at once, so that this is not done for each.
const FREED_AT_ONCE: usize = 16;

impl Follower {
    /// Tells whether another directory may be watched.
    pub(super) fn has_room(&self) -> bool {
        let most = self.ceiling.map_or(self.scope.budget, |ceiling| ceiling.min(self.scope.budget));
        self.tree.watches() < most
    }

    /// Ends the watches of the largest copies; tells whether that made room. A copy that is being
    /// followed stays while there are larger ones.
    pub(super) fn make_room(&mut self, following: Option<(Place, &Utf8Path)>) -> bool {
        let mut copies: Vec<(usize, Place, Utf8PathBuf)> = Vec::new();
        for place in self.tree.below(TOP) {
            let Some(profile) = self.profile(place) else { continue };
            for copy in &profile.copies {
                if let Some(top) = self.copy(place, copy)
                    && !profile.linked
                {
                    copies.push((self.tree.size(top), place, copy.clone()));
                }
            }
        }
        copies.sort();
        let before = self.tree.watches();
        let enough = (before / FREED_AT_ONCE).max(1);
        while before - self.tree.watches() < enough {
            let Some((_, place, copy)) = copies.pop() else { break };
            let stays = following.is_some_and(|(root, path)| (root, path) == (place, &*copy));
            if stays {
                break;
            }
            self.give_up(place, &copy);
        }
        if self.tree.watches() < before {
            // The system has room for as many again.
            self.ceiling = self.ceiling.map(|_| before);
            return true;
        }
        false
    }

    /// Ends the watches of a copy, which is looked at from time to time from now on.
    pub(super) fn give_up(&mut self, root: Place, copy: &Utf8Path) {
        let top = self.copy(root, copy);
        let size = top.map_or(1, |top| self.tree.size(top));
        if let Some(profile) = &mut self.tree.get_mut(root).profile {
            profile.given_up.insert(copy.to_owned(), size);
        }
        self.unwatched_version += 1;
        if let Some(top) = top {
            self.prune(top);
            self.left.insert(top);
            self.end_what_was_left();
        }
    }

    /// Returns the place of a copy that is a directory.
    fn copy(&self, root: Place, copy: &Utf8Path) -> Option<Place> {
        let mut names = copy.components();
        names.try_fold(root, |place, name| self.tree.child(place, name.as_str().as_ref()))
    }

    /// Returns the copies that are not watched for want of room: how many directories they have at the
    /// least, their profile roots and paths.
    fn given_up(&self) -> Vec<(usize, Place, Utf8PathBuf)> {
        let mut copies = Vec::new();
        for place in self.tree.below(TOP) {
            let Some(profile) = self.profile(place) else { continue };
            copies.extend(profile.given_up.iter().map(|(copy, size)| (*size, place, copy.clone())));
        }
        copies
    }

    /// Returns how many copies are not watched for want of room.
    pub(in super::super) fn copies_given_up(&self) -> usize {
        self.given_up().len()
    }

    /// Names the copies that are not watched for want of room.
    pub(in super::super) fn without_watches(&self) -> Vec<(ProjectPath, ProfileRoot, Utf8PathBuf)> {
        let named = |(_, place, copy)| {
            let (project, root) = self.profile_root(place)?;
            Some((project, root, copy))
        };
        self.given_up().into_iter().filter_map(named).collect()
    }

    /// Tries to watch all copies again.
    pub(super) fn take_copies_back(&mut self) {
        for place in self.tree.below(TOP) {
            if let Some(profile) = &mut self.tree.get_mut(place).profile {
                profile.given_up.clear();
            }
        }
    }

    /// Watches copies again that there is room for by now, the smallest first. How much room the system
    /// has is found by trying.
    pub(in super::super) fn take_back(&mut self) {
        let mut copies = self.given_up();
        copies.sort();
        for (size, root, copy) in copies {
            if self.tree.watches() + size > self.scope.budget {
                return;
            }
            let Some(profile) = &mut self.tree.get_mut(root).profile else { continue };
            profile.given_up.remove(&copy);
            self.ceiling = None;
            self.round += 1;
            let (path, mut linked) = (self.tree.path(root), false);
            let followed = self.follow_to(root, &path, &copy, &mut linked);
            let Some(profile) = &mut self.tree.get_mut(root).profile else { continue };
            if let Err(Full) = followed {
                let before = self.unwatched_version;
                self.give_up(root, &copy);
                self.unwatched_version = before;
                // It has more than there was room for.
                if let Some(profile) = &mut self.tree.get_mut(root).profile {
                    profile.given_up.entry(copy).and_modify(|had| *had = size.max(*had) + 1);
                }
                return;
            }
            let before = profile.linked;
            profile.linked |= linked;
            self.follow_links(root, before);
            self.content_changed(root, &copy);
            self.unwatched_version += 1;
        }
    }

    /// Tells whether it is worth making all watches again when there was no room even for the walk.
    pub(in super::super) fn has_room_again(&mut self) -> bool {
        if self.tree.watches() + self.scope.budget / FREED_AT_ONCE >= self.scope.budget {
            return false;
        }
        let Some(path) = &self.refused else { return true };
        let interest = Interest { content: false, through_link: false };
        match self.kernel.watch(path, interest) {
            Ok(watch) => {
                if self.tree.watched_by(watch).is_empty() {
                    self.kernel.unwatch(watch);
                }
                true
            }
            Err(error) => !no_more_watches(&error),
        }
    }
}
