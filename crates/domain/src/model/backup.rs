//! What was replaced or removed, and can be had back.

use std::fmt;
use std::str::FromStr;

use camino::Utf8PathBuf;

use crate::{ArtifactId, DeployedAt, ProfileRoot, ProjectPath};

/// Something that a deploy, an undeploy or a restore took away and that is still kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// By which it is asked for.
    pub id: BackupId,
    /// When it was taken away, in UTC.
    pub at: DeployedAt,
    /// The artifact it was a copy of.
    pub artifact: ArtifactId,
    /// The project it was in.
    pub project: ProjectPath,
    /// The profile root it was in.
    pub profile_root: ProfileRoot,
    /// Where it was, below the profile root; several when one write took away several.
    pub paths: Vec<Utf8PathBuf>,
    /// Whether there was a record of it.
    pub recorded: bool,
    /// The bytes it takes.
    pub size_bytes: u64,
}

/// The name of a backup: letters of ASCII, digits and `-`.
///
/// The order is that of the text, which is the order in which they were made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BackupId(Box<str>);

impl BackupId {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BackupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for BackupId {
    type Err = BackupIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if text.is_empty() || text.len() > 64 || !text.bytes().all(good) {
            return Err(BackupIdError);
        }
        Ok(Self(text.into()))
    }
}

/// A text that is no name of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a backup has up to 64 letters, digits and `-`")]
pub struct BackupIdError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_lead_anywhere() {
        for text in ["", ".", "..", "a/b", "a b", "é", "a\0", &"a".repeat(65)] {
            assert_eq!(text.parse::<BackupId>(), Err(BackupIdError), "{text:?}");
        }
        for text in ["20260102T030405-4f", &"a".repeat(64)] {
            assert_eq!(text.parse::<BackupId>().unwrap().as_str(), text);
        }
    }
}
