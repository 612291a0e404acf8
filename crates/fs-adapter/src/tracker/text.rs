//! A tracker as text: which bytes are which record, and the same text with the records of one artifact
//! written, put back or taken away.
//!
//! Whatever is not that record stays byte for byte, because it is never parsed and printed: the parser
//! tells the places, and the text is cut there. (Why not `toml_edit`: it prints `\r\n` as `\n`.) In
//! the end the new text is read again, and if anything else means something else now it is refused.

mod cut;
mod meaning;

use std::ops::Range;

use skillstat_domain::{
    ArtifactId, Baseline, DeployError, DeployedAt, RecordedPath, records_of_copy,
};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::record_text::{last_byte, line_end, line_start};
use super::{BYTE_ORDER_MARK, record};
use crate::lines::Lines;

/// The text of a tracker and where its records stand.
#[derive(Debug, Clone)]
pub(crate) struct TrackerText {
    /// The path of the tracker, for errors.
    path: String,
    marked: bool,
    text: String,
    form: Form,
    /// Where each entry stands, whether it is a good record or not; whole lines when it is a table.
    entries: Vec<Range<usize>>,
    records: Vec<Recorded>,
}

/// How the records of a file are written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Each under `[[deployed]]`, or there is none.
    Tables,
    /// As `deployed = []`, at this place.
    Empty(Range<usize>),
    /// As `deployed = [{…}]`; the place of the array.
    Inline(Range<usize>),
}

/// A record that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// Which artifact it is of.
    pub(crate) artifact: ArtifactId,
    /// Where the copy is.
    pub(crate) path: RecordedPath,
    /// What was deployed.
    pub(crate) baseline: Baseline,
    /// When it was deployed.
    pub(crate) deployed_at: DeployedAt,
    entry: usize,
}

impl TrackerText {
    /// Reads a tracker; `path` is for errors.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Tracker`] when it is not TOML, or `deployed` is no array.
    pub(crate) fn parse(path: &str, bytes: &[u8]) -> Result<Self, DeployError> {
        let refused = |at, reason: String| DeployError::Tracker {
            path: path.to_owned(),
            line: Some(Lines::new(bytes, 1).at(at)),
            reason,
            fix: "correct the line".to_owned(),
        };
        let text = str::from_utf8(bytes)
            .map_err(|error| refused(error.valid_up_to(), "is not UTF-8".to_owned()))?;
        let marked = text.starts_with(BYTE_ORDER_MARK);
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let mark = bytes.len() - text.len();
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            refused(mark + at, format!("is not TOML: {}", error.message().replace('\n', ", ")))
        })?;
        let mut parsed = Self {
            path: path.to_owned(),
            marked,
            text: text.to_owned(),
            form: Form::Tables,
            entries: Vec::new(),
            records: Vec::new(),
        };
        let Some((key, value)) = table.get_ref().get_key_value("deployed") else {
            return Ok(parsed);
        };
        let DeValue::Array(entries) = value.get_ref() else {
            let kind = value.get_ref().type_str();
            let reason = format!("has `deployed` of type {kind}, not an array of tables");
            return Err(refused(mark + value.span().start, reason));
        };
        // The header of a table holds its key; the key of an array stands before it.
        if key.span().start < value.span().start {
            parsed.form = if entries.is_empty() {
                Form::Empty(key.span().start..value.span().end)
            } else {
                Form::Inline(value.span())
            };
        }
        for (index, entry) in entries.iter().enumerate() {
            parsed.entries.push(parsed.place(entry));
            parsed.records.extend(recorded(index, entry));
        }
        Ok(parsed)
    }

    /// Returns the records that can be read, in their order.
    pub(crate) fn records(&self) -> &[Recorded] {
        &self.records
    }

    /// Tells whether there are entries that are no records that can be read.
    pub(crate) fn has_malformed(&self) -> bool {
        self.records.len() < self.entries.len()
    }

    /// Returns which records belong to the copy of an artifact.
    pub(crate) fn of(&self, artifact: &ArtifactId) -> Vec<usize> {
        records_of_copy(
            self.records.iter().map(|record| (&record.artifact, &record.path)),
            artifact,
        )
    }

    /// Returns the records of the copy of an artifact, each as a document that holds nothing else.
    pub(crate) fn blocks(&self, artifact: &ArtifactId) -> Vec<String> {
        let block = |&record: &usize| {
            let text = &self.text[self.entries[self.records[record].entry].clone()];
            match self.form {
                Form::Tables => text.to_owned(),
                Form::Empty(_) | Form::Inline(_) => format!("deployed = [{text}]\n"),
            }
        };
        self.of(artifact).iter().map(block).collect()
    }

    /// Returns how the file ends its lines.
    pub(crate) fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// Returns the tracker with `blocks` in the place of the records of the copy of `artifact`, in
    /// their order; those that have no place yet come to the end of the file.
    ///
    /// # Errors
    ///
    /// - [`DeployError::Tracker`] when that would change the meaning of anything else, as when a record
    ///   stands in several pieces.
    pub(crate) fn with(
        &self,
        artifact: &ArtifactId,
        blocks: &[String],
    ) -> Result<Self, DeployError> {
        let of_copy = self.of(artifact);
        let of_copy: Vec<_> = of_copy.iter().map(|&record| self.records[record].entry).collect();
        let mut new = self.clone();
        let mut meaning = self.meaning()?;
        for (&entry, block) in of_copy.iter().zip(blocks) {
            new = new.reread(new.replaced(entry, block))?;
            meaning.replace(entry, block);
        }
        for &entry in of_copy.iter().skip(blocks.len()).rev() {
            new = new.reread(new.removed(entry))?;
            meaning.remove(entry);
        }
        for block in blocks.iter().skip(of_copy.len()) {
            new = new.reread(new.appended(block))?;
            meaning.append(block);
        }
        if new.meaning()?.is(&meaning) { Ok(new) } else { Err(self.in_pieces()) }
    }

    /// Returns the bytes of the file.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        let mark = if self.marked { BYTE_ORDER_MARK } else { "" };
        [mark, &self.text].concat().into_bytes()
    }

    fn meaning(&self) -> Result<meaning::Meaning<'_>, DeployError> {
        meaning::Meaning::of(&self.text).ok_or_else(|| self.in_pieces())
    }

    /// Reads a text that came of cutting.
    fn reread(&self, text: Option<String>) -> Result<Self, DeployError> {
        let text = text.ok_or_else(|| self.in_pieces())?;
        let new = Self::parse(&self.path, text.as_bytes()).map_err(|_| self.in_pieces())?;
        Ok(Self { marked: self.marked, ..new })
    }

    fn in_pieces(&self) -> DeployError {
        DeployError::Tracker {
            path: self.path.clone(),
            line: None,
            reason: "has a record that cannot be written without changing others".to_owned(),
            fix: "write each record in one piece under its own `[[deployed]]`".to_owned(),
        }
    }

    fn place(&self, entry: &Spanned<DeValue<'_>>) -> Range<usize> {
        match self.form {
            Form::Tables => {
                line_start(&self.text, entry.span().start)..line_end(&self.text, last_byte(entry))
            }
            Form::Empty(_) | Form::Inline(_) => entry.span(),
        }
    }
}

/// Reads one entry; nothing when it is malformed, for then it is left alone.
fn recorded(entry: usize, value: &Spanned<DeValue<'_>>) -> Option<Recorded> {
    let DeValue::Table(table) = value.get_ref() else { return None };
    let record::Fields { artifact, path, baseline, deployed_at, .. } =
        record::fields(table).ok()?;
    Some(Recorded { artifact, path, baseline, deployed_at, entry })
}

#[cfg(test)]
mod tests;
