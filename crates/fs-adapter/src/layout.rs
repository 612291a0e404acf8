//! The names on disk, each with its source.

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

/// Where SkillMeat deploys below a profile root when no other place was asked for, by type.
pub(crate) const ARTIFACT_DIRECTORIES: [&str; 6] =
    ["skills", "commands", "agents", "hooks", "mcp", "workflows"];
