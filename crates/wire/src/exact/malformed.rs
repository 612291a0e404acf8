//! What is wrong with an answer from outside.

use std::fmt::Display;

/// How many characters of a text are shown: it may be of any length.
const SHOWN: usize = 80;

/// Something that no program of ours writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} `{text}`: {reason}")]
pub struct Malformed {
    what: &'static str,
    text: String,
    reason: String,
}

impl Malformed {
    /// Says what it is, how it reads and what is wrong with it.
    pub(super) fn new(what: &'static str, text: impl AsRef<str>, reason: &impl Display) -> Self {
        let text = text.as_ref().chars().take(SHOWN).collect();
        Self { what, text, reason: reason.to_string() }
    }
}

/// Refuses a list that is not in order, or holds something twice.
pub(super) fn in_order<'a, T: Ord + 'a>(
    what: &'static str,
    list: impl IntoIterator<Item = &'a T>,
    shown: impl Fn(&T) -> String,
) -> Result<(), Malformed> {
    let mut list = list.into_iter();
    let Some(mut last) = list.next() else { return Ok(()) };
    for next in list {
        if next <= last {
            return Err(Malformed::new(what, shown(next), &"not in order"));
        }
        last = next;
    }
    Ok(())
}
