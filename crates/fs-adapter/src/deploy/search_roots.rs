//! Opening projects, which must lie below a search root.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::{fs, io};

use camino::{Utf8Path, Utf8PathBuf};
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use skillstat_domain::{DeployError, ProfileRoot, ProjectPath};

use super::beneath::{Beneath, failed};
use crate::entry::sync_directory;
use crate::links::leaves_profile_root;

/// The search roots, as configured.
#[derive(Debug)]
pub(crate) struct SearchRoots(pub(crate) Vec<PathBuf>);

/// A project that is open.
#[derive(Debug)]
pub(crate) struct OpenProject {
    /// Its path with all links resolved; it was below a search root when it was opened.
    pub(crate) path: ProjectPath,
    /// Nothing when it is not there.
    dir: Option<Dir>,
}

/// What to do about a project that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    /// That is an error.
    Refuse,
    /// It is treated as an empty directory.
    Suppose,
    /// It is made.
    Make,
}

impl SearchRoots {
    /// Opens a project.
    ///
    /// # Errors
    ///
    /// - [`DeployError::ProjectMissing`] and [`DeployError::OutsideRoots`].
    /// - [`DeployError::Failed`] when the system refuses.
    pub(crate) fn open(
        &self,
        project: &ProjectPath,
        absent: Absent,
    ) -> Result<OpenProject, DeployError> {
        let refused = |error: &io::Error| failed(project.to_string(), "opened", error);
        let resolved = match fs::canonicalize(project.as_path()) {
            Ok(resolved) => resolved,
            Err(error) if error.kind() == io::ErrorKind::NotFound && absent != Absent::Refuse => {
                would_be(project.as_path().as_std_path()).map_err(|error| refused(&error))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(DeployError::ProjectMissing { project: project.clone() });
            }
            Err(error) => return Err(refused(&error)),
        };
        let outside = || DeployError::OutsideRoots { project: project.clone() };
        let (root, inside) = self
            .0
            .iter()
            .filter_map(|root| fs::canonicalize(root).ok())
            .find_map(|root| Some((root.clone(), resolved.strip_prefix(&root).ok()?.to_owned())))
            .ok_or_else(outside)?;
        let path = Utf8PathBuf::from_path_buf(resolved).ok();
        let path = path.and_then(|path| ProjectPath::new(&path).ok()).ok_or_else(outside)?;
        match open_beneath(&root, &inside, absent == Absent::Make) {
            Ok(dir) => Ok(OpenProject { path, dir: Some(dir) }),
            Err(error) if leaves_profile_root(&error) => Err(outside()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && absent == Absent::Suppose => {
                Ok(OpenProject { path, dir: None })
            }
            Err(error) => Err(refused(&error)),
        }
    }
}

/// Opens a directory below another; the path has no links, unless somebody has just put one there, and
/// then it must not be followed out.
fn open_beneath(root: &Path, inside: &Path, make: bool) -> io::Result<Dir> {
    let root = Dir::open_ambient_dir(root, ambient_authority())?;
    if inside.as_os_str().is_empty() {
        return Ok(root);
    }
    if make {
        root.create_dir_all(inside)?;
    }
    root.open_dir(inside)
}

/// Returns the path that a directory would have, with the links resolved that are there.
fn would_be(path: &Path) -> io::Result<PathBuf> {
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(io::ErrorKind::NotFound.into());
    };
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "a link there leads nowhere"));
    }
    match fs::canonicalize(parent) {
        Ok(parent) => Ok(parent.join(name)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(would_be(parent)?.join(name)),
        Err(error) => Err(error),
    }
}

impl OpenProject {
    /// Lists what may be a profile root, in the order of answers.
    pub(crate) fn profile_roots(&self) -> io::Result<Vec<ProfileRoot>> {
        let mut profile_roots = Vec::new();
        let Some(dir) = &self.dir else { return Ok(profile_roots) };
        for entry in dir.entries()? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() || kind.is_symlink() {
                let name = entry.file_name();
                profile_roots.extend(name.to_str().and_then(|name| ProfileRoot::new(name).ok()));
            }
        }
        profile_roots.sort();
        Ok(profile_roots)
    }

    /// Opens a profile root; nothing when there is none.
    ///
    /// # Errors
    ///
    /// - [`DeployError::ProfileRootLeaves`] when it is a link that leads out of the project.
    /// - [`DeployError::Failed`] when the system refuses.
    pub(crate) fn profile_root(&self, root: &ProfileRoot) -> Result<Option<Beneath>, DeployError> {
        let shown = self.shown(root);
        let Some(dir) = &self.dir else { return Ok(None) };
        match dir.open_dir(root.as_str()) {
            Ok(dir) => Ok(Some(Beneath::new(dir, shown))),
            Err(error) if leaves_profile_root(&error) => {
                Err(DeployError::ProfileRootLeaves { path: shown })
            }
            Err(error)
                if error.kind() == io::ErrorKind::NotFound
                    && dir.symlink_metadata(root.as_str()).is_err() =>
            {
                Ok(None)
            }
            Err(error) => Err(failed(shown, "opened", &error)),
        }
    }

    /// Opens a profile root, and makes it first when there is none.
    ///
    /// # Errors
    ///
    /// As [`profile_root`](Self::profile_root).
    pub(crate) fn make_profile_root(&self, root: &ProfileRoot) -> Result<Beneath, DeployError> {
        if let Some(beneath) = self.profile_root(root)? {
            return Ok(beneath);
        }
        let failed = |error: io::Error| failed(self.shown(root), "made", &error);
        let dir = self.dir.as_ref().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        match dir.create_dir(root.as_str()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            _ => {}
        }
        sync_directory(dir.as_fd()).map_err(failed)?;
        self.profile_root(root)?.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))
    }

    /// Returns the path of a profile root as it is shown.
    pub(crate) fn shown(&self, root: &ProfileRoot) -> String {
        let path: &Utf8Path = self.path.as_path();
        path.join(root.as_str()).into_string()
    }
}
