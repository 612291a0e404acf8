//! What whoever only reads makes of a write that is not finished: the answer that will be right when it
//! is, and, if nobody is at it, a problem that says so.

use std::time::Duration;
use std::{fs, thread};

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use skillstat_domain::{ArtifactId, Problem, ProblemKind};

use super::beneath::Beneath;
use super::intent::{Found, Intent, Moved};
use super::recovery::{is_begun, not_known};
use crate::file_lock::FileLock;
use crate::layout::{INTENT_FILE, TRACKER_FILE, lock_file};
use crate::tracker::TrackerText;

/// How often it is looked whether a lock is held still, and how long between.
const LOOKS: usize = 10;
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);

/// A write of a profile root that is not finished. To be looked for before the tracker is read: a write
/// that is not there any more has been written to the tracker before it went.
#[derive(Debug)]
pub(crate) struct Interruption {
    tracker: Utf8PathBuf,
    /// Nothing when it is to be taken back.
    to_be: Option<Intent>,
    /// The artifact, when it is not known what has become of its copies.
    pub(crate) unsettled: Option<ArtifactId>,
    /// Nothing while somebody is at it.
    pub(crate) problem: Option<Problem>,
}

impl Interruption {
    /// Looks for one; costs one look at a name when there is none.
    pub(crate) fn look(profile_root: &Utf8Path) -> Option<Self> {
        fs::symlink_metadata(profile_root.join(INTENT_FILE)).ok()?;
        let dir = Dir::open_ambient_dir(profile_root, ambient_authority()).ok()?;
        Self::beneath(&Beneath::new(dir, profile_root.to_string()))
    }

    /// Looks for one in a profile root that is open.
    pub(crate) fn beneath(root: &Beneath) -> Option<Self> {
        let problem = |reason: &str, fix: &str| Problem {
            path: root.show(INTENT_FILE),
            line: None,
            kind: ProblemKind::Interrupted,
            reason: reason.to_owned(),
            fix: fix.to_owned(),
            artifact: None,
        };
        let tracker = Utf8PathBuf::from(root.show(TRACKER_FILE));
        let intent = match Intent::read(root, INTENT_FILE) {
            Ok(Found::None) => return None,
            Ok(Found::Intent(intent)) => intent,
            Ok(Found::Garbled) | Err(_) => {
                let reason = "cannot be read, so what was interrupted is not known";
                let problem = problem(reason, "look whether it is of use; if not, delete it");
                return Some(Self {
                    tracker,
                    to_be: None,
                    unsettled: None,
                    problem: Some(problem),
                });
            }
        };
        let begun = is_begun(root, &intent).unwrap_or(false);
        let reason = if begun {
            "was left by a write that was interrupted; the next one finishes it"
        } else {
            "was left by a write that was interrupted; the next one takes it back"
        };
        let next = "deploy or undeploy anything in that profile root";
        let artifact = Some(intent.artifact.clone());
        // Whoever holds the lock is at it; if nobody does, they may have finished just now.
        let held = is_held(root);
        let idle = !held
            && matches!(Intent::read(root, INTENT_FILE), Ok(Found::Intent(still)) if still == intent);
        // While somebody is at it, it may be done since.
        let unknown = (0..intent.swaps.len())
            .find(|swap| idle && begun && matches!(intent.moved(root, *swap), Ok(Moved::Unknown)));
        if let Some(swap) = unknown {
            let (path, reason, fix) = not_known(root, &intent, swap);
            let problem = Problem { artifact: artifact.clone(), path, ..problem(&reason, &fix) };
            return Some(Self {
                tracker,
                to_be: None,
                unsettled: artifact,
                problem: Some(problem),
            });
        }
        let problem = idle.then(|| Problem { artifact, ..problem(reason, next) });
        Some(Self { tracker, to_be: begun.then_some(intent), unsettled: None, problem })
    }

    /// Returns the bytes of the tracker as they will be.
    pub(crate) fn finished(&self, bytes: Vec<u8>) -> Vec<u8> {
        let finished = self.to_be.as_ref().and_then(|intent| {
            let text = TrackerText::parse(self.tracker.as_str(), &bytes).ok()?;
            text.with(&intent.artifact, &intent.blocks).ok()
        });
        finished.map_or(bytes, TrackerText::into_bytes)
    }
}

/// Tells whether somebody writes. When a program is killed the system tells watchers that its files are
/// closed a moment before its locks are free, and nothing afterwards.
fn is_held(root: &Beneath) -> bool {
    let lock = lock_file(TRACKER_FILE);
    (0..LOOKS).all(|look| {
        if look > 0 {
            thread::sleep(BETWEEN_LOOKS);
        }
        FileLock::is_held(root.fd(), &lock)
    })
}

#[cfg(test)]
mod tests;
