//! Content hashes of what lies on disk.

use std::io;
use std::path::Path;

use camino::Utf8Path;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use sha2::{Digest, Sha256};
use skillstat_domain::{ContentHash, CopyLocation, HashError, Hasher};

use crate::entry::LeftOut;
use crate::fault::{cannot_be_read, is_absence, is_loop, make_readable, printable};
use crate::layout::ARTIFACT_DIRECTORIES;
use crate::links::Links;
use crate::tree::{self, Fault, What};

/// What is left out of a hash: a copy is hashed whole.
const NOTHING: LeftOut = |_| false;

/// How often a copy that changes while it is hashed is tried.
const TRIES: usize = 3;

/// Computes content hashes with SHA-256, streaming. Remembers nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sha256Hasher;

impl Sha256Hasher {
    /// Returns the content hash of any file or directory exactly as SkillMeat computes it: every
    /// link to a file is followed wherever it leads, and a directory that cannot be listed counts
    /// as empty.
    ///
    /// # Errors
    ///
    /// - [`HashPathError::NotFound`] when there is nothing, or a link that leads nowhere or round.
    /// - [`HashPathError::Other`] when something could not be read, is neither file nor directory,
    ///   has a name that is not UTF-8, or kept changing.
    pub fn hash_path(&self, path: &Path) -> Result<ContentHash, HashPathError> {
        let links = Links::Followed { copy: path.to_owned() };
        hash_when_quiet(&links, NOTHING).or_else(|fault| match fault.what {
            What::Io(error) if fault.inside.is_empty() && is_absence(&error) => {
                Err(HashPathError::NotFound { path: printable(path) })
            }
            What::Io(error) if fault.inside.is_empty() && is_closed_directory(path, &error) => {
                Ok(ContentHash::from_bytes(Sha256::new().finalize().into()))
            }
            what => {
                let at = if fault.inside.is_empty() {
                    path.to_owned()
                } else {
                    path.join(name(&fault.inside))
                };
                Err(HashPathError::Other { path: printable(at), reason: explain(&what).0 })
            }
        })
    }
}

/// Why a path has no content hash.
#[derive(Debug, thiserror::Error)]
pub enum HashPathError {
    /// Nothing is there.
    #[error("`{path}` does not exist")]
    NotFound {
        /// The path as given.
        path: String,
    },
    /// Something is there that could not be hashed.
    #[error("`{path}` {reason}")]
    Other {
        /// The file or directory at fault.
        path: String,
        /// What is wrong, as a phrase.
        reason: String,
    },
}

impl Hasher for Sha256Hasher {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        let root = copy.project.as_path().join(copy.profile_root.as_str());
        let whole = root.join(copy.path);
        let profile_root = match Dir::open_ambient_dir(&root, ambient_authority()) {
            Ok(profile_root) => profile_root,
            Err(error) if is_absence(&error) => return Err(HashError::Missing),
            Err(error) => return Err(unverified(root.to_string(), &What::Io(error))),
        };
        let links = Links::Beneath { profile_root, copy: copy.path.as_std_path().to_owned() };
        hash_when_quiet(&links, NOTHING).map_err(|fault| match fault.what {
            What::Io(error)
                if fault.inside.is_empty() && is_absence(&error) && !is_loop(&error) =>
            {
                misplaced(copy).unwrap_or(HashError::Missing)
            }
            what if fault.inside.is_empty() => unverified(whole.to_string(), &what),
            what => unverified(printable(whole.as_std_path().join(name(&fault.inside))), &what),
        })
    }
}

/// Hashes again while something changes, a few times. What changes is the copy: which part of it was
/// seen to is chance.
pub(crate) fn hash_when_quiet(links: &Links, left_out: LeftOut) -> Result<ContentHash, Fault> {
    for _ in 0..TRIES {
        match tree::hash(links, left_out) {
            Err(Fault { what: What::Changed, .. }) => {}
            result => return result,
        }
    }
    Err(Fault { inside: Vec::new(), what: What::Changed })
}

/// A record can name a place relative to the project instead of the profile root, because
/// SkillMeat's `dest_path` does: then the copy is elsewhere, and not missing.
fn misplaced(copy: &CopyLocation<'_>) -> Option<HashError> {
    if !may_be_misplaced(copy.path) {
        return None;
    }
    let project = Dir::open_ambient_dir(copy.project.as_path(), ambient_authority()).ok()?;
    project.symlink_metadata(copy.path).ok()?;
    let there: &Utf8Path = &copy.project.as_path().join(copy.path);
    Some(HashError::Unverified {
        path: there.to_string(),
        reason: "lies outside its profile root, where a record cannot point".to_owned(),
        fix: format!("deploy the artifact again, to a place below `{}`", copy.profile_root),
    })
}

/// Tells whether a record of this path may mean one below the project.
pub(crate) fn may_be_misplaced(copy: &Utf8Path) -> bool {
    let first = copy.components().next();
    first.is_some_and(|first| !ARTIFACT_DIRECTORIES.contains(&first.as_str()))
}

fn unverified(path: String, what: &What) -> HashError {
    let (reason, fix) = explain(what);
    HashError::Unverified { path, reason, fix: fix.to_owned() }
}

/// Says what is wrong, and what to do.
pub(crate) fn explain(what: &What) -> (String, &'static str) {
    let (reason, fix) = match what {
        What::Io(error) => return (cannot_be_read(error), make_readable(error)),
        What::Changed => {
            ("changed each time it was read", "ask again when whatever writes there has finished")
        }
        What::LeavesProfileRoot => (
            "is a link that leaves the profile root, which is never followed",
            "replace the link by the file it points to",
        ),
        What::Neither => {
            ("is neither a file nor a directory", "remove it and deploy the artifact again")
        }
        What::NotUtf8 => {
            ("has a name that is not UTF-8, so its hash is not defined", "rename or remove it")
        }
        What::TooDeep => {
            ("lies too many directories deep", "remove it; no artifact is nested that deep")
        }
    };
    (reason.to_owned(), fix)
}

fn is_closed_directory(path: &Path, error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
        && std::fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn name(bytes: &[u8]) -> &std::ffi::OsStr {
    std::os::unix::ffi::OsStrExt::from_bytes(bytes)
}

#[cfg(test)]
mod tests;
