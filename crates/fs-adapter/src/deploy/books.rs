//! What is written down outside of a project about what is done in one of its profile roots.

use camino::Utf8Path;
use skillstat_domain::{ArtifactId, ContentHash, DeployError, ProfileRoot, ProjectPath};

use super::backup_store::{BackupStore, Keep, Meta, Place};
use super::intent::Intent;
use super::receipts::{Receipt, Receipts};
use crate::file_lock::Patience;
use crate::tracker::TrackerText;

/// The receipts and backups of one profile root.
pub(crate) struct Books<'a> {
    pub(crate) receipts: &'a Receipts,
    pub(crate) backups: &'a BackupStore,
    pub(crate) patience: Patience<'a>,
    pub(crate) project: &'a ProjectPath,
    pub(crate) profile_root: &'a ProfileRoot,
}

impl Books<'_> {
    /// A write is done: these are the records of the copy at this path.
    pub(super) fn done(
        &self,
        artifact: &ArtifactId,
        path: &Utf8Path,
        blocks: &[String],
    ) -> Result<(), DeployError> {
        match hash_in(blocks) {
            None => self.receipts.remove(self.project, self.profile_root, artifact),
            Some(hash) => self.receipts.write(&Receipt {
                project: self.project.clone(),
                profile_root: self.profile_root.clone(),
                artifact: artifact.clone(),
                path: path.to_owned(),
                hash,
            }),
        }
    }

    /// A write is taken back: what was kept for it is still where it was.
    pub(super) fn taken_back(&self, intent: &Intent) {
        if let Some(backup) = &intent.backup {
            self.backups.discard(backup, self.project, self.patience);
        }
    }

    /// Returns what was kept for a write; nothing when that is not known.
    pub(super) fn kept(&self, intent: &Intent) -> Option<Meta> {
        let meta = self.backups.stored(intent.backup.as_ref()?).ok()?.meta;
        // The name may come from an intent in a repository that somebody has cloned.
        let ours = meta.project == *self.project && meta.profile_root == *self.profile_root;
        ours.then_some(meta)
    }

    /// Keeps what a write takes away once more, as edited.
    pub(super) fn keep_edited(&self, intent: &Intent, went: Vec<Place>) -> Result<(), DeployError> {
        let keep = Keep {
            artifact: &intent.artifact,
            project: self.project,
            profile_root: self.profile_root,
            blocks: &self.kept(intent).map(|meta| meta.blocks).unwrap_or_default(),
            places: went,
        };
        self.backups.keep(&self.backups.next_id(true), &keep, self.patience).map(drop)
    }
}

/// Returns the hash that the first of some records holds; nothing when there is none.
fn hash_in(blocks: &[String]) -> Option<ContentHash> {
    let text = TrackerText::parse("", blocks.first()?.as_bytes()).ok()?;
    text.records().first()?.baseline.hash()
}
