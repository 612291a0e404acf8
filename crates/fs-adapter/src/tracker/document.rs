//! One tracker: from bytes to records and problems.

use std::cmp::Ordering;
use std::sync::Arc;

use skillstat_domain::{ArtifactId, DeploymentRecord, Problem, ProblemKind, ProfileRoot, Scanned};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::record::{self, Fields};
use super::{BYTE_ORDER_MARK, usual_form};
use crate::lines::Lines;

/// Where the records of one tracker go.
pub(super) struct Document<'a> {
    path: &'a Arc<str>,
    profile_root: &'a ProfileRoot,
    out: &'a mut Scanned<Vec<DeploymentRecord>>,
    /// How many problems there were.
    told: usize,
}

/// How many problems of one tracker are listed: a hostile one could hold a million.
const MAX_PROBLEMS: usize = 100;

impl<'a> Document<'a> {
    /// Prepares to read the tracker at `path`.
    pub(super) fn new(
        path: &'a Arc<str>,
        profile_root: &'a ProfileRoot,
        out: &'a mut Scanned<Vec<DeploymentRecord>>,
    ) -> Self {
        Self { path, profile_root, out, told: 0 }
    }

    /// Reads every record that can be read.
    pub(super) fn read(mut self, bytes: &[u8]) {
        let text = self.behind_mark(bytes);
        if self.read_usual_form(text).is_none() {
            self.read_toml(text);
        }
    }

    /// The same without the short way.
    #[cfg(any(test, feature = "test-util"))]
    pub(super) fn read_as_toml(mut self, bytes: &[u8]) {
        let text = self.behind_mark(bytes);
        self.read_toml(text);
    }

    fn behind_mark<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(text) = bytes.strip_prefix(BYTE_ORDER_MARK.as_bytes()) else { return bytes };
        let reason = "starts with a byte-order mark, so SkillMeat refuses the whole file";
        self.malformed(1, reason, "save it as UTF-8 without a byte-order mark");
        text
    }

    /// Reads a text of the usual form; nothing, and no record, when it is of another.
    fn read_usual_form(&mut self, text: &[u8]) -> Option<()> {
        let before = self.out.value.len();
        let text = str::from_utf8(text).ok()?;
        let read = usual_form::read(text, |line, fields| self.good_record(line, fields));
        if read.is_none() {
            self.out.value.truncate(before);
        }
        read
    }

    /// Reads a text of any form.
    fn read_toml(&mut self, text: &[u8]) {
        let Err((line, reason)) = self.read_block(text, 1) else { return };
        // Not TOML. Its tables are still looked at one by one, so that a slip in one record does
        // not hide the others; a table that is not TOML by itself counts for nothing.
        let mut blamed = false;
        for (first_line, block) in blocks(text) {
            if let Err((line, reason)) = self.read_block(block, first_line) {
                blamed = true;
                self.not_toml(line, &reason);
            }
        }
        if !blamed {
            self.not_toml(line, &reason);
        }
    }

    /// Reads one TOML document whose first line has the number `first_line`.
    fn read_block(&mut self, bytes: &[u8], first_line: u32) -> Result<(), (u32, String)> {
        let lines = Lines::new(bytes, first_line);
        let text = str::from_utf8(bytes).map_err(|error| {
            (lines.at(error.valid_up_to()), "a byte that is not UTF-8".to_owned())
        })?;
        let table = DeTable::parse(text).map_err(|error| {
            (
                lines.at(error.span().map_or(0, |span| span.start)),
                error.message().replace('\n', ", "),
            )
        })?;
        if let Some((_, deployed)) =
            table.get_ref().iter().find(|(key, _)| key.get_ref() == "deployed")
        {
            self.read_records(deployed, &lines);
        }
        Ok(())
    }

    fn read_records(&mut self, deployed: &Spanned<DeValue<'_>>, lines: &Lines) {
        let fix = "make it an array of tables: `[[deployed]]`";
        let DeValue::Array(records) = deployed.get_ref() else {
            let kind = deployed.get_ref().type_str();
            let line = lines.at(deployed.span().start);
            return self.malformed(
                line,
                &format!("`deployed` is of type {kind}, not an array of tables"),
                fix,
            );
        };
        for value in records {
            let line = lines.at(value.span().start);
            let DeValue::Table(table) = value.get_ref() else {
                let reason =
                    format!("a record is of type {}, not a table", value.get_ref().type_str());
                self.bad_record(line, reason, None);
                continue;
            };
            match record::fields(table) {
                Ok(fields) => self.good_record(line, fields),
                Err(fault) => {
                    let line = fault.at.map_or(line, |offset| lines.at(offset));
                    self.bad_record(line, fault.reason, record::artifact(table).ok());
                }
            }
        }
    }

    fn good_record(&mut self, line: u32, fields: Fields) {
        self.out.value.push(DeploymentRecord {
            artifact: fields.artifact,
            profile_root: self.profile_root.clone(),
            path: fields.path,
            baseline: fields.baseline,
            deployed_at: fields.deployed_at,
            from_collection: fields.from_collection,
            profile_id: fields.profile_id,
            tracker: Arc::clone(self.path),
            line,
        });
    }

    fn bad_record(&mut self, line: u32, reason: String, artifact: Option<ArtifactId>) {
        let fix = "correct the record, or remove it and deploy the artifact again";
        self.problem(ProblemKind::MalformedRecord, line, (reason, fix), artifact);
    }

    fn not_toml(&mut self, line: u32, reason: &str) {
        let fix =
            "correct the line, or remove its `[[deployed]]` table and deploy the artifact again";
        self.malformed(line, &format!("not TOML: {reason}"), fix);
    }

    fn malformed(&mut self, line: u32, reason: &str, fix: &str) {
        self.problem(ProblemKind::MalformedTracker, line, (reason.to_owned(), fix), None);
    }

    /// Adds a problem; a file with very many, which nobody reads one by one, ends with a last one.
    fn problem(
        &mut self,
        kind: ProblemKind,
        line: u32,
        (reason, fix): (String, &str),
        artifact: Option<ArtifactId>,
    ) {
        self.told += 1;
        let reason = match self.told.cmp(&MAX_PROBLEMS) {
            Ordering::Less => reason,
            Ordering::Equal => format!("{reason}; what is wrong after this is not listed"),
            Ordering::Greater => return,
        };
        let (path, fix) = (self.path.to_string(), fix.to_owned());
        self.out.problems.push(Problem { path, line: Some(line), kind, reason, fix, artifact });
    }
}

/// What starts the lines that git leaves in a file whose versions it could not join. No line of TOML
/// starts so.
const CONFLICT_MARKERS: [&[u8]; 4] = [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"];

/// Splits a text before every line that starts a record, and before the conflict markers that follow
/// a record, which are no part of it; each part comes with the number of its first line.
fn blocks(text: &[u8]) -> Vec<(u32, &[u8])> {
    let mut blocks = Vec::new();
    let (mut start, mut line, mut at) = ((1, 0), 1, 0);
    let mut markers = None;
    let mut close = |start: (u32, usize), end: (u32, usize)| {
        if end.1 > start.1 {
            blocks.push((start.0, &text[start.1..end.1]));
        }
        end
    };
    for content in text.split_inclusive(|&byte| byte == b'\n') {
        if CONFLICT_MARKERS.iter().any(|marker| content.starts_with(marker)) {
            markers = markers.or(Some((line, at)));
        } else if heads_record(content) {
            start = close(start, markers.take().unwrap_or((line, at)));
            start = close(start, (line, at));
        } else if !content.trim_ascii().is_empty() {
            markers = None;
        }
        at += content.len();
        line += 1;
    }
    start = close(start, markers.unwrap_or((line, at)));
    close(start, (line, at));
    blocks
}

/// Tells whether a line is the header of a record, or was meant to be one. `[deployed.x]` is not: it
/// goes on with a record.
fn heads_record(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let name_at = line.iter().position(|byte| !b"[ \t\"'".contains(byte)).unwrap_or(line.len());
    let Some(rest) = line[name_at..].strip_prefix(b"deployed") else { return false };
    let next = rest.iter().find(|byte| !b" \t\"'".contains(byte));
    line.starts_with(b"[") && matches!(next, None | Some(b']'))
}
