//! What holds of any input. Each function panics where it does not: proptest calls it with random input, the
//! fuzzer with input that reaches code that none has reached before.

use crate::{ArtifactId, DeployedAt, Hunk, LineChange, RecordedPath, hunks};

/// An artifact id is refused, or printed as a text that is taken for the same id.
///
/// # Panics
///
/// Panics when that does not hold of `text`.
pub fn artifact_id(text: &str) {
    let Ok(id) = text.parse::<ArtifactId>() else { return };
    assert!(!id.kind().is_empty() && !id.kind().contains(':') && !id.name().is_empty());
    assert_eq!(ArtifactId::from_printed(id.as_str()).as_ref(), Ok(&id), "as it is printed");
    // One more extension may be left in the name; it goes with the next parse.
    let again: ArtifactId = id.to_string().parse().expect("what is printed is an id");
    assert_eq!((again.kind(), again.name()), (id.kind(), ArtifactId::strip_extension(id.name())));
}

/// A date and time is refused, or printed as a text that is read as the same.
///
/// # Panics
///
/// Panics when that does not hold of `text`.
pub fn date_time(text: &str) {
    let Ok(at) = text.parse::<DeployedAt>() else { return };
    // Offsets of odd seconds are printed to the minute: some as one of nothing, which is printed `Z` from then on.
    let again: DeployedAt = at.to_string().parse().expect("what is printed is a date");
    let printed = again.to_string();
    assert_eq!(printed.parse::<DeployedAt>().map(|at| at.to_string()).as_ref(), Ok(&printed));
    assert_eq!(again.is_naive(), at.is_naive());
    let apart = again.unix_microseconds(0) - at.unix_microseconds(0);
    assert!(apart.abs() < 60_000_000, "{apart} microseconds");
    assert_eq!(at.exact_text().parse().as_ref(), Ok(&at));
    let instant = at.unix_microseconds(0);
    if !at.is_naive() && instant > 0 {
        assert_eq!(DeployedAt::utc(instant).unix_microseconds(3600), instant);
    }
}

/// A recorded path is refused, or leads to something below the directory that it is joined to.
///
/// # Panics
///
/// Panics when that does not hold of `text`.
pub fn recorded_path(text: &str) {
    let Ok(inside) = RecordedPath::new(text).inside() else { return };
    assert!(!inside.as_str().is_empty() && inside.is_relative(), "{inside:?}");
    for name in inside.as_str().split('/') {
        assert!(!matches!(name, "" | "." | "..") && !name.contains('\0'), "{inside:?}");
    }
    assert_eq!(RecordedPath::new(inside.as_str()).inside().as_ref(), Ok(&inside), "as it is");
}

/// Hunks lead from either of two texts to the other, and there are none between equal ones.
///
/// # Panics
///
/// Panics when that does not hold of these texts.
pub fn hunks_lead_to_the_other(before: &[u8], after: &[u8]) {
    let (there, back) = (hunks(before, after), hunks(after, before));
    assert_eq!(patched(before, &there), after);
    assert_eq!(patched(after, &back), before);
    assert_eq!(there.is_empty(), before == after);
}

/// Does with a text what a patch program does.
///
/// # Panics
///
/// Panics when the hunks are not about this text, or do not hold as many lines as they say.
pub fn patched(before: &[u8], hunks: &[Hunk<'_>]) -> Vec<u8> {
    let lines: Vec<&[u8]> = before.split_inclusive(|&byte| byte == b'\n').collect();
    let (mut after, mut at) = (Vec::new(), 0);
    for hunk in hunks {
        let number = |number: u32| usize::try_from(number).expect("a usize has 32 bits");
        let count = number(hunk.before.count);
        let first = number(hunk.before.first) - usize::from(count > 0);
        after.extend(&lines[at..first]);
        let (mut left, mut came) = (Vec::new(), 0);
        for line in &hunk.lines {
            if line.change != LineChange::Added {
                left.push(line.text);
            }
            if line.change != LineChange::Removed {
                after.push(line.text);
                came += 1;
            }
        }
        assert_eq!(left, &lines[first..first + count], "it is about these lines");
        assert_eq!(came, hunk.after.count, "and makes so many");
        at = first + count;
    }
    after.extend(&lines[at..]);
    after.concat()
}
