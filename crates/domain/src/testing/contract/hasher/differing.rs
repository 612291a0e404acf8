//! What is told of a copy that is not what was deployed.

use super::{SetUp, ask, directory, hash};
use crate::testing::CopySketch;
use crate::{ContentHash, Difference, DriftKind, HashError, Hasher};

pub(super) fn suite(set_up: SetUp<'_, dyn Hasher>) {
    let any = ContentHash::from_bytes([0; 32]);
    assert_eq!(differs(set_up, &CopySketch::Missing, any), Err(HashError::Missing));
    ignored_files_are_seen_through(set_up);
    ends_of_lines_are_those_of_text(set_up);
    a_copy_of_any_size_is_looked_at(set_up);
}

fn differs(
    set_up: SetUp<'_, dyn Hasher>,
    copy: &CopySketch,
    baseline: ContentHash,
) -> Result<Option<Difference>, HashError> {
    ask(set_up, copy.clone(), |hasher, location| hasher.difference(&location, baseline))
}

/// Checks what a copy alone tells of its difference from what was deployed.
#[track_caller]
fn check(
    set_up: SetUp<'_, dyn Hasher>,
    copy: &CopySketch,
    deployed: &CopySketch,
    expected: Option<DriftKind>,
) {
    let baseline = hash(set_up, deployed.clone()).expect("it is readable");
    let found = differs(set_up, copy, baseline).expect("it is readable");
    let kind = found.as_ref().map(|difference| difference.kind(None));
    assert_eq!(kind, expected, "{copy:?} of {deployed:?}");
    if let Some(difference) = found {
        assert_eq!(Ok(difference.current()), hash(set_up, copy.clone()), "{copy:?}");
    }
}

fn file(content: impl AsRef<[u8]>) -> CopySketch {
    CopySketch::File(content.as_ref().to_vec())
}

fn ignored_files_are_seen_through(set_up: SetUp<'_, dyn Hasher>) {
    let kept = [("SKILL.md", "text\n"), ("scripts/run.py", "1"), ("venv.md", "x\n")];
    let (clean, edited) = (directory(&kept), directory(&[kept[0], kept[1], ("venv.md", "y\n")]));
    let littered = directory(&[
        (".DS_Store", "a\nb"),
        kept[0],
        ("scripts/__pycache__/run.pyc", "b"),
        kept[1],
        ("scripts/z.pyo", "c"),
        kept[2],
        ("venv/bin/python", "d\n"),
    ]);
    check(set_up, &clean, &clean, None);
    check(set_up, &littered, &littered, None);
    check(set_up, &littered, &clean, Some(DriftKind::IgnoredFilesOnly));
    check(set_up, &littered, &edited, Some(DriftKind::Unexplained));
    // What was deployed with them is not at hand.
    check(set_up, &clean, &littered, Some(DriftKind::Unexplained));
}

fn ends_of_lines_are_those_of_text(set_up: SetUp<'_, dyn Hasher>) {
    let ends_only = |copy: &CopySketch, deployed: &CopySketch| {
        check(set_up, copy, deployed, Some(DriftKind::LineEndingsOnly));
    };
    let otherwise = |copy: &CopySketch, deployed: &CopySketch| {
        check(set_up, copy, deployed, Some(DriftKind::Unexplained));
    };
    let (lf, crlf) = (file("a\n\nb\rc\n"), file("a\r\n\r\nb\rc\r\n"));
    ends_only(&lf, &crlf);
    ends_only(&crlf, &lf);
    for mixed in [file("a\r\n\nb\rc\n"), file("a\n\nb\rc\r\n")] {
        ends_only(&mixed, &lf);
        ends_only(&mixed, &crlf);
        otherwise(&lf, &mixed);
    }
    ends_only(&file("\r\r\n"), &file("\r\n"));
    ends_only(&file("\r\n"), &file("\n"));
    otherwise(&file("\r"), &file("\n"));
    otherwise(&file("a\r\r"), &file("a\r"));
    otherwise(&file("no end"), &file("no end\n"));
    otherwise(&file("\0\r\n"), &file("\0\n"));
    otherwise(&file("\0\n"), &file("\0\r\n"));
    let (lf, crlf) = (
        directory(&[("a", "1\n2"), ("b/c", "\n"), ("d", "\0\n")]),
        directory(&[("a", "1\r\n2"), ("b/c", "\r\n"), ("d", "\0\n")]),
    );
    ends_only(&lf, &crlf);
    ends_only(&crlf, &lf);
    otherwise(&directory(&[("a", "1\r\n2"), ("b/c", "\r\n"), ("d", "\0\r\n")]), &lf);
}

fn a_copy_of_any_size_is_looked_at(set_up: SetUp<'_, dyn Hasher>) {
    // NUL counts in the first 8 KiB only; ends of lines are told wherever they fall.
    for length in [(8 << 10) - 1, 8 << 10, (64 << 10) - 1, 64 << 10, (64 << 10) + 1] {
        let start = "x".repeat(length);
        let text = |end: &str| file(format!("{start}{end}y\0z{end}"));
        check(set_up, &text("\n"), &text("\r\n"), Some(DriftKind::LineEndingsOnly));
        check(set_up, &text("\r\n"), &text("\n"), Some(DriftKind::LineEndingsOnly));
    }
    let binary = |end: &str| file(format!("{}\0{end}", "x".repeat((8 << 10) - 1)));
    check(set_up, &binary("\n"), &binary("\r\n"), Some(DriftKind::Unexplained));
    // More than is read at once, in several files.
    for length in [1 << 10, 30 << 10, 70 << 10] {
        let copy = |end: &str| {
            let text = format!("x{end}").repeat(length / 2);
            let many: Vec<_> =
                ["a", "b", "c/d"].iter().map(|path| (*path, text.as_str())).collect();
            directory(&many)
        };
        check(set_up, &copy("\n"), &copy("\r\n"), Some(DriftKind::LineEndingsOnly));
        check(set_up, &copy("\n"), &copy("\n"), None);
    }
}
