//! The difference between a copy and the collection as JSON.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactDiff, FileDiff, FileStatus, FileText, hunks, quoted};

/// What differs, file by file. All fields but the last two are those of SkillMeat's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Diff {
    /// The artifact's id, `type:name`.
    pub artifact_id: String,
    /// Its name.
    pub artifact_name: String,
    /// Its type.
    pub artifact_type: String,
    /// The collection it was compared with.
    pub collection_name: String,
    /// The project that the copy is in.
    pub project_path: String,
    /// Whether any file differs.
    pub has_changes: bool,
    /// Every file of either, sorted by path.
    pub files: Vec<DiffFile>,
    /// How many files there are of each status.
    pub summary: DiffSummary,
    /// The profile root that the copy lies in.
    pub profile_root: String,
    /// Its path as recorded, below the profile root.
    pub path: String,
}

/// One file. All fields but the last are those of SkillMeat's server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct DiffFile {
    /// Its path below the artifact.
    pub file_path: String,
    /// `added`: in the collection only. `deleted`: in the project only. `modified` or `unchanged`.
    pub status: String,
    /// The SHA-256 of it in the collection, or null.
    pub collection_hash: Option<String>,
    /// The SHA-256 of it in the project, or null.
    pub project_hash: Option<String>,
    /// What leads from the collection's text to the project's, if it is modified, or null.
    pub unified_diff: Option<String>,
    /// Why a modified file has no such text: `not asked for`, `binary`, `too large` or `not UTF-8`; else
    /// null.
    pub omitted: Option<String>,
}

/// How many files there are of each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct DiffSummary {
    /// In the collection only.
    pub added: usize,
    /// In both and different.
    pub modified: usize,
    /// In the project only.
    pub deleted: usize,
    /// In both and the same.
    pub unchanged: usize,
}

impl From<&ArtifactDiff> for Diff {
    fn from(diff: &ArtifactDiff) -> Self {
        Self {
            artifact_id: diff.artifact.to_string(),
            artifact_name: diff.artifact.name().to_owned(),
            artifact_type: diff.artifact.kind().to_owned(),
            collection_name: diff.collection.clone(),
            project_path: diff.project.to_string(),
            has_changes: diff.has_changes(),
            files: diff.files.iter().map(Into::into).collect(),
            summary: DiffSummary {
                added: diff.count(FileStatus::OnlyInCollection),
                modified: diff.count(FileStatus::Modified),
                deleted: diff.count(FileStatus::OnlyInCopy),
                unchanged: diff.count(FileStatus::Unchanged),
            },
            profile_root: diff.profile_root.to_string(),
            path: diff.path.clone(),
        }
    }
}

impl From<&FileDiff> for DiffFile {
    fn from(file: &FileDiff) -> Self {
        let text = match file {
            FileDiff::Both { original, copy } if original.hash != copy.hash => {
                Some(unified(file.path(), &original.text, &copy.text))
            }
            FileDiff::Both { .. } | FileDiff::OnlyInCollection(_) | FileDiff::OnlyInCopy(_) => None,
        };
        let (unified_diff, omitted) = match text {
            None => (None, None),
            Some(Ok(text)) => (Some(text), None),
            Some(Err(why)) => (None, Some(why.to_owned())),
        };
        Self {
            file_path: file.path().to_owned(),
            status: status(file.status()).to_owned(),
            collection_hash: file.original().map(|original| original.hash.to_string()),
            project_hash: file.copy().map(|copy| copy.hash.to_string()),
            unified_diff,
            omitted,
        }
    }
}

/// Returns SkillMeat's name of a status, which says what deploying again would do.
fn status(status: FileStatus) -> &'static str {
    match status {
        FileStatus::OnlyInCollection => "added",
        FileStatus::Modified => "modified",
        FileStatus::OnlyInCopy => "deleted",
        FileStatus::Unchanged => "unchanged",
    }
}

/// Returns the difference of two texts, or why there is none.
fn unified(path: &str, original: &FileText, copy: &FileText) -> Result<String, &'static str> {
    let (original, copy) = (text(original)?, text(copy)?);
    let label = |side: &str| quoted(&format!("{side}/{path}")).into_owned();
    let mut unified = format!("--- {}\n+++ {}\n", label("collection"), label("project"));
    for hunk in hunks(original.as_bytes(), copy.as_bytes()) {
        writeln!(unified, "@@ -{} +{} @@", hunk.before, hunk.after)
            .expect("writing to a String cannot fail");
        for line in hunk.lines {
            unified.push(line.change.sign());
            // Lines of UTF-8 are UTF-8.
            unified += &String::from_utf8_lossy(line.text);
            if !line.text.ends_with(b"\n") {
                unified += "\n\\ No newline at end of file\n";
            }
        }
    }
    Ok(unified)
}

fn text(text: &FileText) -> Result<&str, &'static str> {
    match text {
        FileText::Known(bytes) => str::from_utf8(bytes).map_err(|_| "not UTF-8"),
        FileText::NotAsked => Err("not asked for"),
        FileText::Binary => Err("binary"),
        FileText::TooLarge => Err("too large"),
    }
}

#[cfg(test)]
mod tests {
    use skillstat_domain::{ContentHash, ListedFile};

    use super::*;

    fn file(content: u8, text: FileText) -> ListedFile {
        let hash = ContentHash::from_bytes([content; 32]);
        ListedFile { path: "a/b.md".to_owned(), hash, size_bytes: 1, executable: false, text }
    }

    fn known(text: &[u8]) -> FileText {
        FileText::Known(text.into())
    }

    fn both(original: FileText, copy: FileText) -> DiffFile {
        (&FileDiff::Both { original: file(1, original), copy: file(2, copy) }).into()
    }

    #[test]
    fn a_modified_text_has_its_lines_once() {
        let diff = both(known(b"one\ntwo\nend"), known(b"one\r\ntwo\nend\n"));
        let expected = "--- collection/a/b.md\n+++ project/a/b.md\n@@ -1,3 +1,3 @@\n-one\n+one\r\n two\n\
                        -end\n\\ No newline at end of file\n+end\n";
        assert_eq!(diff.unified_diff.as_deref(), Some(expected));
        assert_eq!((diff.status.as_str(), diff.omitted), ("modified", None));
    }

    #[test]
    fn what_is_not_compared_by_line_says_why() {
        let why = |original, copy| both(original, copy).omitted.unwrap();
        assert_eq!(why(FileText::Binary, known(b"x")), "binary");
        assert_eq!(why(known(b"x"), FileText::TooLarge), "too large");
        assert_eq!(why(known(b"x"), known(b"\xff")), "not UTF-8");
        assert_eq!(why(FileText::NotAsked, FileText::NotAsked), "not asked for");
    }

    #[test]
    fn directions_are_those_of_deploying_again() {
        let added = DiffFile::from(&FileDiff::OnlyInCollection(file(1, known(b"x"))));
        assert_eq!((added.status.as_str(), added.project_hash), ("added", None));
        assert_eq!((added.unified_diff, added.omitted), (None, None));
        let deleted = DiffFile::from(&FileDiff::OnlyInCopy(file(1, FileText::NotAsked)));
        assert_eq!((deleted.status.as_str(), deleted.collection_hash), ("deleted", None));
        let same = FileDiff::Both { original: file(1, known(b"x")), copy: file(1, known(b"x")) };
        assert_eq!(DiffFile::from(&same).status, "unchanged");
    }
}
