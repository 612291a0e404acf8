//! What a walk found below one directory, as bytes that outlive it.
//!
//! A line for each directory that the walk enters or that may be a profile root, each before those in it. What
//! a line says of its directory is true as long as that looks so: which lines are directly below it, and
//! whether it holds what makes it a profile root.

use serde::{Deserialize, Serialize};

use crate::stamp::Stamp;

/// A directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line<'a> {
    /// How many directories above it have lines.
    pub(super) level: u8,
    /// Whether the walk enters it; if not there is nothing to be known of what lies in it.
    pub(super) is_walked: bool,
    /// Whether it holds a tracker, or what a first write has left that was interrupted.
    pub(super) is_profile_root: bool,
    /// Empty for the first.
    #[serde(borrow)]
    pub(super) name: &'a [u8],
    /// What it looked like; nothing where nobody vouches for what the line says.
    pub(super) stamp: Option<Stamp>,
}

/// The lines of one walk.
#[derive(Debug, Default)]
pub(super) struct Remembered<'a> {
    lines: Vec<Line<'a>>,
    /// For each, how it is written.
    written: Vec<&'a [u8]>,
    /// For each, the number of the first line that is not below it.
    ends: Vec<usize>,
}

impl<'a> Remembered<'a> {
    /// Reads what was written; nothing where that makes no sense.
    pub(super) fn parse(mut bytes: &'a [u8]) -> Self {
        let Self { mut lines, mut written, mut ends } = Self::default();
        // The numbers of the line before and of those above that.
        let mut above: Vec<usize> = Vec::new();
        while !bytes.is_empty() {
            let Ok((line, rest)) = postcard::take_from_bytes::<Line<'a>>(bytes) else {
                return Self::default();
            };
            let (at, level) = (lines.len(), usize::from(line.level));
            // Only the first is at the top, and none is deeper than one below the line before.
            if level > above.len() || (level == 0) != lines.is_empty() {
                return Self::default();
            }
            for ended in above.drain(level..) {
                ends[ended] = at;
            }
            above.push(at);
            lines.push(line);
            written.push(&bytes[..bytes.len() - rest.len()]);
            ends.push(usize::MAX);
            bytes = rest;
        }
        Self { lines, written, ends }
    }

    /// Returns a line by its number.
    pub(super) fn line(&self, at: usize) -> Option<Line<'a>> {
        self.lines.get(at).copied()
    }

    /// Returns a line as it is written.
    pub(super) fn written(&self, at: usize) -> &'a [u8] {
        self.written.get(at).copied().unwrap_or_default()
    }

    /// Returns the numbers of the lines directly below one.
    pub(super) fn below(&self, at: usize) -> impl Iterator<Item = usize> {
        let end = self.ends.get(at).map_or(0, |end| *end).min(self.lines.len());
        std::iter::successors(Some(at + 1), |&at| self.ends.get(at).copied())
            .take_while(move |&at| at < end)
    }

    /// Returns the names of the lines directly below one, sorted, each with its number.
    pub(super) fn names_below(&self, at: usize) -> Vec<(&'a [u8], usize)> {
        let mut names: Vec<_> = self.below(at).map(|at| (self.lines[at].name, at)).collect();
        names.sort_unstable();
        names
    }

    /// Returns the paths of directories of which `now` says something else though they look the same, and how
    /// they look.
    pub(super) fn contradicted(&self, now: &Self) -> Vec<(Vec<u8>, Stamp)> {
        let mut contradicted = Vec::new();
        if let (Some(_), Some(_)) = (self.line(0), now.line(0)) {
            self.compare(now, (0, 0), &mut Vec::new(), &mut contradicted);
        }
        contradicted
    }

    fn compare(
        &self,
        now: &Self,
        (at, at_now): (usize, usize),
        path: &mut Vec<u8>,
        contradicted: &mut Vec<(Vec<u8>, Stamp)>,
    ) {
        let (line, line_now) = (self.lines[at], now.lines[at_now]);
        let (names, names_now) = (self.names_below(at), now.names_below(at_now));
        let is_same = line.is_profile_root == line_now.is_profile_root
            && names.iter().map(|(name, _)| name).eq(names_now.iter().map(|(name, _)| name));
        if let Some(stamp) = line.stamp
            && line.stamp == line_now.stamp
            && !is_same
        {
            contradicted.push((path.clone(), stamp));
        }
        for (name, below) in names {
            let Ok(found) = names_now.binary_search_by_key(&name, |(name, _)| *name) else {
                continue;
            };
            let length = path.len();
            if length > 0 {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            self.compare(now, (below, names_now[found].1), path, contradicted);
            path.truncate(length);
        }
    }
}

/// Lines on their way to be kept.
#[derive(Debug, Default)]
pub(super) struct Written(Vec<u8>);

impl Written {
    /// Adds a line.
    pub(super) fn add(&mut self, line: &Line<'_>) {
        let bytes = std::mem::take(&mut self.0);
        // It has no end to run out of.
        self.0 = postcard::to_extend(line, bytes).unwrap_or_default();
    }

    /// Adds a line that is written already.
    pub(super) fn add_again(&mut self, written: &[u8]) {
        self.0.extend_from_slice(written);
    }

    /// Returns everything.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}
