//! Where a record says its copy is.

use std::sync::Arc;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// The `artifact_path` of a record, as it stands in the tracker.
///
/// It is untrusted text: [`inside`](Self::inside) is the only way to a path that may be joined to a
/// profile root.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordedPath(Arc<str>);

impl RecordedPath {
    /// Takes the text of a record.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the text as it stands on record.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path below the profile root, with `.` and doubled slashes taken out.
    ///
    /// Says nothing about links: those are met when the path is opened.
    ///
    /// # Errors
    ///
    /// - [`PathFault`] when the text does not name something below the profile root.
    pub fn inside(&self) -> Result<Utf8PathBuf, PathFault> {
        let path = Utf8Path::new(&self.0);
        let mut inside = Utf8PathBuf::new();
        for component in path.components() {
            match component {
                Utf8Component::Normal(name) if name.contains('\0') => return Err(PathFault::Nul),
                Utf8Component::Normal(name) => inside.push(name),
                Utf8Component::CurDir => {}
                Utf8Component::ParentDir => return Err(PathFault::Parent),
                Utf8Component::RootDir | Utf8Component::Prefix(_) => {
                    return Err(PathFault::Absolute);
                }
            }
        }
        if inside.as_str().is_empty() { Err(PathFault::Empty) } else { Ok(inside) }
    }
}

/// Why a recorded path does not name a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PathFault {
    /// The path names the profile root itself.
    #[error("is empty, so it names the profile root itself and not a copy in it")]
    Empty,
    /// The path starts at the root of the file system.
    #[error("is absolute, so it leaves the profile root")]
    Absolute,
    /// The path holds `..`.
    #[error("holds `..`, so it leaves the profile root")]
    Parent,
    /// The path holds a NUL character, which no file name can.
    #[error("holds a NUL character, which no file name can")]
    Nul,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::properties::recorded_path;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, PathFault>) {
        let inside = RecordedPath::new(text).inside();
        assert_eq!(inside.as_ref().map(|path| path.as_str()), expected.as_ref().copied());
    }

    #[test]
    fn normalises_what_stays_inside() {
        check("skills/canvas", Ok("skills/canvas"));
        check("./skills//k/", Ok("skills/k"));
    }

    #[test]
    fn refuses_what_leaves() {
        check("", Err(PathFault::Empty));
        check("./.", Err(PathFault::Empty));
        check("/etc/passwd", Err(PathFault::Absolute));
        check("skills/../../x", Err(PathFault::Parent));
        check("skills/..", Err(PathFault::Parent));
        check("skills/\0", Err(PathFault::Nul));
    }

    proptest! {
        #[test]
        fn what_is_inside_stays_there(text in "[a/.\\\\\x00é]{0,16}") {
            recorded_path(&text);
        }
    }
}
