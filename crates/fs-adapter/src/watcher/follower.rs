//! What is watched, and what an event there means.

mod copies;
mod events;
mod room;
mod silent;
mod walk;

use std::collections::{BTreeSet, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rustix::io::Errno;
use skillstat_domain::{Change, ChangeSink, ProfileRoot, ProjectPath, ProjectStates};
pub(super) use walk::LEFT_OUT;

use super::kernel::{Interest, Kernel};
use super::mounts::Mount;
use super::role::Waiting;
use super::tree::{Place, TOP, Tree};
use crate::discovery::{Exclude, SearchRoot};

/// What is to be followed.
#[derive(Debug)]
pub(super) struct Scope {
    /// The search roots.
    pub(super) roots: Vec<SearchRoot>,
    /// How deep the walk goes below them.
    pub(super) max_depth: usize,
    /// What it leaves out.
    pub(super) exclude: Exclude,
    /// SkillMeat's home directory.
    pub(super) skillmeat_home: Utf8PathBuf,
    /// How many directories may be watched.
    pub(super) budget: usize,
}

/// There is no room for another watch.
#[derive(Debug)]
struct Full;

/// Keeps the watches where they are needed, and gathers what has changed.
///
/// A directory is always watched before it is listed, so that whatever comes into it is found by one or
/// the other.
#[derive(Debug)]
pub(super) struct Follower {
    scope: Scope,
    kernel: Arc<dyn Kernel>,
    states: Arc<dyn ProjectStates>,
    tree: Tree,
    /// Counts the looks at directories, so that each takes them once.
    round: u32,
    /// Whether every watch is made again, in case its directory is another one by now.
    renewing: bool,
    changes: BTreeSet<Change>,
    /// What is watched, or watched for more, since copies were last planned: what was read there before
    /// may have changed unseen.
    fresh: HashSet<Place>,
    /// What is to be looked for again, because something on the way there has changed.
    waiting: BTreeSet<Waiting>,
    /// Whether events were lost.
    pub(super) lost: bool,
    /// How many watches the system allowed when it allowed no more.
    pub(super) ceiling: Option<usize>,
    /// Whether there is no room even for the directories that the walk lists.
    pub(super) blind: bool,
    /// File systems that tell nothing, as far as anything that counts lies there.
    silent: Vec<Mount>,
    /// Counts the changes of what is not watched.
    pub(super) unwatched_version: u64,
}

impl Follower {
    pub(super) fn new(
        scope: Scope,
        kernel: Arc<dyn Kernel>,
        states: Arc<dyn ProjectStates>,
    ) -> Self {
        Self {
            scope,
            kernel,
            states,
            tree: Tree::new(),
            round: 0,
            renewing: false,
            changes: BTreeSet::new(),
            fresh: HashSet::new(),
            waiting: BTreeSet::new(),
            lost: false,
            ceiling: None,
            blind: false,
            silent: Vec::new(),
            unwatched_version: 0,
        }
    }

    /// Returns how many directories may be watched.
    pub(super) fn budget(&self) -> usize {
        self.scope.budget
    }

    /// Returns how many directories are watched.
    pub(super) fn watches(&self) -> usize {
        self.tree.watches()
    }

    /// Watches all that is to be watched, from nothing or after events were lost. Whoever computes from
    /// what was read before knows nothing of what happened meanwhile, so everything has changed: once
    /// when all trackers are watched, so that what they say now is planned for and not what somebody
    /// remembers, and once when their copies are.
    pub(super) fn rebuild(&mut self, sink: &dyn ChangeSink) {
        (self.lost, self.blind, self.ceiling) = (false, false, None);
        self.unwatched_version += 1;
        self.round += 1;
        self.renewing = true;
        self.take_copies_back();
        self.look_for_silent();
        self.look_for_collections();
        for root in 0..self.scope.roots.len() {
            self.look_for_root(root);
        }
        let everything = BTreeSet::from([Change::Everything]);
        sink.changed(&everything);
        for project in self.projects() {
            self.plan_project(project);
        }
        self.renewing = false;
        self.sweep(TOP);
        self.waiting.clear();
        self.changes = everything;
    }

    /// Tells what has changed, and watches what that brings with it.
    pub(super) fn tell(&mut self, sink: &dyn ChangeSink) {
        loop {
            self.look_for_waiting();
            let changes = std::mem::take(&mut self.changes);
            if changes.is_empty() {
                return;
            }
            sink.changed(&changes);
            // Only now is known what their trackers say.
            for change in changes {
                if let Change::Project(project) = change
                    && let Some(place) = self.tree.find(project.as_path().as_std_path())
                {
                    self.round += 1;
                    self.plan_project(place);
                }
            }
        }
    }

    /// Returns the projects that are watched, as places.
    fn projects(&self) -> BTreeSet<Place> {
        let tracked = |place: &Place| {
            self.tree.get(*place).profile.as_ref().is_some_and(|profile| profile.tracker)
        };
        let roots = self.tree.below(TOP).into_iter().filter(tracked);
        roots.filter_map(|place| self.tree.parent(place)).collect()
    }

    /// Names the project at a place; nothing when its path is not UTF-8.
    fn project(&self, place: Place) -> Option<ProjectPath> {
        ProjectPath::new(Utf8Path::from_path(&self.tree.path(place))?).ok()
    }

    /// Names the profile root at a place.
    fn profile_root(&self, place: Place) -> Option<(ProjectPath, ProfileRoot)> {
        let root = ProfileRoot::new(self.tree.get(place).name().to_str()?).ok()?;
        Some((self.project(self.tree.parent(place)?)?, root))
    }

    /// Notes that the profile roots or trackers at a place have changed. A path that is not UTF-8 is a
    /// problem of the whole walk.
    fn project_changed(&mut self, place: Place) {
        let change = self.project(place).map_or(Change::Projects, Change::Project);
        self.changes.insert(change);
    }

    /// Watches a directory; tells whether it is there and can be watched.
    fn watch(&mut self, place: Place, path: &Path, content: bool) -> Result<bool, Full> {
        let directory = self.tree.get(place);
        let content = content || directory.content;
        if directory.watch().is_some() && directory.content == content && !self.renewing {
            self.tree.get_mut(place).round = self.round;
            return Ok(true);
        }
        if directory.watch().is_none() && !self.has_room() {
            return Err(Full);
        }
        let through_link = directory.profile.as_ref().is_some_and(|profile| profile.through_link);
        match self.kernel.watch(path, Interest { content, through_link }) {
            Ok(watch) => {
                if let Some(old) = self.tree.set_watch(place, watch) {
                    self.kernel.unwatch(old);
                }
                let directory = self.tree.get_mut(place);
                (directory.content, directory.round) = (content, self.round);
                if !self.renewing {
                    self.fresh.insert(place);
                }
                Ok(true)
            }
            Err(error) if no_more_watches(&error) => {
                self.ceiling = Some(self.tree.watches());
                Err(Full)
            }
            // Not there any more, or nobody may look: then nobody reads it either, and its parent tells
            // when that changes.
            Err(_) => Ok(false),
        }
    }

    /// Takes a directory out, and all below it.
    fn forget(&mut self, place: Place) {
        let Self { tree, kernel, changes, waiting, .. } = self;
        tree.remove(place, &mut |tree, gone| {
            if let Some(watch) = tree.clear_watch(gone) {
                kernel.unwatch(watch);
            }
            let directory = tree.get_mut(gone);
            let passage = directory.passage.take();
            waiting.extend(passage.into_iter().flat_map(|passage| passage.into_values()).flatten());
            if directory.profile.take().is_some_and(|profile| profile.tracker) {
                let project = tree.parent(gone).map(|parent| tree.path(parent));
                let project: Option<PathBuf> = project;
                let project = project.as_deref().and_then(Utf8Path::from_path);
                let project = project.and_then(|project| ProjectPath::new(project).ok());
                changes.insert(project.map_or(Change::Projects, Change::Project));
            }
        });
    }

    /// Takes out what was not found in this round.
    fn sweep(&mut self, place: Place) {
        for child in self.tree.children(place).to_vec() {
            if self.tree.get(child).round == self.round {
                self.sweep(child);
            } else {
                self.forget(child);
            }
        }
    }
}

/// Tells whether the system allows this user no more watches.
fn no_more_watches(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::NOSPC.raw_os_error())
}
