//! The names on disk, each with its source.

use skillstat_domain::MAX_COPY_NAME_BYTES;

/// The tracker of a profile root. Source: SkillMeat's `DEPLOYMENT_FILE`.
pub const TRACKER_FILE: &str = ".skillmeat-deployed.toml";

/// How many directories below a search root a project may lie; the root itself is 0. Source: the
/// limit in SkillMeat's `discover_projects`.
pub const DEFAULT_MAX_DEPTH: usize = 3;

/// The largest tracker or manifest that is read, in bytes: some twenty thousand records.
pub(crate) const MAX_TOML_BYTES: u64 = 16 * 1024 * 1024;

/// The directory of collections below SkillMeat's home.
pub(crate) const COLLECTIONS_DIRECTORY: &str = "collections";

/// SkillMeat's configuration below its home; `[settings] default-collection` names the active one.
pub(crate) const SKILLMEAT_CONFIG_FILE: &str = "config.toml";

/// The active collection when the configuration names none.
pub(crate) const DEFAULT_COLLECTION: &str = "default";

/// The manifest of a collection; a directory without it is no collection.
pub(crate) const MANIFEST_FILE: &str = "collection.toml";

/// What stands at the end of the names of SkillMeat's lock files; before it stand a dot and the name of
/// what is locked. Source: SkillMeat 0.74.0, which never deletes them.
const LOCK_SUFFIX: &str = ".skillmeat-lock";

// The longest name of a copy leaves room for that of its lock file.
const _: () = assert!(MAX_COPY_NAME_BYTES + ".".len() + LOCK_SUFFIX.len() == 255);

/// Returns the name of the file that is locked while `name`, beside it, is written.
pub(crate) fn lock_file(name: &str) -> String {
    format!(".{name}{LOCK_SUFFIX}")
}

/// Tells whether a name is that of a lock file.
pub(crate) fn is_lock_file(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(LOCK_SUFFIX)
}

/// What a write is about to do, in the profile root: read by whoever comes after one that was
/// interrupted. Version 1 is described at `deploy::intent::Intent`.
pub(crate) const INTENT_FILE: &str = ".skillstat-intent";

/// The same while it is written.
pub(crate) const INTENT_DRAFT_FILE: &str = ".skillstat-intent.new";

/// The same when everything is done but tidying up.
pub(crate) const INTENT_DONE_FILE: &str = ".skillstat-intent.done";

/// Where a copy is made before it is moved to its place, and what it replaces until that is deleted;
/// in the directory that holds the copy.
pub(crate) const STAGING_DIRECTORY: &str = ".skillstat-staging";

/// The new tracker while it is written.
pub(crate) const TRACKER_DRAFT_FILE: &str = "..skillmeat-deployed.toml.skillstat-new";
