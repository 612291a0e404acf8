//! What of a directory's entries decides what is watched.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::fs::FileType;

mod sign {
    pub(super) const LINK: u8 = b'l';
    pub(super) const UNKNOWN: u8 = b'?';
    pub(super) const DIRECTORY: u8 = b'd';
    /// A directory that somebody has looked into: it has no tracker, it has one in a file of its own, or that
    /// takes a closer look.
    pub(super) const UNTRACKED: u8 = b'n';
    pub(super) const TRACKED: u8 = b't';
    pub(super) const ODD: u8 = b'o';

    pub(super) fn is_directory(sign: u8) -> bool {
        matches!(sign, DIRECTORY | UNTRACKED | TRACKED | ODD)
    }
}

/// A directory or link in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Followed<'a> {
    pub(crate) name: &'a OsStr,
    pub(crate) kind: FileType,
    /// Whether it is a directory with a tracker in a file of its own, as far as whoever listed it has seen that.
    pub(crate) tracker: Option<bool>,
}

/// The directories and links in a directory, in one piece: for each a sign for its kind, its name and a NUL. Most directories of copies have none, which takes no room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entries(Vec<u8>);

impl Entries {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Begins with another directory.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Adds an entry, if it counts.
    pub(crate) fn note(&mut self, name: &[u8], kind: FileType) {
        let sign = match kind {
            FileType::Directory => sign::DIRECTORY,
            FileType::Symlink => sign::LINK,
            FileType::Unknown => sign::UNKNOWN,
            _ => return,
        };
        write(&mut self.0, sign, name);
    }

    /// Adds a directory, and whether it has a tracker in a file of its own; nothing when that takes a closer
    /// look.
    pub(crate) fn note_probed(&mut self, name: &[u8], tracker: Option<bool>) {
        let sign = match tracker {
            Some(false) => sign::UNTRACKED,
            Some(true) => sign::TRACKED,
            None => sign::ODD,
        };
        write(&mut self.0, sign, name);
    }

    /// Returns the directories and links.
    pub(crate) fn followed(&self) -> impl Iterator<Item = Followed<'_>> {
        followed(&self.0)
    }

    /// Writes all that is noted, sorted by name.
    pub(super) fn write_sorted(&self, out: &mut Vec<u8>) {
        let mut entries: Vec<_> = signed(&self.0).collect();
        entries.sort_unstable_by_key(|(_, name)| *name);
        for (sign, name) in entries {
            write(out, sign, name);
        }
    }

    /// Tells whether the kind of each entry is known.
    pub(super) fn is_certain(&self) -> bool {
        is_certain(&self.0)
    }

    /// Names what came, went or is of another kind in a later listing, whatever the order. Where this one does not
    /// say what is in a directory nobody has relied on that; where only the later one does not it may differ.
    pub(crate) fn difference(&self, later: &Self) -> Vec<OsString> {
        if self == later {
            return Vec::new();
        }
        let (before, mut came): (BTreeMap<_, _>, BTreeMap<_, _>) =
            (self.by_name(), later.by_name());
        let mut names: BTreeSet<&[u8]> = BTreeSet::new();
        for (name, sign) in before {
            let now = came.remove(name);
            let is_same =
                now == Some(sign) || sign == sign::DIRECTORY && now.is_some_and(sign::is_directory);
            if !is_same {
                names.insert(name);
            }
        }
        names.extend(came.into_keys());
        names.into_iter().map(|name| OsString::from_vec(name.to_vec())).collect()
    }

    fn by_name(&self) -> BTreeMap<&[u8], u8> {
        signed(&self.0).map(|(sign, name)| (name, sign)).collect()
    }
}

fn write(out: &mut Vec<u8>, sign: u8, name: &[u8]) {
    out.push(sign);
    out.extend_from_slice(name);
    out.push(0);
}

/// The same of several directories that were written.
pub(super) fn is_certain(bytes: &[u8]) -> bool {
    signed(bytes).all(|(sign, _)| sign != sign::UNKNOWN)
}

/// Reads what was written.
fn signed(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    bytes.split(|&byte| byte == 0).filter_map(|entry| {
        let (sign, name) = entry.split_first()?;
        Some((*sign, name))
    })
}

/// Returns the directories and links.
pub(super) fn followed(bytes: &[u8]) -> impl Iterator<Item = Followed<'_>> {
    signed(bytes).filter_map(|(sign, name)| {
        let kind = match sign {
            sign::LINK => FileType::Symlink,
            sign if sign::is_directory(sign) => FileType::Directory,
            _ => return None,
        };
        let tracker = match sign {
            sign::UNTRACKED => Some(false),
            sign::TRACKED => Some(true),
            _ => None,
        };
        Some(Followed { name: OsStr::from_bytes(name), kind, tracker })
    })
}
