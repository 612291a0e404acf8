//! Watching the copies of a profile root.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use rustix::fs::{AtFlags, CWD, FileType, statat};
use skillstat_domain::{Change, ProfileRoot, ProjectPath};

use super::super::role::Profile;
use super::super::tree::Place;
use super::walk::list;
use super::{Follower, Full};
use crate::tree::MAX_LEVELS;

impl Follower {
    /// Watches the copies that the trackers of a project name, and no more. What could have changed
    /// before it was watched counts as changed.
    pub(super) fn plan_project(&mut self, place: Place) {
        let Some(project) = self.project(place) else { return };
        self.fresh.clear();
        let records = self.states.records(&project);
        for child in self.tree.children(place).to_vec() {
            if self.tree.get(child).profile.is_none() {
                continue;
            }
            let path = self.tree.path(child);
            if let Err(Full) = self.look_for_tracker(place, child, &path) {
                self.blind = true;
            }
            let Some((_, root)) = self.profile_root(child) else { continue };
            let mut copies: Vec<_> = records
                .records
                .iter()
                .filter(|record| record.profile_root == root)
                .filter_map(|record| record.path.inside().ok())
                .collect();
            copies.sort();
            copies.dedup();
            let Some(profile) = &mut self.tree.get_mut(child).profile else { continue };
            profile.given_up.retain(|copy| copies.contains(copy));
            profile.copies = copies;
            profile.linked = false;
            self.plan_profile(child, &project, &root);
        }
    }

    fn plan_profile(&mut self, place: Place, project: &ProjectPath, root: &ProfileRoot) {
        let path = self.tree.path(place);
        let copies = self.profile(place).map_or_else(Vec::new, |profile| profile.copies.clone());
        for copy in &copies {
            if self.follow_copy(place, &path, copy) && !self.renewing {
                let (project, profile_root, path) = (project.clone(), root.clone(), copy.clone());
                self.changes.insert(Change::Content { project, profile_root, path });
            }
        }
        self.follow_links(place, project, root);
        if !self.renewing {
            self.prune(place, place, Utf8Path::new(""));
        }
    }

    /// Watches all of a profile root, if a link has to do with its copies.
    pub(super) fn follow_links(&mut self, place: Place, project: &ProjectPath, root: &ProfileRoot) {
        if !self.profile(place).is_some_and(|profile| profile.linked) {
            return;
        }
        let mut path = self.tree.path(place);
        while let Err(Full) = self.follow_content(place, &mut path, 0, &mut false) {
            if !self.make_room(None) {
                self.blind = true;
                break;
            }
        }
        let (project, profile_root) = (project.clone(), root.clone());
        let path = Utf8PathBuf::new();
        self.changes.insert(Change::Content { project, profile_root, path });
    }

    /// Watches a copy and the directories it lies in; tells whether any of that is fresh.
    pub(super) fn follow_copy(&mut self, root: Place, path: &Path, copy: &Utf8Path) -> bool {
        let before = self.fresh.len();
        loop {
            if self.profile(root).is_none_or(|profile| profile.given_up.contains(copy)) {
                return true;
            }
            let mut linked = false;
            let followed = self.follow_to(root, path, copy, &mut linked);
            if let Some(profile) = &mut self.tree.get_mut(root).profile {
                profile.linked |= linked;
            }
            match followed {
                Ok(on_the_way) => return on_the_way || self.fresh.len() > before,
                Err(Full) if self.make_room(Some((root, copy))) => {}
                Err(Full) => self.give_up(root, copy),
            }
        }
    }

    /// Tells whether a directory on the way is fresh.
    fn follow_to(
        &mut self,
        root: Place,
        path: &Path,
        copy: &Utf8Path,
        linked: &mut bool,
    ) -> Result<bool, Full> {
        let (mut place, mut path) = (root, path.to_owned());
        let mut fresh = false;
        for name in copy.components() {
            if !self.watch(place, &path, true)? {
                return Ok(fresh);
            }
            fresh |= self.fresh.contains(&place);
            path.push(name.as_str());
            if let Some(known) = self.tree.child(place, OsStr::new(name.as_str()))
                && self.is_watched_by_now(known)
            {
                place = known;
                continue;
            }
            match kind(&path) {
                Some(FileType::Directory) => {}
                Some(FileType::Symlink) => {
                    *linked = true;
                    return Ok(fresh);
                }
                _ => return Ok(fresh),
            }
            place = self.tree.child_or_new(place, OsStr::new(name.as_str()));
        }
        self.follow_content(place, &mut path, 0, linked)?;
        Ok(fresh)
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
        for (name, kind) in list(path) {
            if kind == FileType::Symlink {
                *linked = true;
                continue;
            }
            let child = self.tree.child_or_new(place, &name);
            path.push(&name);
            let followed = self.follow_content(child, path, level + 1, linked);
            path.pop();
            followed?;
        }
        Ok(())
    }

    /// Ends the watches below a profile root that no copy needs any more.
    fn prune(&mut self, root: Place, place: Place, at: &Utf8Path) {
        for child in self.tree.children(place).to_vec() {
            let directory = self.tree.get(child);
            let name = directory.name().to_str();
            let path = name.map(|name| at.join(name));
            let wanted = self.profile(root).is_some_and(|profile| {
                path.as_ref().map_or(profile.linked, |path| profile.wants(path))
            });
            let other = directory.entered.is_some()
                || directory.profile.is_some()
                || directory.passage.is_some()
                || directory.collections;
            // What lies below another profile root is for that one to say.
            let others = directory.profile.is_some();
            if !(wanted || other) {
                self.forget(child);
            } else if let Some(path) = path.filter(|_| !others) {
                self.prune(root, child, &path);
            }
        }
    }

    /// Tells whether a directory has been found in this round, so that it need not be looked for.
    fn is_watched_by_now(&self, place: Place) -> bool {
        let directory = self.tree.get(place);
        directory.round == self.round && directory.watch().is_some()
    }

    pub(super) fn profile(&self, place: Place) -> Option<&Profile> {
        self.tree.get(place).profile.as_deref()
    }
}

/// Returns what lies at a path, if anything.
pub(super) fn kind(path: &Path) -> Option<FileType> {
    let stat = statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some(FileType::from_raw_mode(stat.st_mode))
}
