//! A comparison as a patch: what `git apply` makes of the collection's artifact is the copy.
//!
//! Bits of mode are no difference, for the content hash does not count them; a file that is new has its
//! own. What is binary or too large is named, in the words by which `git apply` refuses the patch instead
//! of leaving it out.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use skillstat_domain::{
    ArtifactDiff, FileDiff, FileStatus, FileText, LineChange, ListedFile, hunks, quoted,
};

use super::plain::plain;
use crate::console::Stream;

/// A line of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PatchLine<'a> {
    kind: Kind,
    /// Without the LF in its end.
    text: Cow<'a, [u8]>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// About a file.
    Header,
    /// Which lines follow.
    Hunk,
    /// A line of the texts.
    Text(LineChange),
    /// That a text does not end in an LF.
    NoEnd,
}

/// Returns the lines of a patch: of every file that differs, sorted by path.
pub(crate) fn patch(diff: &ArtifactDiff) -> Vec<PatchLine<'_>> {
    let mut patch = Vec::new();
    for file in &diff.files {
        if file.status() != FileStatus::Unchanged {
            add(&mut patch, file);
        }
    }
    patch
}

/// Returns a patch as it is, byte by byte.
pub(crate) fn raw(patch: &[PatchLine<'_>]) -> Vec<u8> {
    let mut raw = Vec::new();
    for line in patch {
        raw.extend_from_slice(&line.text);
        raw.push(b'\n');
    }
    raw
}

/// Returns a patch for a terminal, in colour, with nothing that it would obey.
pub(crate) fn shown(patch: &[PatchLine<'_>], stream: &Stream<'_>) -> String {
    let mut shown = String::new();
    for line in patch {
        let text = String::from_utf8_lossy(&line.text);
        // What a terminal makes of a tab stays within the line.
        let text = text.split('\t').map(plain).collect::<Vec<_>>().join("\t");
        match style(line.kind) {
            Some(style) => shown += &stream.paint(&text, style),
            None => shown += &text,
        }
        shown.push('\n');
    }
    shown
}

fn style(kind: Kind) -> Option<Style> {
    match kind {
        Kind::Header => Some(Style::new().bold()),
        Kind::Hunk => Some(AnsiColor::Cyan.on_default()),
        Kind::Text(LineChange::Removed) => Some(AnsiColor::Red.on_default()),
        Kind::Text(LineChange::Added) => Some(AnsiColor::Green.on_default()),
        Kind::Text(LineChange::Context) | Kind::NoEnd => None,
    }
}

fn add<'a>(patch: &mut Vec<PatchLine<'a>>, file: &'a FileDiff) {
    let header = |text: String| PatchLine { kind: Kind::Header, text: text.into_bytes().into() };
    let (a, b) = (label("a", file.path()), label("b", file.path()));
    patch.push(header(format!("diff --git {a} {b}")));
    match file {
        FileDiff::Both { .. } => {}
        FileDiff::OnlyInCopy(copy) => patch.push(header(format!("new file mode {}", mode(copy)))),
        FileDiff::OnlyInCollection(original) => {
            patch.push(header(format!("deleted file mode {}", mode(original))));
        }
    }
    let (Some(before), Some(after)) = (text(file.original()), text(file.copy())) else {
        if let FileDiff::Both { original, copy } = file {
            // `git apply` takes a header of one line for none, and would not refuse what follows.
            patch.push(header(format!("old mode {}", mode(original))));
            patch.push(header(format!("new mode {}", mode(copy))));
        }
        patch.push(header(format!("Binary files {a} and {b} differ")));
        return;
    };
    let hunks = hunks(before, after);
    if !hunks.is_empty() {
        let side = |side: Option<&ListedFile>, label| side.map_or("/dev/null", |_| label);
        patch.push(header(format!("--- {}", side(file.original(), &*a))));
        patch.push(header(format!("+++ {}", side(file.copy(), &*b))));
    }
    for hunk in hunks {
        let text = format!("@@ -{} +{} @@", hunk.before, hunk.after).into_bytes();
        patch.push(PatchLine { kind: Kind::Hunk, text: text.into() });
        for line in hunk.lines {
            let whole = line.text.strip_suffix(b"\n");
            let mut text = vec![line.change.sign() as u8];
            text.extend_from_slice(whole.unwrap_or(line.text));
            patch.push(PatchLine { kind: Kind::Text(line.change), text: text.into() });
            if whole.is_none() {
                let text = b"\\ No newline at end of file".as_slice();
                patch.push(PatchLine { kind: Kind::NoEnd, text: text.into() });
            }
        }
    }
}

/// Returns the text of a side, which is empty where there is no file; nothing where it is no text.
pub(crate) fn text(side: Option<&ListedFile>) -> Option<&[u8]> {
    match side.map(|side| &side.text) {
        None => Some(&[]),
        Some(FileText::Known(text)) => Some(text),
        Some(FileText::Binary | FileText::TooLarge | FileText::NotAsked) => None,
    }
}

fn label(side: &str, path: &str) -> String {
    let name = format!("{side}/{path}");
    match quoted(&name) {
        // `git` itself writes blanks as they are, and then cannot always tell where a name ends.
        Cow::Borrowed(name) if name.contains(' ') => format!("\"{name}\""),
        label => label.into_owned(),
    }
}

fn mode(file: &ListedFile) -> &'static str {
    if file.executable { "100755" } else { "100644" }
}
