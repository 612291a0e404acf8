//! Content hashes of what lies on disk.

use std::io;
use std::path::Path;
use std::sync::Arc;

use camino::Utf8Path;
use sha2::{Digest, Sha256};
use skillstat_domain::{
    ContentHash, ContentLocation, ContentTraits, CopyLocation, Difference, HashError, Hasher,
    OriginalLocation, is_artifact_directory,
};

use crate::contained::{self, read_in, read_when_quiet};
use crate::entry::LeftOut;
use crate::examination::Examination;
use crate::fault::{cannot_be_read, is_absence, make_readable, printable};
use crate::links::Links;
use crate::listings::{Listings, Reporting};
use crate::roots::Roots;
use crate::tree::{Fault, Reader, What};

/// What is left out of a hash: a copy is hashed whole.
pub(crate) const NOTHING: LeftOut = |_| false;

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
                Ok(digest(Sha256::new()))
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
#[non_exhaustive]
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
        hash(copy, None)
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        difference(&mut Roots::default(), None, copy, baseline)
    }

    fn differences(
        &self,
        copies: &[(CopyLocation<'_>, ContentHash)],
    ) -> Vec<Result<Option<Difference>, HashError>> {
        differences(copies, None)
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        let content = ContentLocation::Original(*original);
        let (examination, _) = contained::read(&content, None, Examination::of_original)?;
        Ok(examination.finish().0)
    }
}

/// A [`Sha256Hasher`] that reports which directories it lists of copies.
#[derive(Debug, Clone)]
pub struct ReportingHasher(Arc<Listings>);

impl ReportingHasher {
    /// Reports to these.
    pub fn new(listings: Arc<Listings>) -> Self {
        Self(listings)
    }
}

impl Hasher for ReportingHasher {
    fn hash(&self, copy: &CopyLocation<'_>) -> Result<ContentHash, HashError> {
        hash(copy, Some(&self.0))
    }

    fn difference(
        &self,
        copy: &CopyLocation<'_>,
        baseline: ContentHash,
    ) -> Result<Option<Difference>, HashError> {
        difference(&mut Roots::default(), self.0.begin(), copy, baseline)
    }

    fn differences(
        &self,
        copies: &[(CopyLocation<'_>, ContentHash)],
    ) -> Vec<Result<Option<Difference>, HashError>> {
        differences(copies, Some(&self.0))
    }

    fn examine(&self, original: &OriginalLocation<'_>) -> Result<ContentTraits, HashError> {
        Sha256Hasher.examine(original)
    }
}

fn hash(copy: &CopyLocation<'_>, listings: Option<&Listings>) -> Result<ContentHash, HashError> {
    let (read, _) = contained::read(&ContentLocation::Copy(*copy), listings, Sha256::new)?;
    Ok(digest(read))
}

fn differences(
    copies: &[(CopyLocation<'_>, ContentHash)],
    listings: Option<&Listings>,
) -> Vec<Result<Option<Difference>, HashError>> {
    // Before any profile root is opened.
    let reporting = listings.and_then(Listings::begin);
    let mut roots = Roots::default();
    let one = |(copy, baseline): &_| difference(&mut roots, reporting, copy, *baseline);
    let found = copies.iter().map(one).collect();
    if roots.are_where_they_were() {
        return found;
    }
    let alone = |(copy, baseline): &(CopyLocation<'_>, ContentHash)| {
        let reporting = listings.and_then(Listings::begin);
        difference(&mut Roots::default(), reporting, copy, *baseline)
    };
    copies.iter().map(alone).collect()
}

/// Compares a copy with what was deployed.
fn difference(
    roots: &mut Roots,
    reporting: Option<Reporting<'_>>,
    copy: &CopyLocation<'_>,
    baseline: ContentHash,
) -> Result<Option<Difference>, HashError> {
    let content = ContentLocation::Copy(*copy);
    let (read, kept) = read_in(roots, reporting, &content, Sha256::new)?;
    if digest(read) == baseline {
        return Ok(None);
    }
    // It differs, as few do: what was just read is looked at again, or read again where it was too
    // much to keep.
    let examination = match kept.read(Examination::of_copy()) {
        Some(examination) => examination,
        None => read_in(roots, reporting, &content, Examination::of_copy)?.0,
    };
    let (traits, with_crlf) = examination.finish();
    // What is read again may have been put back meanwhile.
    let differs = traits.hash() != baseline;
    Ok(differs.then(|| Difference::new(traits, with_crlf, baseline)))
}

/// Hashes again while something changes, a few times, without what is left out.
pub(crate) fn hash_when_quiet(links: &Links, left_out: LeftOut) -> Result<ContentHash, Fault> {
    read_when_quiet(links, left_out, Sha256::new).map(|(read, _)| digest(read))
}

impl Reader for Sha256 {
    fn begin(&mut self, path: Option<&str>) {
        self.update(path.unwrap_or_default());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }

    fn end(&mut self) {}
}

/// Returns the hash of what was fed.
pub(crate) fn digest(digest: Sha256) -> ContentHash {
    ContentHash::from_bytes(digest.finalize().into())
}

/// Tells whether a record of this path may mean one below the project.
pub(crate) fn may_be_misplaced(copy: &Utf8Path) -> bool {
    let first = copy.components().next();
    first.is_some_and(|first| !is_artifact_directory(first.as_str()))
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
