//! The straight-line program: given the trackers, it parses them, lists the copies, reads and hashes
//! them. It checks nothing, contains nothing and reports nothing but counts.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use sha2::{Digest, Sha256};

/// What it found.
pub(crate) struct Counts {
    pub(crate) artifacts: usize,
}

/// Reads all trackers and hashes all copies on so many threads.
pub(crate) fn status(trackers: &[PathBuf], threads: usize) -> Counts {
    let (next, artifacts, modified) =
        (AtomicUsize::new(0), Mutex::new(BTreeSet::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(tracker) = trackers.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ids = one_tracker(tracker, &modified);
                    artifacts.lock().expect("no panic").extend(ids);
                }
            });
        }
    });
    Counts { artifacts: artifacts.into_inner().expect("no panic").len() }
}

fn one_tracker(tracker: &Path, modified: &AtomicUsize) -> Vec<String> {
    let root = tracker.parent().expect("a tracker lies in a directory");
    let text = fs::read_to_string(tracker).expect("the tracker is readable");
    let document: toml::Table = toml::from_str(&text).expect("it is TOML");
    let Some(records) = document.get("deployed").and_then(toml::Value::as_array) else {
        return Vec::new();
    };
    let mut ids = Vec::new();
    for record in records {
        let text = |key: &str| record.get(key).and_then(toml::Value::as_str).unwrap_or_default();
        ids.push(format!("{}:{}", text("artifact_type"), text("artifact_name")));
        let copy = root.join(text("artifact_path"));
        let Ok(metadata) = fs::metadata(&copy) else { continue };
        let mut digest = Sha256::new();
        if metadata.is_dir() {
            directory(&copy, &copy, &mut digest);
        } else {
            digest.update(fs::read(&copy).expect("readable"));
        }
        let hash = skillstat_domain::ContentHash::from_bytes(digest.finalize().into());
        modified
            .fetch_add(usize::from(text("collection_sha").parse() != Ok(hash)), Ordering::Relaxed);
    }
    ids
}

fn directory(top: &Path, path: &Path, digest: &mut Sha256) {
    let mut entries: Vec<_> =
        fs::read_dir(path).expect("readable").map(|entry| entry.expect("readable")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().expect("known").is_dir() {
            directory(top, &path, digest);
        } else {
            let relative = path.strip_prefix(top).expect("below the top");
            digest.update(relative.as_os_str().as_encoded_bytes());
            digest.update(fs::read(&path).expect("readable"));
        }
    }
}
