//! Text from files, made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use skillstat_domain::is_active;

/// Returns a text in which nothing moves the cursor, changes colours or reorders what follows: names
/// come from trackers, and a cloned repository may hold any.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        if is_active(character) {
            write!(plain, "{}", character.escape_unicode())
                .expect("writing to a String cannot fail");
        } else {
            plain.push(character);
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_a_terminal_would_obey() {
        assert_eq!(plain("übersicht 技"), "übersicht 技");
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\u{a}c");
        for mark in ['\u{202e}', '\u{200f}', '\u{61c}', '\u{2028}', '\u{2067}', '\u{9b}'] {
            assert_eq!(plain(&format!("x{mark}y")), format!("x{}y", mark.escape_unicode()));
        }
    }
}
