//! A description of projects, trackers and copies that any implementation can be set up from.

use std::collections::BTreeMap;

use crate::ProfileRoot;

/// Projects and collections, as a test wants them.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    /// By path relative to the search root (`""` is the root itself) and profile root.
    pub trackers: BTreeMap<(String, ProfileRoot), TrackerSketch>,
    /// The collections by name.
    pub collections: BTreeMap<String, CollectionSketch>,
    /// The name of the active collection.
    pub active_collection: Option<String>,
}

impl Sketch {
    /// Adds a tracker and returns the sketch.
    ///
    /// # Panics
    ///
    /// Panics when `profile_root` is no name of a profile root.
    #[must_use]
    pub fn tracker(mut self, project: &str, profile_root: &str, tracker: TrackerSketch) -> Self {
        let profile_root =
            ProfileRoot::new(profile_root).expect("a test names a real profile root");
        self.trackers.insert((project.to_owned(), profile_root), tracker);
        self
    }
}

/// What stands in one tracker.
#[derive(Debug, Clone)]
pub enum TrackerSketch {
    /// These records, in this order.
    Records(Vec<RecordSketch>),
    /// Something that is not TOML and holds no record.
    Broken,
}

/// One record and the copy it points to.
#[derive(Debug, Clone)]
pub struct RecordSketch {
    /// The type as recorded.
    pub kind: String,
    /// The name as recorded, with an extension if there is one.
    pub name: String,
    /// The path as recorded.
    pub path: String,
    /// The date as recorded.
    pub deployed_at: String,
    /// The hash on record; nothing for a record that lacks one and so is malformed.
    pub baseline: Option<String>,
    /// What lies at the path; a copy at a path that leaves the profile root is not made.
    pub copy: CopySketch,
}

/// What lies at a recorded path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopySketch {
    /// Nothing.
    Missing,
    /// A file with these bytes.
    File(Vec<u8>),
    /// A directory with these files, by path relative to it.
    Directory(BTreeMap<String, Vec<u8>>),
}

/// A collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionSketch {
    /// Type, name and path of each manifest entry, in order.
    pub artifacts: Vec<(String, String, String)>,
    /// How many entries that lack their name follow.
    pub bad_entries: usize,
}
