//! Two texts as hunks of lines: pure, and in bounded time whoever wrote the texts.

use imara_diff::{Algorithm, Diff, InternedInput};

/// How many lines around a difference are shown.
const CONTEXT: u32 = 3;

/// Some lines that differ, with those around them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The lines of the text before, as the header of a hunk counts them.
    pub before: LineRange,
    /// The lines of the text after.
    pub after: LineRange,
    /// Its lines: of each difference first those that go, then those that come.
    pub lines: Vec<HunkLine<'a>>,
}

/// Which lines of a text, printed as the header of a hunk has it: `3,4`, or `3` for one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineRange {
    /// The first line, counted from 1; with no lines, the one before them.
    pub first: u32,
    /// How many.
    pub count: u32,
}

/// A line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkLine<'a> {
    /// What becomes of it.
    pub change: LineChange,
    /// Its bytes, the LF at its end included; the last line of a text may have none.
    pub text: &'a [u8],
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineChange {
    /// It stays.
    Context,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

impl LineChange {
    /// Returns the character before the line in a patch.
    pub const fn sign(self) -> char {
        match self {
            Self::Context => ' ',
            Self::Removed => '-',
            Self::Added => '+',
        }
    }
}

impl std::fmt::Display for LineRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.count {
            1 => write!(f, "{}", self.first),
            count => write!(f, "{},{count}", self.first),
        }
    }
}

/// Returns the hunks that make the text `after` of the text `before`, with three lines of context; none
/// when they are the same.
pub fn hunks<'a>(before: &'a [u8], after: &'a [u8]) -> Vec<Hunk<'a>> {
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);

    let mut hunks = Vec::new();
    let mut changes = diff.hunks().peekable();
    while let Some(first) = changes.next() {
        let mut group = vec![first];
        while let Some(next) = changes
            .next_if(|next| next.before.start - group[group.len() - 1].before.end <= 2 * CONTEXT)
        {
            group.push(next);
        }
        hunks.push(hunk(&input, &group));
    }
    hunks
}

/// Joins differences that lie close together.
fn hunk<'a>(input: &InternedInput<&'a [u8]>, group: &[imara_diff::Hunk]) -> Hunk<'a> {
    let (first, last) = (&group[0], &group[group.len() - 1]);
    let lead = first.before.start.min(CONTEXT);
    let length = u32::try_from(input.before.len()).unwrap_or(u32::MAX);
    let trail = (length - last.before.end).min(CONTEXT);
    let start = first.before.start - lead;

    let mut lines = Vec::new();
    let mut push = |change, tokens: &[imara_diff::Token]| {
        lines.extend(tokens.iter().map(|token| HunkLine { change, text: input.interner[*token] }));
    };
    let mut at = start;
    let before = |from: u32, to: u32| &input.before[from as usize..to as usize];
    for change in group {
        push(LineChange::Context, before(at, change.before.start));
        push(LineChange::Removed, before(change.before.start, change.before.end));
        let added = change.after.start as usize..change.after.end as usize;
        push(LineChange::Added, &input.after[added]);
        at = change.before.end;
    }
    push(LineChange::Context, before(at, last.before.end + trail));
    Hunk {
        before: range(start, last.before.end + trail),
        after: range(first.after.start - lead, last.after.end + trail),
        lines,
    }
}

fn range(start: u32, end: u32) -> LineRange {
    let count = end - start;
    LineRange { first: if count == 0 { start } else { start + 1 }, count }
}

#[cfg(test)]
mod tests;
