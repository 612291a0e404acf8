//! What a backup says of itself.

use std::fmt::Write as _;

use camino::{Utf8Path, Utf8PathBuf};
use skillstat_domain::{
    ArtifactId, Backup, BackupId, ContentHash, DeployedAt, ProfileRoot, ProjectPath, RecordedPath,
};
use toml::Table;

use crate::entry::Copied;
use crate::tracker::quoted;

/// The version of the format; a backup of another version is not understood.
const VERSION: i64 = 1;

/// `meta.toml`: `version`, `at` (UTC), `artifact`, `project`, `profile_root`, `blocks` (the records,
/// each as a document), and `[[place]]` with `path` and, when something was there, `fingerprint` and
/// `size_bytes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) at: DeployedAt,
    pub(crate) artifact: ArtifactId,
    pub(crate) project: ProjectPath,
    pub(crate) profile_root: ProfileRoot,
    pub(crate) blocks: Vec<String>,
    pub(crate) places: Vec<KeptPlace>,
}

/// A place, and what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptPlace {
    /// Below the profile root.
    pub(crate) path: Utf8PathBuf,
    /// Nothing when nothing was there.
    pub(crate) copied: Option<Copied>,
}

impl Meta {
    /// Returns what a list says of it.
    pub(crate) fn backup(&self, id: BackupId) -> Backup {
        let kept = self.places.iter().filter_map(|place| Some((place, place.copied?)));
        Backup {
            id,
            at: self.at.clone(),
            artifact: self.artifact.clone(),
            project: self.project.clone(),
            profile_root: self.profile_root.clone(),
            paths: kept.clone().map(|(place, _)| place.path.clone()).collect(),
            recorded: !self.blocks.is_empty(),
            size_bytes: kept.map(|(_, copied)| copied.size).sum(),
        }
    }

    /// Writes it.
    pub(super) fn to_text(&self) -> String {
        let blocks: Vec<_> = self.blocks.iter().map(|block| quoted(block)).collect();
        let mut text = format!(
            "version = {VERSION}\nat = {}\nartifact = {}\nproject = {}\nprofile_root = {}\nblocks = [{}]\n",
            quoted(&self.at.to_string()),
            quoted(self.artifact.as_str()),
            quoted(self.project.as_str()),
            quoted(self.profile_root.as_str()),
            blocks.join(", "),
        );
        for KeptPlace { path, copied } in &self.places {
            writeln!(text, "[[place]]\npath = {}", quoted(path.as_str())).expect("a String");
            if let Some(Copied { fingerprint, size }) = copied {
                let fingerprint = ContentHash::from_bytes(*fingerprint);
                writeln!(text, "fingerprint = \"{fingerprint}\"\nsize_bytes = {size}")
                    .expect("a String");
            }
        }
        text
    }

    /// Reads what [`to_text`](Self::to_text) writes; nothing when it is anything else.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let table: Table = toml::from_str(text).ok()?;
        if table.get("version")?.as_integer()? != VERSION {
            return None;
        }
        let text = |key: &str| table.get(key)?.as_str();
        let place = |value: &toml::Value| -> Option<KeptPlace> {
            let place = value.as_table()?;
            let copied = match place.get("fingerprint") {
                None => None,
                Some(fingerprint) => {
                    let fingerprint: ContentHash = fingerprint.as_str()?.parse().ok()?;
                    let size = u64::try_from(place.get("size_bytes")?.as_integer()?).ok()?;
                    Some(Copied { fingerprint: *fingerprint.as_bytes(), size })
                }
            };
            let path = RecordedPath::new(place.get("path")?.as_str()?).inside().ok()?;
            Some(KeptPlace { path, copied })
        };
        let blocks = table.get("blocks")?.as_array()?.iter();
        Some(Self {
            at: text("at")?.parse().ok()?,
            artifact: ArtifactId::from_printed(text("artifact")?).ok()?,
            project: ProjectPath::new(Utf8Path::new(text("project")?)).ok()?,
            profile_root: ProfileRoot::new(text("profile_root")?).ok()?,
            blocks: blocks.map(|block| block.as_str().map(str::to_owned)).collect::<Option<_>>()?,
            places: match table.get("place") {
                None => Vec::new(),
                Some(places) => places.as_array()?.iter().map(place).collect::<Option<_>>()?,
            },
        })
    }
}
