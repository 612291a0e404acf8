//! What of a directory's entries decides what is watched.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::fs::FileType;

use crate::layout::{INTENT_FILE, TRACKER_FILE};

/// The directories and links in a directory, and what makes it a profile root, in one piece: for each a
/// letter for its kind, its name and a NUL. Most directories of copies have none, which takes no room.
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
            FileType::Directory => b'd',
            FileType::Symlink => b'l',
            FileType::Unknown => b'?',
            _ if name == TRACKER_FILE.as_bytes() || name == INTENT_FILE.as_bytes() => b'f',
            _ => return,
        };
        self.0.push(sign);
        self.0.extend_from_slice(name);
        self.0.push(0);
    }

    /// Returns the directories and links.
    pub(crate) fn followed(&self) -> impl Iterator<Item = (&OsStr, FileType)> {
        self.all().filter_map(|(sign, name)| {
            let kind = match sign {
                b'd' => FileType::Directory,
                b'l' => FileType::Symlink,
                _ => return None,
            };
            Some((OsStr::from_bytes(name), kind))
        })
    }

    /// Tells whether there is a tracker in a file of its own, and nothing that takes a closer look.
    /// Nothing when something does.
    pub(crate) fn tracker(&self) -> Option<bool> {
        let mut there = false;
        for (sign, name) in self.all() {
            if name == INTENT_FILE.as_bytes() {
                return None;
            }
            if name == TRACKER_FILE.as_bytes() {
                there = true;
                if sign != b'f' {
                    return None;
                }
            }
        }
        Some(there)
    }

    /// Tells whether the system has told the kind of each entry with its name.
    pub(super) fn is_certain(&self) -> bool {
        self.all().all(|(sign, _)| sign != b'?')
    }

    /// Names what is in only one of two listings, or of another kind, whatever the order.
    pub(crate) fn difference(&self, other: &Self) -> Vec<OsString> {
        if self == other {
            return Vec::new();
        }
        let (one, other): (BTreeSet<_>, BTreeSet<_>) =
            (self.all().collect(), other.all().collect());
        let names: BTreeSet<_> = one.symmetric_difference(&other).map(|(_, name)| *name).collect();
        names.into_iter().map(|name| OsString::from_vec(name.to_vec())).collect()
    }

    fn all(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.0.split(|&byte| byte == 0).filter_map(|entry| {
            let (sign, name) = entry.split_first()?;
            Some((*sign, name))
        })
    }
}
