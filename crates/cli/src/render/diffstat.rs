//! A comparison as `git diff --stat` shows it.

use std::fmt::Write as _;

use anstyle::AnsiColor;
use skillstat_domain::{ArtifactDiff, FileDiff, FileStatus, LineChange, hunks, quoted};

use super::patch::text;
use super::plain::plain;
use super::states::counted;
use crate::console::Stream;

/// How wide it is where there is no terminal to ask.
const DEFAULT_COLUMNS: usize = 80;

/// How wide a bar is at least, however long a name.
const LEAST_BAR: usize = 10;

/// Lines of one file.
enum Lines {
    Counted {
        added: usize,
        removed: usize,
    },
    /// No text: the bytes of either side.
    Bytes(u64, u64),
}

/// Returns a line for each file that differs, and below them the sum.
pub(crate) fn diffstat(diff: &ArtifactDiff, stream: &Stream<'_>) -> String {
    let files: Vec<_> = diff
        .files
        .iter()
        .filter(|file| file.status() != FileStatus::Unchanged)
        .map(|file| (plain(&quoted(file.path())).into_owned(), lines(file)))
        .collect();
    if files.is_empty() {
        return String::new();
    }
    let columns = stream.size.map_or(DEFAULT_COLUMNS, |size| usize::from(size.columns));
    let name_width = files.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let most = files.iter().map(|(_, lines)| lines.sum()).max().unwrap_or_default();
    let digits = most.to_string().len();
    let bar = columns.saturating_sub(name_width + digits + 5).clamp(LEAST_BAR, most.max(LEAST_BAR));

    let (mut stat, mut all_added, mut all_removed) = (String::new(), 0, 0);
    for (name, lines) in &files {
        let padding = " ".repeat(name_width - name.chars().count());
        let shown = match lines {
            Lines::Bytes(before, after) => format!("no text, {before} -> {after} bytes"),
            Lines::Counted { added, removed } => {
                all_added += added;
                all_removed += removed;
                let (plus, minus) = bars(*added, *removed, most, bar);
                let plus = stream.paint(&"+".repeat(plus), AnsiColor::Green.on_default());
                let minus = stream.paint(&"-".repeat(minus), AnsiColor::Red.on_default());
                format!("{:>digits$} {plus}{minus}", added + removed)
            }
        };
        let line = format!(" {name}{padding} | {shown}");
        writeln!(stat, "{}", line.trim_end()).expect("writing to a String cannot fail");
    }
    let changed = counted(files.len(), "file");
    let (added, removed) = (counted(all_added, "line"), counted(all_removed, "line"));
    writeln!(stat, " {changed} changed, {added} added, {removed} removed")
        .expect("writing to a String cannot fail");
    stat
}

/// Returns how long the bar of each is: in proportion to the longest, and never none of something.
fn bars(added: usize, removed: usize, most: usize, width: usize) -> (usize, usize) {
    let scaled = |count: usize| match count {
        0 => 0,
        count if most <= width => count,
        count => (count * width / most).max(1),
    };
    (scaled(added), scaled(removed))
}

fn lines(file: &FileDiff) -> Lines {
    let (Some(before), Some(after)) = (text(file.original()), text(file.copy())) else {
        let size =
            |side: Option<&skillstat_domain::ListedFile>| side.map_or(0, |side| side.size_bytes);
        return Lines::Bytes(size(file.original()), size(file.copy()));
    };
    let (mut added, mut removed) = (0, 0);
    for line in hunks(before, after).iter().flat_map(|hunk| &hunk.lines) {
        match line.change {
            LineChange::Added => added += 1,
            LineChange::Removed => removed += 1,
            LineChange::Context => {}
        }
    }
    Lines::Counted { added, removed }
}

impl Lines {
    fn sum(&self) -> usize {
        match self {
            Self::Counted { added, removed } => added + removed,
            Self::Bytes(..) => 0,
        }
    }
}
