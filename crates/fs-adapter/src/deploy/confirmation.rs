//! Looking, some time after a write, whether its record has stayed.
//!
//! SkillMeat holds the lock only while it swaps the file, not since it read it: one that read the tracker
//! before a record was written can write its own version of it afterwards, without that record.

use camino::Utf8PathBuf;
use skillstat_domain::{ArtifactId, BackupId, DeployError, ProfileRoot, ProjectPath};

use super::beneath::Beneath;
use super::change::Draft;
use super::tracker_file::TrackerFile;
use crate::layout::TRACKER_FILE;
use crate::tracker::TrackerText;

/// How often a record is written again before that is given up.
pub(crate) const MAX_TIMES: u32 = 3;

/// A write whose record is to be looked for.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    pub(crate) project: ProjectPath,
    pub(crate) profile_root: ProfileRoot,
    artifact: ArtifactId,
    /// Where the copy is, or was.
    path: Utf8PathBuf,
    blocks: Vec<String>,
    old_blocks: Vec<String>,
}

/// What is found where a record was written or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// What was written, or what somebody has written since, knowing of it.
    Kept,
    /// What was there before.
    Undone,
}

impl Written {
    /// Remembers what a draft has written.
    pub(crate) fn new(draft: &Draft) -> Self {
        Self {
            project: draft.plan.project.clone(),
            profile_root: draft.plan.profile_root.clone(),
            artifact: draft.plan.artifact.clone(),
            path: draft.plan.path.clone(),
            blocks: draft.blocks.clone(),
            old_blocks: draft.old_blocks.clone(),
        }
    }

    /// Looks what became of the record.
    pub(crate) fn find(&self, root: &Beneath, tracker: &TrackerText) -> Found {
        let now = said(&tracker.blocks(&self.artifact));
        let (old, new) = (said(&self.old_blocks), said(&self.blocks));
        if now == new {
            return Found::Kept;
        }
        // What is neither is somebody's later deploy. So is a record that is gone together with its copy,
        // and one that is there again together with it.
        let copy_is_there = root.dir().symlink_metadata(&self.path).is_ok();
        let undone = match (&now, &new) {
            (None, Some(_)) => copy_is_there,
            (Some(_), None) => now == old && !copy_is_there,
            _ => now == old,
        };
        if undone { Found::Undone } else { Found::Kept }
    }

    /// Writes the record again, under the lock.
    pub(crate) fn write_again(&self, root: &Beneath) -> Result<(), DeployError> {
        let tracker = TrackerFile::read(root)?;
        if self.find(root, &tracker.text) == Found::Kept {
            return Ok(());
        }
        tracker.replace(root, tracker.text.with(&self.artifact, &self.blocks)?)
    }

    /// The error of a record that did not stay however often it was written.
    pub(crate) fn erased(&self, times: u32, backup: Option<BackupId>) -> DeployError {
        let path = self.project.as_path().join(self.profile_root.as_str()).join(TRACKER_FILE);
        DeployError::RecordErased { tracker: path.into_string(), times, backup }
    }
}

/// What the first of some records says that tells one deploy from another: where, what and when.
fn said(blocks: &[String]) -> Option<(String, String, String)> {
    let text = TrackerText::parse("", blocks.first()?.as_bytes()).ok()?;
    let record = text.records().first()?;
    Some((
        record
            .path
            .inside()
            .map_or_else(|_| record.path.as_str().to_owned(), Utf8PathBuf::into_string),
        record.baseline.as_str().to_ascii_lowercase(),
        record.deployed_at.to_string(),
    ))
}
