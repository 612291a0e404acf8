//! A description of projects, trackers and copies that any implementation can be set up from.

use std::collections::BTreeMap;

use crate::{ContentHash, ContentTraits, Difference, ProfileRoot, is_ignored};

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

impl CopySketch {
    /// Returns what examining it tells, when contents are hashed by `hash`.
    pub fn traits(&self, hash: impl Fn(&Self) -> ContentHash) -> ContentTraits {
        let without_ignored = match self {
            Self::Missing | Self::File(_) => self.clone(),
            Self::Directory(files) => {
                let files = files.iter().filter(|(path, _)| !is_ignored(path));
                Self::Directory(files.map(|(path, bytes)| (path.clone(), bytes.clone())).collect())
            }
        };
        let file = |(path, bytes): (&String, &Vec<u8>)| {
            hash(&Self::File([path.as_bytes(), b"\0", bytes].concat()))
        };
        let files = match &without_ignored {
            Self::Missing | Self::File(_) => None,
            Self::Directory(files) => Some(files.iter().map(file).collect()),
        };
        let with_lf = self.with_text(|text| replace(text, b"\r\n", b"\n"));
        ContentTraits::new(hash(self), hash(&without_ignored), hash(&with_lf), files)
    }

    /// Returns its content hash with each LF of text files as CR LF.
    pub fn with_crlf(&self, hash: impl Fn(&Self) -> ContentHash) -> ContentHash {
        let with_crlf = |text: &[u8]| replace(&replace(text, b"\r\n", b"\n"), b"\n", b"\r\n");
        hash(&self.with_text(with_crlf))
    }

    /// Returns what differs from a baseline; nothing when nothing does.
    pub fn difference(
        &self,
        baseline: ContentHash,
        hash: impl Fn(&Self) -> ContentHash,
    ) -> Option<Difference> {
        let traits = self.traits(&hash);
        let with_crlf = self.with_crlf(hash);
        (traits.hash() != baseline).then(|| Difference::new(traits, with_crlf, baseline))
    }

    /// Returns it with its text files changed.
    fn with_text(&self, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        let is_text = |bytes: &[u8]| !bytes.iter().take(8 << 10).any(|byte| *byte == 0);
        let change = |bytes: &Vec<u8>| if is_text(bytes) { change(bytes) } else { bytes.clone() };
        match self {
            Self::Missing => Self::Missing,
            Self::File(bytes) => Self::File(change(bytes)),
            Self::Directory(files) => {
                let files = files.iter().map(|(path, bytes)| (path.clone(), change(bytes)));
                Self::Directory(files.collect())
            }
        }
    }
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::new();
    let mut rest = bytes;
    while let Some(byte) = rest.first() {
        if let Some(after) = rest.strip_prefix(from) {
            replaced.extend_from_slice(to);
            rest = after;
        } else {
            replaced.push(*byte);
            rest = &rest[1..];
        }
    }
    replaced
}

/// A collection.
#[derive(Debug, Clone, Default)]
pub struct CollectionSketch {
    /// Type, name and path of each manifest entry, in order.
    pub artifacts: Vec<(String, String, String)>,
    /// What lies at the path of an entry; nothing where it is not here.
    pub contents: BTreeMap<String, CopySketch>,
    /// How many entries that lack their name follow.
    pub bad_entries: usize,
}
