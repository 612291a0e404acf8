//! What happened on disk, as far as whoever watches can tell.

use camino::Utf8PathBuf;

use crate::{ProfileRoot, ProjectPath};

/// Something that may be different from what was read: a hint where to look again, never the truth
/// itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Anything may have changed: changes were lost, or are seen from now on only.
    Everything,
    /// Which projects there are, in a way that only a walk of the search roots can tell.
    Projects,
    /// The profile roots or trackers of one directory that the walk enters. It may have become a
    /// project or be none any more.
    Project(ProjectPath),
    /// All of one directory: its trackers and every copy, whether or not their records are the same.
    AllOf(ProjectPath),
    /// What lies at a path below a profile root, or anything below that path.
    Content {
        /// The project.
        project: ProjectPath,
        /// The profile root of the project.
        profile_root: ProfileRoot,
        /// The path below the profile root; empty for all that is in it.
        path: Utf8PathBuf,
    },
    /// The collections.
    Collections,
}
