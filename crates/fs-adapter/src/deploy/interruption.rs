//! What whoever only reads makes of a write that was interrupted: the answer that will be right when the
//! next writer has put it in order, and a problem that says so.

use std::fs;

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use skillstat_domain::{Problem, ProblemKind};

use super::beneath::Beneath;
use super::intent::{Found, Intent};
use super::recovery::is_begun;
use crate::file_lock::FileLock;
use crate::layout::{INTENT_FILE, TRACKER_FILE, lock_file};
use crate::tracker::TrackerText;

/// Takes the bytes of the tracker of a profile root, and returns what they will be when everything is in
/// order; costs one look at a name when everything is.
pub(crate) fn in_order(profile_root: &Utf8Path, bytes: Vec<u8>) -> (Vec<u8>, Option<Problem>) {
    let path = profile_root.join(INTENT_FILE);
    if fs::symlink_metadata(&path).is_err() {
        return (bytes, None);
    }
    let problem = |reason: &str, fix: &str| Problem {
        path: path.to_string(),
        line: None,
        kind: ProblemKind::Interrupted,
        reason: reason.to_owned(),
        fix: fix.to_owned(),
        artifact: None,
    };
    let Ok(dir) = Dir::open_ambient_dir(profile_root, ambient_authority()) else {
        return (bytes, None);
    };
    let root = Beneath::new(dir, profile_root.to_string());
    // Whoever holds the lock is at work: nothing was interrupted.
    let at_work = FileLock::is_held(root.fd(), &lock_file(TRACKER_FILE));
    let intent = match Intent::read(&root, INTENT_FILE) {
        Ok(Found::None) => return (bytes, None),
        Ok(Found::Intent(intent)) => intent,
        Ok(Found::Garbled) | Err(_) => {
            let reason = "cannot be read, so what was interrupted is not known";
            return (bytes, Some(problem(reason, "look whether it is of use; if not, delete it")));
        }
    };
    let begun = is_begun(&root, &intent).unwrap_or(false);
    let next = "deploy or undeploy anything in that profile root";
    let problem = (!at_work).then(|| Problem {
        artifact: Some(intent.artifact.clone()),
        ..if begun {
            problem("was left by a write that was interrupted; the next one finishes it", next)
        } else {
            problem("was left by a write that was interrupted; the next one takes it back", next)
        }
    });
    let tracker: Utf8PathBuf = profile_root.join(TRACKER_FILE);
    let as_it_will_be = begun
        .then(|| {
            TrackerText::parse(tracker.as_str(), &bytes)
                .ok()?
                .with(&intent.artifact, &intent.blocks)
                .ok()
        })
        .flatten();
    (as_it_will_be.map_or(bytes, TrackerText::into_bytes), problem)
}
