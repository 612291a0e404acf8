//! Where there is no room for all watches: the largest copies go without.

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{ProfileRoot, ProjectPath};

use super::super::kernel::Interest;
use super::super::tree::{Place, TOP};
use super::Follower;

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
        if let Some(profile) = &mut self.tree.get_mut(root).profile {
            profile.given_up.insert(copy.to_owned());
        }
        self.unwatched_version += 1;
        if let Some(top) = top {
            self.forget(top);
        }
    }

    /// Returns the place of a copy that is a directory.
    fn copy(&self, root: Place, copy: &Utf8Path) -> Option<Place> {
        let mut names = copy.components();
        names.try_fold(root, |place, name| self.tree.child(place, name.as_str().as_ref()))
    }

    /// Returns the copies that are not watched for want of room.
    pub(in super::super) fn given_up(&self) -> Vec<(ProjectPath, ProfileRoot, Utf8PathBuf)> {
        let mut copies = Vec::new();
        for place in self.tree.below(TOP) {
            let Some(profile) = &self.tree.get(place).profile else { continue };
            if profile.given_up.is_empty() {
                continue;
            }
            if let Some((project, root)) = self.profile_root(place) {
                let given_up = profile.given_up.iter().cloned();
                copies.extend(given_up.map(|copy| (project.clone(), root.clone(), copy)));
            }
        }
        copies
    }

    /// Tries to watch all copies again.
    pub(super) fn take_copies_back(&mut self) {
        for place in self.tree.below(TOP) {
            if let Some(profile) = &mut self.tree.get_mut(place).profile {
                profile.given_up.clear();
            }
        }
    }

    /// Tells whether it is worth trying: the system allows more watches again, or the watches have
    /// become fewer.
    pub(in super::super) fn has_room_again(&mut self) -> bool {
        if self.tree.watches() + self.scope.budget / FREED_AT_ONCE >= self.scope.budget {
            return false;
        }
        let copies = self.given_up();
        let Some((project, root, copy)) = copies.first() else { return self.blind };
        let path = project.as_path().join(root.as_str()).join(copy);
        let interest = Interest { content: true, through_link: false };
        let watch = self.kernel.watch(path.as_std_path(), interest);
        if let Ok(watch) = watch
            && self.tree.watched_by(watch).is_empty()
        {
            self.kernel.unwatch(watch);
        }
        watch.is_ok()
    }
}
