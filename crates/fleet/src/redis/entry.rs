//! Changes as one text.
//!
//! Each change is a letter and, for a project, its place on the volume: `E`, `C`, `P` and the place. NUL,
//! which no path holds, separates them.

use std::collections::BTreeSet;

use skillstat_domain::{SharedChange, VolumePath};

/// The most bytes of a text. What does not fit is everything.
pub(super) const MOST: usize = 8192;

const SEPARATOR: char = '\0';

/// Writes changes.
pub(super) fn write(changes: &BTreeSet<SharedChange>) -> String {
    let mut text = String::new();
    for change in changes {
        if !text.is_empty() {
            text.push(SEPARATOR);
        }
        match change {
            SharedChange::Everything => text.push('E'),
            SharedChange::Collections => text.push('C'),
            SharedChange::Project(place) => {
                text.push('P');
                text.push_str(place.as_path().as_str());
            }
        }
        if text.len() > MOST {
            return "E".to_owned();
        }
    }
    text
}

/// Reads changes; nothing when a letter or a place is none.
pub(super) fn read(text: &[u8]) -> Option<BTreeSet<SharedChange>> {
    if text.len() > MOST {
        return None;
    }
    str::from_utf8(text).ok()?.split(SEPARATOR).map(change).collect()
}

fn change(text: &str) -> Option<SharedChange> {
    match text {
        "E" => Some(SharedChange::Everything),
        "C" => Some(SharedChange::Collections),
        _ => VolumePath::new(text.strip_prefix('P')?).ok().map(SharedChange::Project),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(path: &str) -> SharedChange {
        SharedChange::Project(VolumePath::new(path).unwrap())
    }

    #[test]
    fn what_is_written_is_read() {
        let odd = [project(""), project("a\nb"), project("ü/ E"), SharedChange::Collections];
        for changes in [BTreeSet::from(odd), BTreeSet::from([SharedChange::Everything])] {
            assert_eq!(read(write(&changes).as_bytes()), Some(changes));
        }
    }

    #[test]
    fn what_does_not_fit_is_everything() {
        let many = (0..3000).map(|number| project(&format!("p{number}"))).collect();
        assert_eq!(read(write(&many).as_bytes()), Some([SharedChange::Everything].into()));
    }

    #[test]
    fn what_nobody_writes_is_refused() {
        let long = format!("P{}", "x".repeat(MOST));
        let all: [&[u8]; 9] =
            [b"", b"X", b"P../x", b"P/x", b"E\0", b"EE", b"P\xff", b"Pa//b", long.as_bytes()];
        for text in all {
            assert_eq!(read(text), None, "{}", String::from_utf8_lossy(text));
        }
    }
}
