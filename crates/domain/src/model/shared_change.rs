//! What one machine tells others of a shared volume.

use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// Something on a shared volume that may be different from what was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SharedChange {
    /// Anything.
    Everything,
    /// The collections.
    Collections,
    /// The trackers and copies of a project, or whether it is one.
    Project(VolumePath),
}

/// A place on a shared volume: relative to its top, without `.` and `..`, at most 4,096 bytes; empty for
/// the top itself. Each machine may mount the volume elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumePath(Arc<Utf8Path>);

impl VolumePath {
    /// The most bytes of a path.
    pub const MOST: usize = 4096;

    /// Checks a path.
    ///
    /// # Errors
    ///
    /// - [`VolumePathError`] when it is absolute, longer than [`MOST`](Self::MOST), holds a NUL, or is
    ///   not what is left when `.`, `..` and doubled slashes are taken out.
    pub fn new(path: &str) -> Result<Self, VolumePathError> {
        let normal: Option<Utf8PathBuf> = Utf8Path::new(path)
            .components()
            .map(|component| match component {
                Utf8Component::Normal(name) => Some(name),
                Utf8Component::Prefix(_)
                | Utf8Component::RootDir
                | Utf8Component::CurDir
                | Utf8Component::ParentDir => None,
            })
            .collect();
        let fits = path.len() <= Self::MOST && !path.contains('\0');
        match normal {
            Some(normal) if fits && normal.as_str() == path => Ok(Self(normal.into())),
            _ => Err(VolumePathError),
        }
    }

    /// Returns the path.
    pub fn as_path(&self) -> &Utf8Path {
        &self.0
    }
}

/// A path that leads out of a volume, or that nobody would write like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place on a volume is relative, without `.` and `..`, and no longer than 4096 bytes")]
pub struct VolumePathError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_on_the_volume() {
        for path in ["", "shop", "a/b c/d\ne"] {
            assert_eq!(VolumePath::new(path).unwrap().as_path(), path);
        }
        let long = "x".repeat(4097);
        for path in ["/a", ".", "..", "a/../b", "a//b", "a/./b", "a/", "a\0b", &long] {
            assert_eq!(VolumePath::new(path), Err(VolumePathError), "{path}");
        }
    }
}
