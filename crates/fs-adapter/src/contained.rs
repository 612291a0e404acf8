//! Reading a copy, or what it was deployed from, without leaving the directory it is in.

#[cfg(any(test, feature = "test-util"))]
pub(crate) mod properties;

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use skillstat_domain::{ContentLocation, CopyLocation, HashError};

use crate::entry::LeftOut;
use crate::fault::{is_absence, is_loop, printable};
use crate::hasher::{NOTHING, explain, may_be_misplaced};
use crate::kept::Kept;
use crate::links::Links;
use crate::listings::{Listings, Reporting};
use crate::reporter::Reporter;
use crate::roots::Roots;
use crate::tree::{self, Fault, Reader, What};

/// How often a copy that changes while it is read is tried.
const TRIES: usize = 3;

/// Reads a content; each try has a reader of its own. Returns it, and what is still there to be read
/// without the disk.
///
/// # Errors
///
/// As the port [`Hasher`](skillstat_domain::Hasher) says.
pub(crate) fn read<R: Reader>(
    content: &ContentLocation<'_>,
    listings: Option<&Listings>,
    reader: impl Fn() -> R,
) -> Result<(R, Kept), HashError> {
    let reporting = listings.and_then(Listings::begin);
    read_in(&mut Roots::default(), reporting, content, reader)
}

/// The same with a profile root that may be open; what is reported began before any of them was opened.
pub(crate) fn read_in<R: Reader>(
    roots: &mut Roots,
    reporting: Option<Reporting<'_>>,
    content: &ContentLocation<'_>,
    reader: impl Fn() -> R,
) -> Result<(R, Kept), HashError> {
    let Some(reporting) = reporting else { return read_alone(roots, content, reader) };
    let read = read_alone(roots, content, || Reporter::new(reader()));
    let read = read.map(|(reporter, kept)| (reporter.finish(), kept));
    let listing = read.as_ref().ok().and_then(|((_, listing), _)| listing.as_ref());
    reporting.report_copy(whole_path(content).as_std_path(), listing);
    read.map(|((reader, _), kept)| (reader, kept))
}

fn read_alone<R: Reader>(
    roots: &mut Roots,
    content: &ContentLocation<'_>,
    reader: impl Fn() -> R,
) -> Result<(R, Kept), HashError> {
    let links = match roots.links(content) {
        Ok(links) => links,
        Err(error) if is_absence(&error) => return Err(HashError::Missing),
        Err(error) => {
            let (root, _) = place(content);
            return Err(unverified(root.into_string(), content, &What::Io(error)));
        }
    };
    read_when_quiet(links, NOTHING, reader).map_err(|fault| match fault.what {
        What::Io(error) if fault.inside.is_empty() && is_absence(&error) && !is_loop(&error) => {
            misplaced(content).unwrap_or(HashError::Missing)
        }
        what if fault.inside.is_empty() => {
            unverified(whole_path(content).into_string(), content, &what)
        }
        what => {
            let at = whole_path(content).into_std_path_buf().join(OsStr::from_bytes(&fault.inside));
            unverified(printable(at), content, &what)
        }
    })
}

/// Reads again while something changes, a few times. What changes is the copy: which part of it was
/// seen to is chance.
pub(crate) fn read_when_quiet<R: Reader>(
    links: &Links,
    left_out: LeftOut,
    reader: impl Fn() -> R,
) -> Result<(R, Kept), Fault> {
    for _ in 0..TRIES {
        match tree::read(links, left_out, reader()) {
            Err(Fault { what: What::Changed, .. }) => {}
            result => return result,
        }
    }
    Err(Fault { inside: Vec::new(), what: What::Changed })
}

/// Opens the directory that is not left.
pub(crate) fn links(content: &ContentLocation<'_>) -> io::Result<Links> {
    let (root, path) = place(content);
    links_in(&root, path)
}

/// The same by its path, and the path of the content in it.
pub(crate) fn links_in(root: &Utf8Path, path: &Utf8Path) -> io::Result<Links> {
    let profile_root = Dir::open_ambient_dir(root, ambient_authority())?;
    Ok(Links::Beneath { profile_root, copy: path.as_std_path().to_owned() })
}

/// Returns where the content is.
pub(crate) fn whole_path(content: &ContentLocation<'_>) -> Utf8PathBuf {
    let (root, path) = place(content);
    root.join(path)
}

/// Returns the directory that is not left, and where in it the content is.
pub(crate) fn place<'a>(content: &ContentLocation<'a>) -> (Utf8PathBuf, &'a Utf8Path) {
    match content {
        ContentLocation::Copy(copy) => {
            (copy.project.as_path().join(copy.profile_root.as_str()), copy.path)
        }
        ContentLocation::Original(original) => (original.collection.to_owned(), original.path),
    }
}

/// A record can name a place relative to the project instead of the profile root, because
/// SkillMeat's `dest_path` does: then the copy is elsewhere, and not missing.
fn misplaced(content: &ContentLocation<'_>) -> Option<HashError> {
    let ContentLocation::Copy(CopyLocation { project, profile_root, path }) = content else {
        return None;
    };
    if !may_be_misplaced(path) {
        return None;
    }
    let opened = Dir::open_ambient_dir(project.as_path(), ambient_authority()).ok()?;
    opened.symlink_metadata(path).ok()?;
    Some(HashError::Unverified {
        path: project.as_path().join(path).to_string(),
        reason: "lies outside its profile root, where a record cannot point".to_owned(),
        fix: format!("deploy the artifact again, to a place below `{profile_root}`"),
    })
}

fn unverified(path: String, content: &ContentLocation<'_>, what: &What) -> HashError {
    let (reason, fix) = explain(what);
    let reason = match (what, content) {
        (What::LeavesProfileRoot, ContentLocation::Original(_)) => {
            "is a link that leaves the collection, which is never followed".to_owned()
        }
        _ => reason,
    };
    HashError::Unverified { path, reason, fix: fix.to_owned() }
}
