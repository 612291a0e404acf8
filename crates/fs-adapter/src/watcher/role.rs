//! Why a directory is watched, where that takes more than a word.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};

use super::tree::Place;

/// A hidden directory that the walk meets: a profile root, if it holds a tracker.
#[derive(Debug, Default)]
pub(super) struct Profile {
    /// Whether it holds one.
    pub(super) tracker: Tracker,
    /// Whether it is a link to a directory.
    pub(super) through_link: bool,
    /// A directory on the way to its copies that may be passed but not read, so that it cannot be
    /// watched: its project is looked at from time to time.
    pub(super) unlisted: Option<PathBuf>,
    /// Whether a link has to do with its copies. Links lead to other places in it, so then all of it is
    /// watched, and whatever happens in it concerns all copies.
    pub(super) linked: bool,
    /// Where its copies are, sorted.
    pub(super) copies: Vec<Utf8PathBuf>,
    /// Those of them that are looked at from time to time instead of watched, and how many directories
    /// they had at the least.
    pub(super) given_up: BTreeMap<Utf8PathBuf, usize>,
}

/// Whether there is a tracker.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tracker {
    /// There is none.
    #[default]
    Absent,
    /// There is something of its name.
    There,
    /// Nobody may look: the walk reports it.
    Unknown,
}

impl Profile {
    /// Tells whether something at a path lies in a copy, or a copy in it.
    pub(super) fn concerns(&self, path: &Utf8Path) -> bool {
        self.linked
            || self.copies.iter().any(|copy| copy.starts_with(path) || path.starts_with(copy))
    }

    /// Tells whether a directory at a path is to be watched: it lies in a copy, or a copy in it.
    pub(super) fn wants(&self, path: &Utf8Path) -> bool {
        let wants = |copy: &Utf8PathBuf| {
            let on_the_way = copy.starts_with(path) && copy != path;
            on_the_way || path.starts_with(copy) && !self.given_up.contains_key(copy)
        };
        self.linked || self.copies.iter().any(wants)
    }
}

/// What waits for entries of a directory to come, go or change, by the name of the entry.
pub(super) type Passage = BTreeMap<Box<OsStr>, BTreeSet<Waiting>>;

/// What lies at the end of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiting {
    /// A search root.
    Roots,
    /// A part of the collections.
    Collections,
    /// What the profile root at this place, or its tracker, is a link to.
    Profile(Place),
    /// What the copies of the profile root at this place may have been confused with: the same path
    /// below the project.
    Beside(Place),
}
