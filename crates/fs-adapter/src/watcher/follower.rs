//! What is watched, and what an event there means.

mod collections;
mod copies;
mod events;
mod faults;
mod recorded;
mod room;
mod silent;
mod walk;
mod ways;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use camino::{Utf8Path, Utf8PathBuf};
use faults::Fault;
use rustix::io::Errno;
use skillstat_domain::{Change, ChangeSink, ProfileRoot, ProjectPath, ProjectStates};
pub(super) use walk::LEFT_OUT;

use super::kernel::{Interest, Kernel};
use super::mounts::Mount;
use super::role::{Tracker, Waiting};
use super::tree::{Place, TOP, Tree};
use crate::discovery::{Exclude, SearchRoot};
use crate::listings::Listings;

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
    /// Directories that other machines write to as well.
    pub(super) shared: Vec<PathBuf>,
}

/// There is no room for another watch.
#[derive(Debug)]
struct Full;

/// Keeps the watches where they are needed, and gathers what has changed.
///
/// A directory is always watched before it is listed, so that whatever comes into it is found by one or
/// the other; the first time a listing from before may stand for that, which is verified then: see
/// [`listings`](crate::listings).
#[derive(Debug)]
pub(super) struct Follower {
    scope: Scope,
    kernel: Arc<dyn Kernel>,
    states: Arc<dyn ProjectStates>,
    /// What the first scan has listed.
    listings: Option<Arc<Listings>>,
    tree: Tree,
    /// Counts the looks at directories, so that each takes them once.
    round: u32,
    /// Since which round every watch is made again, once, in case its directory is another one by now.
    renewing: Option<u32>,
    changes: BTreeSet<Change>,
    /// The passages that each way leads through.
    ways: BTreeMap<Waiting, Vec<(Place, Box<OsStr>)>>,
    /// What is to be looked for again, because something on the way there has changed.
    waiting: BTreeSet<Waiting>,
    /// Directories that a way has led through, and that perhaps nothing wants any more.
    left: BTreeSet<Place>,
    /// Whether events were lost.
    pub(super) lost: bool,
    /// How many watches the system allowed when it allowed no more.
    pub(super) ceiling: Option<usize>,
    /// For which directory it allowed none.
    refused: Option<PathBuf>,
    /// What could not be looked at since all watches were made, so that perhaps not all is watched.
    fault: Option<Fault>,
    /// Whether there is no room even for the directories that the walk lists.
    pub(super) blind: bool,
    /// What is mounted, if any of it tells nothing.
    mounts: Vec<Mount>,
    /// Counts the changes of what is not watched.
    pub(super) unwatched_version: u64,
    /// Whether nobody needs the watches any more.
    pub(super) ending: Arc<AtomicBool>,
}

impl Follower {
    pub(super) fn new(
        scope: Scope,
        kernel: Arc<dyn Kernel>,
        states: Arc<dyn ProjectStates>,
        listings: Option<Arc<Listings>>,
    ) -> Self {
        Self {
            scope,
            kernel,
            states,
            listings,
            tree: Tree::new(),
            round: 0,
            renewing: None,
            changes: BTreeSet::new(),
            ways: BTreeMap::new(),
            waiting: BTreeSet::new(),
            left: BTreeSet::new(),
            lost: false,
            ceiling: None,
            refused: None,
            fault: None,
            blind: false,
            mounts: Vec::new(),
            unwatched_version: 0,
            ending: Arc::default(),
        }
    }

    pub(super) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Returns how many directories may be watched.
    pub(super) fn budget(&self) -> usize {
        self.scope.budget
    }

    /// Tells whether something that counts lies at a path, or on the way there.
    pub(super) fn knows(&self, path: &Path) -> bool {
        self.tree.find(path).is_some()
    }

    /// Returns how many directories are watched.
    pub(super) fn watches(&self) -> usize {
        self.tree.watches()
    }

    /// Watches all that is to be watched: from nothing, after events were lost, or because a root is
    /// elsewhere. Whoever computes from what was read before knows nothing of what happened meanwhile,
    /// so everything has changed: once when all trackers are watched, so that what they say now is
    /// planned for and not what somebody remembers, and once when their copies are.
    pub(super) fn rebuild(&mut self, sink: &dyn ChangeSink) {
        (self.lost, self.blind) = (false, false);
        (self.ceiling, self.refused, self.fault) = (None, None, None);
        self.unwatched_version += 1;
        self.round += 1;
        let since = self.round;
        self.renewing = Some(since);
        for place in self.tree.below(TOP) {
            let directory = self.tree.get_mut(place);
            (directory.entered, directory.passage, directory.collections) = (None, None, false);
        }
        self.ways.clear();
        self.take_copies_back();
        if let Some(listings) = &self.listings {
            listings.set_up_begins();
        }
        self.look_for_silent();
        self.look_for_collections();
        self.look_for_roots();
        let everything = BTreeSet::from([Change::Everything]);
        // What somebody remembers is verified as well, if that is possible.
        if !self.is_setting_up() {
            sink.changed(&everything);
        }
        for project in self.projects() {
            if !self.is_ending() {
                self.plan_project(project);
            }
        }
        self.renewing = None;
        self.lost = self.is_ending();
        self.sweep(TOP, since);
        self.waiting.clear();
        self.left.clear();
        // Before it is told that everything has changed: what is read from then on is verified.
        if let Some(listings) = &self.listings {
            listings.set_up_ends();
        }
        self.changes = everything;
    }

    /// Tells what has changed, and watches what that brings with it.
    pub(super) fn tell(&mut self, sink: &dyn ChangeSink) {
        loop {
            self.look_for_waiting(sink);
            let changes = std::mem::take(&mut self.changes);
            if changes.is_empty() {
                return self.end_what_was_left();
            }
            sink.changed(&changes);
            // Where something tells nothing, a project may have come to lie there, or a link lead there.
            let content = |change: &Change| matches!(change, Change::Content { .. });
            self.unwatched_version +=
                u64::from(!self.mounts.is_empty() && !changes.iter().all(content));
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

    /// Returns the projects that are watched, as places: nearly in the order in which others know them, by path.
    fn projects(&self) -> Vec<Place> {
        let mut known = BTreeSet::new();
        let roots = self.tree.below(TOP).into_iter().filter(|place| self.holds_tracker(*place));
        let projects = roots.filter_map(|place| self.tree.parent(place));
        projects.filter(|project| known.insert(*project)).collect()
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

    /// Notes that something in a profile root has changed.
    fn content_changed(&mut self, root: Place, path: &Utf8Path) {
        // While all watches are made everything has changed anyway.
        if self.renewing.is_none()
            && let Some((project, profile_root)) = self.profile_root(root)
        {
            self.changes.insert(Change::Content { project, profile_root, path: path.to_owned() });
        }
    }

    /// Watches a directory; tells whether it is there and can be watched.
    fn watch(&mut self, place: Place, path: &Path, content: bool) -> Result<bool, Full> {
        let directory = self.tree.get(place);
        let content = content || directory.content;
        let renewed = self.renewing.is_none_or(|since| directory.renewed >= since);
        if directory.watch().is_some() && directory.content == content && renewed {
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
                directory.renewed = self.round;
                Ok(true)
            }
            Err(error) if no_more_watches(&error) => {
                self.ceiling = Some(self.tree.watches());
                self.refused = Some(path.to_owned());
                Err(Full)
            }
            // Not there any more, or nobody may look: then nobody reads it either, and its parent tells
            // when that changes.
            Err(error) => {
                self.note_fault(path, &error);
                Ok(false)
            }
        }
    }

    /// Does what takes watches, and makes room for it as long as that helps.
    fn with_room<T>(&mut self, mut watch: impl FnMut(&mut Self) -> Result<T, Full>) -> Option<T> {
        loop {
            match watch(self) {
                Ok(done) => return Some(done),
                // What was entered before there was no room is entered again.
                Err(Full) if self.make_room(None) => self.round += 1,
                Err(Full) => {
                    self.unwatched_version += u64::from(!self.blind);
                    self.blind = true;
                    return None;
                }
            }
        }
    }

    /// Takes a directory out, and all below it.
    fn forget(&mut self, place: Place) {
        let Self { tree, kernel, changes, waiting, left, .. } = self;
        let mut profiles = Vec::new();
        tree.remove(place, &mut |tree, gone| {
            left.remove(&gone);
            if let Some(watch) = tree.clear_watch(gone) {
                kernel.unwatch(watch);
            }
            let directory = tree.get_mut(gone);
            let passage = directory.passage.take();
            waiting.extend(passage.into_iter().flat_map(|passage| passage.into_values()).flatten());
            let closed = directory.entered.take().is_some_and(|entered| entered.closed);
            let profile = directory.profile.take();
            let tracker = profile.map(|profile| profile.tracker);
            if tracker.is_some() {
                profiles.push(gone);
            }
            if closed || tracker == Some(Tracker::Unknown) {
                changes.insert(Change::Projects);
            }
            if tracker == Some(Tracker::There) {
                let project = tree.parent(gone).map(|parent| tree.path(parent));
                let project = project.as_deref().and_then(Utf8Path::from_path);
                let project = project.and_then(|project| ProjectPath::new(project).ok());
                changes.insert(project.map_or(Change::Projects, Change::Project));
            }
        });
        for gone in profiles {
            for waiting in [Waiting::Profile(gone), Waiting::Beside(gone)] {
                self.leave_ways(waiting);
                self.waiting.remove(&waiting);
            }
        }
    }

    /// Takes out what was not found since a round.
    fn sweep(&mut self, place: Place, since: u32) {
        for child in self.tree.children(place).to_vec() {
            if self.tree.get(child).round >= since {
                self.sweep(child, since);
            } else {
                self.forget(child);
            }
        }
    }

    /// Takes out what nothing wants below a directory.
    fn prune(&mut self, place: Place) {
        for child in self.tree.children(place).to_vec() {
            self.prune(child);
            if self.tree.children(child).is_empty() && !self.is_wanted(child) {
                self.forget(child);
            }
        }
    }

    /// Tells whether a directory is to be watched for itself.
    fn is_wanted(&self, place: Place) -> bool {
        let directory = self.tree.get(place);
        let in_copies = |parent| {
            let roots = self.within(parent, directory.name());
            roots.iter().any(|(root, path)| self.profile(*root).is_some_and(|it| it.wants(path)))
        };
        directory.entered.is_some()
            || directory.profile.is_some()
            || directory.passage.is_some()
            || directory.collections
            || self.tree.parent(place).is_none_or(in_copies)
    }

    /// Returns the profile roots that an entry of a directory lies in, the nearest first, each with the
    /// path of the entry below it. Of a path that is not UTF-8 that is the part that is.
    fn within(&self, place: Place, name: &OsStr) -> Vec<(Place, Utf8PathBuf)> {
        let mut found = Vec::new();
        let mut names = vec![name];
        let mut at = Some(place);
        while let Some(directory) = at {
            let known = self.tree.get(directory);
            if known.profile.is_some() {
                found.push((
                    directory,
                    names.iter().rev().map_while(|name| name.to_str()).collect(),
                ));
            }
            names.push(known.name());
            at = self.tree.parent(directory);
        }
        found
    }
}

/// Tells whether the system allows this user no more watches.
fn no_more_watches(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::NOSPC.raw_os_error())
}
