//! Texts from files, as they may stand in HTML.

use std::fmt::{self, Write as _};

use skillstat_domain::is_active;

/// A text, printed so that nothing in it is markup or reorders what stands beside it: names come from
/// trackers, and a cloned repository may hold any.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                _ if is_active(character) => write!(f, "{}", character.escape_unicode())?,
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_it_is_markup() {
        let text = "<script>\"'&\u{202e}\u{200f}\u{1b}[2J</script>übersicht 技";
        let expected =
            "&lt;script&gt;&quot;&#39;&amp;\\u{202e}\\u{200f}\\u{1b}[2J&lt;/script&gt;übersicht 技";
        assert_eq!(Escaped(text).to_string(), expected);
    }
}
