//! Names in patches: pure.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::active::is_active;

/// Returns a name as `git` writes it into a patch: as it is, or in quotes with escapes where it holds
/// what would end it, or what a terminal would obey.
///
/// # Source
///
/// The C-style quoting of `git diff`, which `git apply` undoes. It also takes escapes that are not
/// needed, so characters that change the direction of writing are written as such.
pub fn quoted(name: &str) -> Cow<'_, str> {
    if !name.chars().any(needs_escape) {
        return Cow::Borrowed(name);
    }
    let mut quoted = String::from('"');
    for character in name.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            other if needs_escape(other) => {
                for byte in other.encode_utf8(&mut [0; 4]).bytes() {
                    write!(quoted, "\\{byte:03o}").expect("writing to a String cannot fail");
                }
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    Cow::Owned(quoted)
}

fn needs_escape(character: char) -> bool {
    matches!(character, '"' | '\\') || is_active(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_could_be_taken_for_something_else_is_escaped() {
        for name in ["a/SKILL.md", "b/a b", "a/ü/技", "a/'$x'"] {
            assert_eq!(quoted(name), name);
        }
        assert_eq!(quoted("a/\"x\"\\"), r#""a/\"x\"\\""#);
        assert_eq!(quoted("a\nb\tc"), r#""a\nb\tc""#);
        assert_eq!(quoted("\u{1b}[2J\u{7f}"), r#""\033[2J\177""#);
        assert_eq!(quoted("\u{202e}"), r#""\342\200\256""#);
    }
}
