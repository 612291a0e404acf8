//! What a write changes: what comes and goes where, and which records there are then.

use camino::Utf8PathBuf;
use skillstat_domain::{BackupId, ContentHash, DeployedAt, Done, Occupant, Plan};

use crate::entry::{Entry, LeftOut};

/// A task, worked out against what is there.
#[derive(Debug)]
pub(crate) struct Draft {
    /// What it does, in words.
    pub(crate) plan: Plan,
    /// What changes place, each place once.
    pub(crate) changes: Vec<Change>,
    /// The records of the copy afterwards, each as a document.
    pub(crate) blocks: Vec<String>,
    /// The records of the copy now.
    pub(crate) old_blocks: Vec<String>,
    /// The time on the new record.
    pub(crate) deployed_at: Option<DeployedAt>,
}

impl Draft {
    /// Tells whether nothing has to be written.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.blocks == self.old_blocks
    }

    /// Returns what is told when it is carried out.
    pub(crate) fn done(&self, backup: Option<BackupId>) -> Done {
        let (plan, deployed_at) = (self.plan.clone(), self.deployed_at.clone());
        Done { plan, deployed_at, backup, written_again: 0 }
    }
}

/// What changes at one place.
#[derive(Debug)]
pub(crate) struct Change {
    /// The place, below the profile root.
    pub(crate) path: Utf8PathBuf,
    /// What was there when it was decided.
    pub(crate) old: Occupant,
    /// Whether that can be had from nowhere else: it is not what a record says was deployed.
    pub(crate) edited: bool,
    /// What comes; nothing when something only goes.
    pub(crate) new: Option<NewCopy>,
}

/// What a copy is made of.
#[derive(Debug)]
pub(crate) struct NewCopy {
    /// The original.
    pub(crate) entry: Entry,
    /// What of it is not copied.
    pub(crate) left_out: LeftOut,
    /// What the copy must be.
    pub(crate) expected: Expected,
    /// The path of the original, for errors.
    pub(crate) shown: String,
}

/// How a copy is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// By its content hash, which the record will hold.
    Hash(ContentHash),
    /// By its fingerprint, as what is restored may have no content hash.
    Fingerprint([u8; 32]),
}
