//! What could not be looked at or watched for a reason that may pass by itself.
//!
//! Nothing there, no right to look and too long a path are states: what ends them is told where they end. A
//! disk that fails or a process without descriptors is none. Then nobody knows whether all that counts is
//! watched. So everything is looked at from time to time, as where there is no room for watches, and all
//! watches are made again.

use std::io;
use std::path::Path;

use rustix::fs::FileType;
use skillstat_domain::Problem;

use super::super::not_watched;
use super::Follower;
use super::copies::look;
use super::walk::list;
use crate::fault::{cannot_be, is_absence, make_readable, printable};
use crate::listings::Entries;

/// The first of them.
#[derive(Debug)]
pub(super) struct Fault {
    path: String,
    cannot: String,
    fix: &'static str,
}

impl Follower {
    /// Tells whether nobody knows if all is watched that counts.
    pub(in super::super) fn is_in_doubt(&self) -> bool {
        self.blind || self.fault.is_some()
    }

    /// Tells whether something could not be looked at or watched since all watches were made.
    pub(in super::super) fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    /// Says what could not be looked at, and how long a change may go unseen for that.
    pub(in super::super) fn fault(&self, bound: &str) -> Option<Problem> {
        let Fault { path, cannot, fix } = self.fault.as_ref()?;
        let reason = format!("{cannot}, so perhaps not all is watched{bound}");
        Some(not_watched(path, reason, (*fix).to_owned()))
    }

    /// Takes note of an error.
    pub(super) fn note_fault(&mut self, path: &Path, error: &io::Error) {
        use io::ErrorKind::{InvalidFilename, PermissionDenied};
        let is_state =
            is_absence(error) || matches!(error.kind(), InvalidFilename | PermissionDenied);
        if !is_state && self.fault.is_none() {
            self.fault = Some(Fault {
                path: printable(path),
                cannot: cannot_be("looked at", error),
                fix: make_readable(error),
            });
            self.unwatched_version += 1;
        }
    }

    /// Returns what lies at a path, if anything.
    pub(super) fn look(&mut self, path: &Path) -> io::Result<Option<FileType>> {
        let found = look(path);
        self.noted(path, found)
    }

    /// Returns what lies at a path; nothing as well when nobody can look.
    pub(super) fn kind(&mut self, path: &Path) -> Option<FileType> {
        self.look(path).ok().flatten()
    }

    /// Lists the directories and links in a directory.
    pub(super) fn list(&mut self, path: &Path) -> io::Result<Entries> {
        let found = list(path);
        self.noted(path, found)
    }

    /// The same result, of which an error is noted.
    pub(super) fn noted<T>(&mut self, path: &Path, found: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &found {
            self.note_fault(path, error);
        }
        found
    }
}
