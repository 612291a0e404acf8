//! Where a project is.

use std::fmt;
use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The path of a project: absolute, UTF-8, without `.`, `..`, doubled or trailing slashes.
///
/// Links are resolved by whoever found the project; this type cannot look. The order is that of the
/// bytes of the text (camino's own order goes by components, and so do its equality and its hash, which take
/// ten times as long).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectPath(Arc<str>);

impl ProjectPath {
    /// Checks and normalises a path.
    ///
    /// # Errors
    ///
    /// - [`ProjectPathError::NotAbsolute`] when it does not start at the root.
    /// - [`ProjectPathError::ParentComponent`] when it holds `..`, which cannot be taken out
    ///   without looking at the disk.
    pub fn new(path: &Utf8Path) -> Result<Self, ProjectPathError> {
        if !path.is_absolute() {
            return Err(ProjectPathError::NotAbsolute);
        }
        if path.components().any(|component| component == Utf8Component::ParentDir) {
            return Err(ProjectPathError::ParentComponent);
        }
        Ok(Self(path.components().collect::<Utf8PathBuf>().into_string().into()))
    }

    /// Returns the path.
    pub fn as_path(&self) -> &Utf8Path {
        Utf8Path::new(&*self.0)
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the project's name: the last component, or `/` for the root directory.
    pub fn name(&self) -> &str {
        // Normalised, so that nothing but a name stands behind the last slash.
        match self.as_str().rsplit_once('/') {
            Some((_, name)) if !name.is_empty() => name,
            _ => "/",
        }
    }
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProjectPath({:?})", self.as_str())
    }
}

/// Why a path cannot be a project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProjectPathError {
    /// The path is relative or empty.
    #[error("the path is not absolute")]
    NotAbsolute,
    /// The path holds `..`.
    #[error("the path holds `..`")]
    ParentComponent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Result<&str, ProjectPathError>) {
        let project = ProjectPath::new(Utf8Path::new(path));
        assert_eq!(project.as_ref().map(ProjectPath::as_str), expected.as_ref().copied());
    }

    #[test]
    fn is_absolute_and_normal() {
        check("/home/me//dev/./shop/", Ok("/home/me/dev/shop"));
        check("/", Ok("/"));
        check("dev/shop", Err(ProjectPathError::NotAbsolute));
        check("", Err(ProjectPathError::NotAbsolute));
        check("/home/../etc", Err(ProjectPathError::ParentComponent));
    }

    #[test]
    fn orders_by_bytes_and_not_by_components() {
        let path = |text| ProjectPath::new(Utf8Path::new(text)).unwrap();
        assert!(path("/a-b") < path("/a/b"));
    }

    #[test]
    fn is_called_like_its_directory() {
        let name = |text| ProjectPath::new(Utf8Path::new(text)).unwrap().name().to_owned();
        assert_eq!((name("/dev/shop"), name("/")), ("shop".to_owned(), "/".to_owned()));
    }
}
