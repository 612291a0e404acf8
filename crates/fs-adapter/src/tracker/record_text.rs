//! The text of one record: written anew, or with some values changed and all else as it was.

use std::fmt::Write as _;
use std::ops::Range;

use skillstat_domain::{ContentHash, DeployedAt, DeploymentProfile};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What a deploy says of a copy.
#[derive(Debug, Clone)]
pub(crate) struct NewRecord<'a> {
    /// The artifact's name as the manifest has it.
    pub(crate) name: &'a str,
    /// The artifact's type.
    pub(crate) kind: &'a str,
    /// The collection's name.
    pub(crate) collection: &'a str,
    /// When it is deployed.
    pub(crate) deployed_at: &'a DeployedAt,
    /// Where, below the profile root.
    pub(crate) path: &'a str,
    /// The hash of the copy.
    pub(crate) hash: ContentHash,
    /// For whom.
    pub(crate) profile: &'a DeploymentProfile,
}

/// What a key of a record is set to.
enum Set {
    /// In any case.
    Always(String),
    /// Only when the record does not say anything yet.
    IfAbsent(String),
}

/// Keys that speak of the content that was there before. SkillMeat, too, leaves them out of the record of
/// a fresh copy; the lineage that is absent is that of the hash alone.
const OF_THE_OLD_CONTENT: [&str; 5] = [
    "parent_hash",
    "version_lineage",
    "last_modified_check",
    "modification_detected_at",
    "branch_name",
];

impl NewRecord<'_> {
    /// Returns a record with the keys, and in the order, that SkillMeat 0.74.0 writes.
    pub(crate) fn fresh(&self, newline: &str) -> String {
        let mut text = format!("[[deployed]]{newline}");
        for (key, Set::Always(value) | Set::IfAbsent(value)) in self.keys() {
            write!(text, "{key} = {value}{newline}").expect("writing to a String cannot fail");
        }
        text
    }

    /// Returns a record that is there with what is new; comments, unknown keys and their order stay, and
    /// so does the name by which it is known. Nothing when the text is not that of one record.
    pub(crate) fn updated(&self, text: &str) -> Option<String> {
        let parsed = DeTable::parse(text).ok()?;
        let record = only_record(parsed.get_ref())?;
        let form = if heads_record(text) { Form::Table } else { Form::Inline };
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        let mut added = String::new();
        for (key, set) in self.keys() {
            match (find(record, key), set) {
                (Some((_, value)), Set::Always(new)) if key != "artifact_name" => {
                    edits.push((value, new));
                }
                (Some(_), _) => {}
                (None, Set::Always(new) | Set::IfAbsent(new)) => match form {
                    Form::Table => added.extend([key, " = ", &*new, newline]),
                    Form::Inline => added.extend([", ", key, " = ", &*new]),
                },
            }
        }
        for key in OF_THE_OLD_CONTENT {
            if let Some((key, value)) = find(record, key) {
                edits.push((form.whole_entry(text, record, key.start..value.end), String::new()));
            }
        }
        if !added.is_empty() {
            let own = record.iter().filter(|(key, _)| !is_table_of_its_own(text, key));
            let mut end = own.map(|(_, value)| last_byte(value)).max()?;
            if let Form::Table = form {
                end = line_end(text, end);
                if !text[..end].ends_with('\n') {
                    added.insert_str(0, newline);
                }
            }
            edits.push((end..end, added));
        }
        Some(edited(text, edits))
    }

    fn keys(&self) -> [(&'static str, Set); 12] {
        let text = |value: &str| Set::Always(quoted(value));
        let hash = self.hash.to_string();
        [
            ("artifact_name", text(self.name)),
            ("artifact_type", text(self.kind)),
            ("from_collection", text(self.collection)),
            ("deployed_at", text(&self.deployed_at.to_string())),
            ("artifact_path", text(self.path)),
            ("content_hash", text(&hash)),
            ("local_modifications", Set::Always("false".to_owned())),
            ("merge_base_snapshot", text(&hash)),
            ("deployment_profile_id", Set::IfAbsent(quoted(self.profile.id()))),
            ("platform", Set::IfAbsent(quoted(self.profile.platform()))),
            // SkillMeat moves a record that does not say this to `.claude`.
            ("profile_root_dir", text(self.profile.root().as_str())),
            ("collection_sha", text(&hash)),
        ]
    }
}

/// How a record is written.
#[derive(Clone, Copy)]
enum Form {
    /// Under `[[deployed]]`, a key a line.
    Table,
    /// In braces.
    Inline,
}

impl Form {
    /// Returns what goes when a key and its value go, given where they stand.
    fn whole_entry(self, text: &str, record: &DeTable<'_>, entry: Range<usize>) -> Range<usize> {
        match self {
            Self::Table => line_start(text, entry.start)..line_end(text, entry.end),
            Self::Inline => {
                // The comma after it, up to the next key; for the last key the comma before it.
                let starts = record.iter().map(|(key, _)| key.span().start);
                if let Some(next) = starts.filter(|&start| start > entry.start).min() {
                    return entry.start..next;
                }
                let ends = record.iter().map(|(_, value)| last_byte(value));
                ends.filter(|&end| end <= entry.start).max().unwrap_or(entry.start)..entry.end
            }
        }
    }
}

/// Tells whether a text starts with the header of a record.
pub(super) fn heads_record(text: &str) -> bool {
    text.trim_start().starts_with('[')
}

/// Returns the one record of a text that is nothing but that.
pub(super) fn only_record<'a, 'i>(table: &'a DeTable<'i>) -> Option<&'a DeTable<'i>> {
    let (key, value) = table.iter().next()?;
    match value.get_ref() {
        DeValue::Array(records) if key.get_ref() == "deployed" && table.len() == 1 => {
            let mut records = records.iter();
            match (records.next()?.get_ref(), records.next()) {
                (DeValue::Table(record), None) => Some(record),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Writes a string as SkillMeat does: control characters but the tab by their number, the rest as it is.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\t' => quoted.push('\t'),
            letter if letter.is_ascii_control() => {
                write!(quoted, "\\u{:04X}", u32::from(letter)).expect("a String");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns where a key and its value stand.
fn find(record: &DeTable<'_>, key: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (key, value) = record.get_key_value(key)?;
    Some((key.span(), value.span()))
}

/// Tells a table under a header of its own from a value behind the key.
fn is_table_of_its_own(text: &str, key: &Spanned<toml::de::DeString<'_>>) -> bool {
    text[line_start(text, key.span().start)..].trim_start().starts_with('[')
}

/// Returns where the last byte of a value stands, or of what belongs to it.
pub(super) fn last_byte(value: &Spanned<DeValue<'_>>) -> usize {
    let within = match value.get_ref() {
        DeValue::Table(table) => table.iter().map(|(_, value)| last_byte(value)).max(),
        DeValue::Array(values) => values.iter().map(last_byte).max(),
        _ => None,
    };
    value.span().end.max(within.unwrap_or(0))
}

/// Returns the first byte of the line that holds the byte at `at`.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns the byte after the line that holds the byte before `at`, its end of line included.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// Replaces ranges that do not overlap.
pub(super) fn edited(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (range, new) in edits {
        result.push_str(&text[at..range.start]);
        result.push_str(&new);
        at = range.end;
    }
    result.push_str(&text[at..]);
    result
}
