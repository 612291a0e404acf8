//! What was deployed from here, so that a record that another program takes away is missed.
//!
//! A receipt is a file `<state>/receipts/<hash of project, profile root and artifact>.toml`. It is
//! written after the record, deleted when the copy is undeployed, and never trusted: it only says where
//! to look.

use std::fmt::Write as _;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use sha2::{Digest, Sha256};
use skillstat_domain::{
    ArtifactId, ContentHash, DeployError, Occupant, Problem, ProblemKind, ProfileRoot, ProjectPath,
    RecordedPath,
};
use toml::Table;

use super::beneath::failed;
use super::search_roots::{Absent, SearchRoots};
use super::state_directory::StateDirectory;
use super::tracker_file::TrackerFile;
use crate::hasher;
use crate::layout::TRACKER_FILE;
use crate::tracker::quoted;

/// The version of the format; a receipt of another version is not understood.
const VERSION: i64 = 1;

/// Keeps receipts in a directory.
#[derive(Debug)]
pub(crate) struct Receipts(pub(crate) PathBuf);

/// A copy that was deployed from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) project: ProjectPath,
    pub(crate) profile_root: ProfileRoot,
    pub(crate) artifact: ArtifactId,
    /// Where, below the profile root.
    pub(crate) path: Utf8PathBuf,
    pub(crate) hash: ContentHash,
}

impl Receipts {
    /// Writes a receipt in the place of an older one.
    pub(crate) fn write(&self, receipt: &Receipt) -> Result<(), DeployError> {
        let directory = StateDirectory::open(&self.0)?;
        let name = name(&receipt.project, &receipt.profile_root, &receipt.artifact);
        directory
            .write(&name, &receipt.to_text())
            .map_err(|error| failed(directory.show(&name), "written", &error))
    }

    /// Deletes a receipt, if there is one.
    pub(crate) fn remove(
        &self,
        project: &ProjectPath,
        profile_root: &ProfileRoot,
        artifact: &ArtifactId,
    ) -> Result<(), DeployError> {
        let Some(directory) = StateDirectory::open_if_there(&self.0)? else { return Ok(()) };
        let name = name(project, profile_root, artifact);
        directory.remove(&name).map_err(|error| failed(directory.show(&name), "deleted", &error))
    }

    /// Returns a problem for each copy that is still there as it was deployed, without a record of its
    /// artifact. Copies that are gone, or are something else now, were taken away on purpose.
    pub(crate) fn vanished(&self, roots: &SearchRoots) -> Vec<Problem> {
        let Ok(Some(directory)) = StateDirectory::open_if_there(&self.0) else { return Vec::new() };
        let names = directory.names().unwrap_or_default().into_iter();
        let receipts = names.filter_map(|name| Receipt::from_text(&directory.read(&name).ok()?));
        let mut vanished: Vec<_> = receipts.filter_map(|receipt| receipt.vanished(roots)).collect();
        vanished.sort();
        vanished
    }
}

impl Receipt {
    fn vanished(&self, roots: &SearchRoots) -> Option<Problem> {
        let project = roots.open(&self.project, Absent::Refuse).ok()?;
        let root = project.profile_root(&self.profile_root).ok()??;
        if root.occupant(&self.path) != Occupant::Content(self.hash) {
            return None;
        }
        let tracker = TrackerFile::read(&root).ok()?;
        if tracker.text.records().iter().any(|record| record.artifact == self.artifact) {
            return None;
        }
        let profile = skillstat_domain::DeploymentProfile::of_root(self.profile_root.clone());
        Some(Problem {
            path: root.show(TRACKER_FILE),
            line: None,
            kind: ProblemKind::VanishedRecord,
            reason: format!(
                "lacks the record of `{}`, which was deployed from here and lies at `{}`",
                self.artifact,
                root.show(&self.path)
            ),
            fix: format!(
                "record it again with `skillstat deploy {} --project {} --profile {profile}`",
                shell_quoted(self.artifact.as_str()),
                shell_quoted(self.project.as_str()),
            ),
            artifact: Some(self.artifact.clone()),
        })
    }

    fn to_text(&self) -> String {
        let mut text = format!("version = {VERSION}\n");
        for (key, value) in [
            ("project", self.project.as_str()),
            ("profile_root", self.profile_root.as_str()),
            ("artifact", self.artifact.as_str()),
            ("path", self.path.as_str()),
            ("hash", &self.hash.to_string()),
        ] {
            writeln!(text, "{key} = {}", quoted(value)).expect("a String");
        }
        text
    }

    fn from_text(text: &str) -> Option<Self> {
        let table: Table = toml::from_str(text).ok()?;
        if table.get("version")?.as_integer()? != VERSION {
            return None;
        }
        let text = |key: &str| table.get(key)?.as_str();
        Some(Self {
            project: ProjectPath::new(Utf8Path::new(text("project")?)).ok()?,
            profile_root: ProfileRoot::new(text("profile_root")?).ok()?,
            artifact: ArtifactId::from_printed(text("artifact")?).ok()?,
            path: RecordedPath::new(text("path")?).inside().ok()?,
            hash: text("hash")?.parse().ok()?,
        })
    }
}

fn name(project: &ProjectPath, profile_root: &ProfileRoot, artifact: &ArtifactId) -> String {
    let mut digest = Sha256::new();
    for part in [project.as_str(), profile_root.as_str(), artifact.as_str()] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    format!("{}.toml", hasher::digest(digest))
}

/// Writes a text so that a shell takes it as one word.
fn shell_quoted(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:@+,".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_read_as_it_was_written() {
        let receipt = Receipt {
            project: ProjectPath::new(Utf8Path::new("/dev/a \"b\"\n")).unwrap(),
            profile_root: ProfileRoot::new(".claude").unwrap(),
            artifact: "skill:a:b".parse().unwrap(),
            path: "skills/a:b".into(),
            hash: ContentHash::from_bytes([9; 32]),
        };
        assert_eq!(Receipt::from_text(&receipt.to_text()).as_ref(), Some(&receipt));
        // A name of which one extension is left: none is taken off again.
        let receipt =
            Receipt { artifact: ArtifactId::new("command", "a.md.md").unwrap(), ..receipt };
        assert_eq!(Receipt::from_text(&receipt.to_text()), Some(receipt));
        assert_eq!(Receipt::from_text("version = 2\n"), None);
    }

    #[test]
    fn a_command_can_be_pasted() {
        assert_eq!(shell_quoted("/dev/shop"), "/dev/shop");
        assert_eq!(shell_quoted("it's here"), r"'it'\''s here'");
        assert_eq!(shell_quoted(""), "''");
    }
}
