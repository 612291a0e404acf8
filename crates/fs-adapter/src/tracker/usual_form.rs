//! Trackers in the form in which SkillMeat writes them, line by line, which is many times faster than
//! TOML as a whole.
//!
//! Every line must be one of these, and end with LF:
//!
//! ```text
//! [[deployed]]
//! KEY = "TEXT"                  each key at most once in a record, for all but the two below
//! local_modifications = false   or true
//! version_lineage = [
//!     "TEXT",                   four spaces; any number of these lines
//! ]
//! (nothing)
//! ```
//!
//! `TEXT` is UTF-8 without quote, backslash or control character, so that TOML, too, takes it as it
//! stands. `KEY` is one that SkillMeat writes (its `Deployment.to_dict`, printed by `tomli_w`), so that no
//! line starts with a quote, a dot or a space. A text of such lines is TOML, and can be read in one way
//! only. Anything else, and a record that lacks anything or holds what is no date or id, is left to
//! [`Document`](super::document::Document), the whole text of it.

use skillstat_domain::{ArtifactId, Baseline, RecordedPath};

use super::record::Fields;

/// The keys of a record. Those that count come first, in the order that [`Record::fields`] takes them in.
const KEYS: [&str; 18] = [
    "artifact_name",
    "artifact_type",
    "artifact_path",
    "collection_sha",
    "content_hash",
    "deployed_at",
    "from_collection",
    "deployment_profile_id",
    "local_modifications",
    "version_lineage",
    "merge_base_snapshot",
    "platform",
    "profile_root_dir",
    "artifact_uuid",
    "parent_hash",
    "last_modified_check",
    "modification_detected_at",
    "branch_name",
];

/// Passes each record on with the number of its first line; nothing when the text is not of this form or
/// a record is not good, and then what was passed on counts for nothing.
pub(super) fn read(text: &str, mut good: impl FnMut(u32, Fields)) -> Option<()> {
    if !(text.is_empty() || text.ends_with('\n')) {
        return None;
    }
    let mut lines = (1..).zip(text.split_terminator('\n'));
    let mut current: Option<Record<'_>> = None;
    while let Some((number, line)) = lines.next() {
        match line {
            "" => {}
            "[[deployed]]" => {
                let next = Record { line: number, values: [None; KEYS.len()] };
                if let Some(record) = current.replace(next) {
                    good(record.line, record.fields()?);
                }
            }
            line => current.as_mut()?.take(line, lines.by_ref().map(|(_, line)| line))?,
        }
    }
    if let Some(record) = current {
        good(record.line, record.fields()?);
    }
    Some(())
}

/// A record as it stands.
struct Record<'a> {
    line: u32,
    /// What was there for each of [`KEYS`]; no text where it is none.
    values: [Option<&'a str>; KEYS.len()],
}

impl<'a> Record<'a> {
    /// Takes a key and its value, which may go on in the lines below.
    fn take(&mut self, line: &'a str, mut below: impl Iterator<Item = &'a str>) -> Option<()> {
        let (key, value) = line.split_once(' ')?;
        let value = value.strip_prefix("= ")?;
        let text = match (key, value) {
            ("local_modifications", "false" | "true") => "",
            ("version_lineage", "[") => loop {
                match below.next()? {
                    "]" => break "",
                    line => text(line.strip_prefix("    ")?.strip_suffix(',')?)?,
                };
            },
            ("local_modifications" | "version_lineage", _) => return None,
            _ => text(value)?,
        };
        let place = KEYS.iter().position(|known| *known == key)?;
        match self.values[place].replace(text) {
            None => Some(()),
            Some(_) => None,
        }
    }

    /// Reads the values as [`record::fields`](super::record::fields) does, where that finds no fault.
    fn fields(&self) -> Option<Fields> {
        let [name, kind, path, collection_sha, content_hash, deployed_at, collection, profile, ..] =
            self.values;
        let baseline = [collection_sha, content_hash].into_iter().flatten();
        let baseline = baseline.into_iter().find(|text| !text.is_empty())?;
        Some(Fields {
            artifact: ArtifactId::new(kind?, name?).ok()?,
            path: RecordedPath::new(path?),
            baseline: Baseline::new(baseline),
            deployed_at: deployed_at?.parse().ok()?,
            from_collection: collection.map(Into::into),
            profile_id: profile.map(Into::into),
        })
    }
}

/// Returns what a string holds that needs no second look.
fn text(value: &str) -> Option<&str> {
    let text = value.strip_prefix('"')?.strip_suffix('"')?;
    let plain = |byte: u8| byte >= b' ' && byte != 0x7f && byte != b'"' && byte != b'\\';
    // No way out at the first one that is not: so it takes many bytes at a time.
    text.bytes().fold(true, |all, byte| all & plain(byte)).then_some(text)
}
