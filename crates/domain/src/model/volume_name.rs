//! What a shared volume is called.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name of a directory that several machines share; the same on each of them, wherever they mount
/// it: 1 to 64 ASCII letters, digits, `-`, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeName(Arc<str>);

impl VolumeName {
    /// The most characters of a name.
    pub const MOST: usize = 64;

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for VolumeName {
    type Err = VolumeNameError;

    fn from_str(text: &str) -> Result<Self, VolumeNameError> {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let fits = (1..=Self::MOST).contains(&text.len());
        if fits && text.bytes().all(fine) { Ok(Self(text.into())) } else { Err(VolumeNameError) }
    }
}

impl fmt::Display for VolumeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A text that no volume can be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a volume is 1 to 64 letters, digits, `-`, `_` and `.`")]
pub struct VolumeNameError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_short_and_plain() {
        for name in ["team", "a", "Team-1_x.y", &"n".repeat(64)] {
            assert_eq!(name.parse::<VolumeName>().unwrap().to_string(), name);
        }
        for name in ["", "a b", "a:b", "a/b", "ü", "a\n", &"n".repeat(65)] {
            assert_eq!(name.parse::<VolumeName>(), Err(VolumeNameError), "{name}");
        }
    }
}
