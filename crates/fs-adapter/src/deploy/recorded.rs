//! What is on record in a project that somebody wants to write in: read as whoever only reads would, but
//! with nothing opened that does not lie beneath the project.

use std::io;
use std::sync::Arc;

use skillstat_domain::{ProfileRoot, RecordedArtifacts, Scanned};

use super::beneath::Beneath;
use super::interruption::Interruption;
use super::search_roots::OpenProject;
use super::tracker_file::read_to_show;
use crate::layout::TRACKER_FILE;
use crate::regular_file::NotRead;
use crate::tracker::understand;

/// Reads the trackers of a project that is open.
pub(crate) fn recorded(project: &OpenProject) -> io::Result<Vec<RecordedArtifacts>> {
    let mut found = Vec::new();
    for profile_root in project.profile_roots()? {
        match project.profile_root(&profile_root) {
            Ok(Some(root)) => found.extend(in_root(profile_root, &root)),
            Ok(None) => {}
            Err(_said_by_whoever_writes) => found.push(RecordedArtifacts {
                profile_root,
                artifacts: Vec::new(),
                complete: false,
            }),
        }
    }
    Ok(found)
}

/// Reads a tracker; nothing when there is none and none is being written.
fn in_root(profile_root: ProfileRoot, root: &Beneath) -> Option<RecordedArtifacts> {
    let path: Arc<str> = root.show(TRACKER_FILE).into();
    let mut scanned = Scanned::default();
    let interrupted = Interruption::beneath(root);
    let read = read_to_show(root);
    if matches!(read, Err(NotRead::Absent)) && interrupted.is_none() {
        return None;
    }
    understand(&path, &profile_root, interrupted, read, &mut scanned);
    let artifacts = scanned.value.into_iter().map(|record| record.artifact).collect();
    Some(RecordedArtifacts { profile_root, artifacts, complete: scanned.problems.is_empty() })
}
