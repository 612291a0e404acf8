//! The artifact in its collection, from which copies are made.

use std::io;
use std::os::fd::AsFd;

use camino::Utf8Path;
use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use rustix::fs::OFlags;
use skillstat_domain::{ArtifactSource, ContentHash, DeployError, RecordedPath, is_ignored_name};

use super::change::{Expected, NewCopy};
use crate::entry::{Entry, for_listing};
use crate::fault::{cannot_be_read, make_readable, printable};
use crate::hasher::{explain, hash_when_quiet};
use crate::links::{Links, leaves_profile_root};
use crate::tree::What;

/// Opens an artifact and hashes what will be copied of it.
///
/// # Errors
///
/// - [`DeployError::Source`] when it is not there, leaves its collection, or holds something of which no
///   copy could be verified.
pub(crate) fn open(source: &ArtifactSource) -> Result<(NewCopy, ContentHash), DeployError> {
    let shown = source.directory.join(&source.path).into_string();
    let refused = |reason: String, fix: &str| DeployError::Source {
        path: shown.clone(),
        reason,
        fix: fix.to_owned(),
    };
    let by_system = |error: io::Error| {
        if leaves_profile_root(&error) {
            let reason = "lies behind a link that leaves its collection, which is never followed";
            return refused(reason.to_owned(), "replace the link by what it points to");
        }
        match error.kind() {
            io::ErrorKind::NotFound => refused(
                "does not exist".to_owned(),
                "add the artifact to its collection again, or correct `path` in collection.toml",
            ),
            _ => refused(cannot_be_read(&error), make_readable(&error)),
        }
    };
    let path = RecordedPath::new(&source.path).inside().map_err(|fault| {
        refused(
            fault.to_string().replace("profile root", "collection"),
            "correct `path` in collection.toml",
        )
    })?;
    let collection =
        Dir::open_ambient_dir(&source.directory, ambient_authority()).map_err(by_system)?;
    let kind = collection.metadata(&path).map_err(by_system)?.file_type();
    let (entry, links) = if kind.is_dir() {
        let directory = collection.open_dir(&path).map_err(by_system)?;
        let entry = Entry::Directory(for_listing(directory.as_fd()).map_err(by_system)?);
        (entry, Links::Beneath { profile_root: directory, copy: ".".into() })
    } else if kind.is_file() {
        let file = open_file(&collection, &path).map_err(by_system)?;
        let links = Links::Beneath { profile_root: collection, copy: path.into() };
        (file, links)
    } else {
        let reason = "is neither a file nor a directory".to_owned();
        return Err(refused(reason, "replace it by a file or directory"));
    };
    let hash = hash_when_quiet(&links, is_ignored_name).map_err(|fault| {
        let (reason, fix) = refusal(&fault.what);
        let at = if fault.inside.is_empty() {
            shown.clone()
        } else {
            let inside = std::os::unix::ffi::OsStrExt::from_bytes(&fault.inside);
            printable(Utf8Path::new(&shown).as_std_path().join::<&std::ffi::OsStr>(inside))
        };
        DeployError::Source { path: at, reason, fix }
    })?;
    let copy = NewCopy { entry, left_out: is_ignored_name, expected: Expected::Hash(hash), shown };
    Ok((copy, hash))
}

fn open_file(collection: &Dir, path: &Utf8Path) -> io::Result<Entry> {
    let mut options = OpenOptions::new();
    // Should it have become a FIFO meanwhile, this does not hang.
    options.read(true).custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    Ok(Entry::File(collection.open_with(path, &options)?.into_std().into()))
}

/// Says why no copy is made of what has no hash.
pub(crate) fn refusal(what: &What) -> (String, String) {
    match what {
        What::LeavesProfileRoot => (
            "is a link that leaves the artifact, so no copy of it could be verified".to_owned(),
            "replace the link by the file it points to".to_owned(),
        ),
        what => {
            let (reason, fix) = explain(what);
            (reason, fix.to_owned())
        }
    }
}
