//! The directory of a project that holds a tracker.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

/// The name of a profile root: a direct child of a project whose name starts with a dot.
///
/// `.claude`, `.codex`, `.agents`, `.foo`. The order puts `.claude` first and the rest by bytes,
/// which is the order of a project's copies in every answer.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProfileRoot(Arc<str>);

impl ProfileRoot {
    /// The profile root that is read and shown first.
    pub const DEFAULT: &'static str = ".claude";

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// - [`ProfileRootError`] when the name does not start with a dot, is `.` or `..`, or holds a
    ///   slash.
    pub fn new(name: &str) -> Result<Self, ProfileRootError> {
        if !name.starts_with('.') || name == "." || name == ".." || name.contains('/') {
            return Err(ProfileRootError);
        }
        Ok(Self(name.into()))
    }

    /// Returns the name with its dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for ProfileRoot {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |root: &Self| *root.0 != *Self::DEFAULT;
        rank(self).cmp(&rank(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for ProfileRoot {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for ProfileRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ProfileRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileRoot({:?})", self.as_str())
    }
}

/// A name that no profile root can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a profile root is a direct child whose name starts with a dot")]
pub struct ProfileRootError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_with_a_dot_and_is_a_direct_child() {
        for name in ["", ".", "..", "claude", ".a/b"] {
            assert_eq!(ProfileRoot::new(name), Err(ProfileRootError), "{name}");
        }
    }

    #[test]
    fn claude_comes_first() {
        let mut roots: Vec<_> = [".zed", ".agents", ".claude"]
            .iter()
            .map(|name| ProfileRoot::new(name).unwrap())
            .collect();
        roots.sort();
        assert_eq!(
            roots.iter().map(ProfileRoot::as_str).collect::<Vec<_>>(),
            [".claude", ".agents", ".zed"]
        );
    }
}
