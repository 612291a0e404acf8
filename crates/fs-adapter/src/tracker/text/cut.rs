//! Cutting the text: one entry replaced, taken away or added.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::super::record_text::{edited, heads_record, line_end, line_start, only_record};
use super::{Form, TrackerText};

impl TrackerText {
    /// Returns the text with a block in the place of an entry; nothing when the block is no record.
    pub(super) fn replaced(&self, entry: usize, block: &str) -> Option<String> {
        let place = self.entries[entry].clone();
        let block = match self.form {
            Form::Inline(_) => as_inline(block)?,
            Form::Tables | Form::Empty(_) => {
                let mut block = as_table(block)?;
                if !block.ends_with('\n') && place.end < self.text.len() {
                    block.push_str(self.newline());
                }
                block
            }
        };
        Some(edited(&self.text, vec![(place, block)]))
    }

    /// Returns the text without an entry.
    pub(super) fn removed(&self, entry: usize) -> Option<String> {
        let place = self.entries[entry].clone();
        if let Form::Inline(array) = &self.form {
            let gone = if let Some(next) = self.entries.get(entry + 1) {
                place.start..next.start
            } else if entry > 0 {
                self.entries[entry - 1].end..place.end
            } else {
                array.start + 1..array.end - 1
            };
            return Some(edited(&self.text, vec![(gone, String::new())]));
        }
        if self.entries.len() > 1 {
            let gone = with_one_gap(&self.text, place);
            return Some(edited(&self.text, vec![(gone, String::new())]));
        }
        // SkillMeat writes this into a tracker without records. It must come before every table.
        let empty = format!("deployed = []{}", self.newline());
        let first = self.first_table()?;
        Some(if first >= place.start {
            edited(&self.text, vec![(place, empty)])
        } else {
            let gone = with_one_gap(&self.text, place);
            edited(&self.text, vec![(first..first, empty), (gone, String::new())])
        })
    }

    /// Returns the text with a block added.
    pub(super) fn appended(&self, block: &str) -> Option<String> {
        if let Form::Inline(_) = &self.form {
            let end = self.entries.last()?.end;
            return Some(edited(&self.text, vec![(end..end, format!(", {}", as_inline(block)?))]));
        }
        let mut text = match &self.form {
            Form::Empty(entry) => {
                edited(&self.text, vec![(alone(&self.text, entry.clone()), String::new())])
            }
            Form::Tables | Form::Inline(_) => self.text.clone(),
        };
        let newline = self.newline();
        if !text.is_empty() {
            if !text.ends_with('\n') {
                text.push_str(newline);
            }
            if !text.trim_end_matches(['\r', '\n']).is_empty() && !ends_in_empty_line(&text) {
                text.push_str(newline);
            }
        }
        text.push_str(&as_table(block)?);
        Some(text)
    }

    /// Returns where the first line stands that is the header of a table.
    fn first_table(&self) -> Option<usize> {
        let table = DeTable::parse(&self.text).ok()?;
        let headers = table.get_ref().iter().filter(|(key, value)| {
            let behind_key = value.span().start > key.span().start;
            let table = matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
            table && !behind_key
        });
        let starts = headers.map(|(key, _)| line_start(&self.text, key.span().start));
        let starts = starts.filter(|&start| self.text[start..].trim_start().starts_with('['));
        Some(starts.min().unwrap_or(self.text.len()))
    }
}

/// Returns a record as lines under `[[deployed]]`.
fn as_table(block: &str) -> Option<String> {
    let parsed = DeTable::parse(block).ok()?;
    only_record(parsed.get_ref())?;
    if heads_record(block) {
        return Some(block.to_owned());
    }
    let values: toml::Table = toml::from_str(block).ok()?;
    toml::to_string(&values).ok().filter(|text| heads_record(text))
}

/// Returns a record in braces.
fn as_inline(block: &str) -> Option<String> {
    let parsed = DeTable::parse(block).ok()?;
    only_record(parsed.get_ref())?;
    if heads_record(block) {
        let values: toml::Table = toml::from_str(block).ok()?;
        return Some(values.get("deployed")?.as_array()?.first()?.to_string());
    }
    let DeValue::Array(entries) = parsed.get_ref().get("deployed")?.get_ref() else { return None };
    Some(block[entries.iter().next()?.span()].to_owned())
}

/// Adds to the lines of a record one of the empty lines around it, so that as many are left between
/// what is before it and what comes after it as there were.
fn with_one_gap(text: &str, place: Range<usize>) -> Range<usize> {
    let next_line_end = line_end(text, place.end);
    let gap_after = next_line_end > place.end && is_empty_line(&text[place.end..next_line_end]);
    let previous_line = line_start(text, place.start.saturating_sub(1));
    let gap_before =
        previous_line < place.start && is_empty_line(&text[previous_line..place.start]);
    match (gap_before, gap_after) {
        (_, true) if gap_before || place.start == 0 => place.start..next_line_end,
        (true, false) if place.end == text.len() => previous_line..place.end,
        _ => place,
    }
}

/// Returns the whole line of an entry when nothing else stands on it.
fn alone(text: &str, entry: Range<usize>) -> Range<usize> {
    let line = line_start(text, entry.start)..line_end(text, entry.end);
    let before = &text[line.start..entry.start];
    let after = &text[entry.end..line.end];
    if before.trim().is_empty() && after.trim().is_empty() { line } else { entry }
}

fn ends_in_empty_line(text: &str) -> bool {
    let last = line_start(text, text.len().saturating_sub(1));
    is_empty_line(&text[last..])
}

fn is_empty_line(line: &str) -> bool {
    line.trim().is_empty()
}
