//! Fenced blocks of Markdown, and what lies between them.

/// Returns a text with the bodies of its fenced blocks made anew, from what follows the fence and what is
/// there now; where that is nothing, a block stays as it is.
#[track_caller]
pub(super) fn rewritten(text: &str, mut anew: impl FnMut(&str, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open: Option<(&str, String)> = None;
    for line in text.split_inclusive('\n') {
        let fence = line.trim_end().strip_prefix("```");
        match (&mut open, fence) {
            (Some((info, body)), Some("")) => {
                out += &anew(info, body).unwrap_or_else(|| std::mem::take(body));
                open = None;
                out += line;
            }
            (Some((_, body)), _) => body.push_str(line),
            (None, Some(info)) => {
                open = Some((info, String::new()));
                out += line;
            }
            (None, None) => out += line,
        }
    }
    assert!(open.is_none(), "the last block does not end");
    out
}

/// Returns the bodies of the blocks that are introduced in one way.
#[track_caller]
pub(super) fn blocks(text: &str, wanted: &str) -> Vec<String> {
    let mut found = Vec::new();
    rewritten(text, |info, body| {
        found.extend((info == wanted).then(|| body.to_owned()));
        None
    });
    found
}

/// Returns the text without what blocks and code within lines hold.
#[track_caller]
pub(super) fn prose(text: &str) -> String {
    let text = rewritten(text, |_, _| Some(String::new()));
    let mut prose = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !line.starts_with("    ")) {
        prose.extend(line.split('`').step_by(2));
        prose.push('\n');
    }
    prose
}

/// Returns what stands between single backticks, paragraph by paragraph, as code may go on in the next
/// line.
#[track_caller]
pub(super) fn code(text: &str) -> Vec<String> {
    let text = rewritten(text, |_, _| Some(String::new()));
    let paragraphs =
        text.split("\n\n").flat_map(|paragraph| paragraph.split('`').skip(1).step_by(2));
    paragraphs.map(|code| code.replace('\n', " ")).collect()
}
