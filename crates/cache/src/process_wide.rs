//! One instance for a whole process.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::CachedStatistics;
use crate::sync::{Mutex, lock};

/// Returns the instance of this process that belongs to `fingerprint`, made by `make` if there is
/// none yet.
///
/// The fingerprint names all that an answer depends on: search roots, depth, excludes, the directory
/// of collections. So two configurations in one process never mix, and two parts of a program that
/// have the same one share what they know. An instance lives as long as the process.
pub fn process_wide(
    fingerprint: &str,
    make: impl FnOnce() -> Arc<CachedStatistics>,
) -> Arc<CachedStatistics> {
    // Held while an instance is made, which looks at nothing yet, so that there is only ever one.
    static INSTANCES: Mutex<BTreeMap<Box<str>, Arc<CachedStatistics>>> =
        Mutex::new(BTreeMap::new());
    let mut instances = lock(&INSTANCES);
    Arc::clone(instances.entry(fingerprint.into()).or_insert_with(make))
}
