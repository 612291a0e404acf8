//! The command line that does what could not be done, word by word.

use std::path::Path;

use crate::args::Global;
use crate::render::plain::plain;

/// Writes command lines that find the same projects and collections as this one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Again {
    global: Vec<String>,
}

impl Again {
    /// Repeats the flags of every command that were given.
    pub(crate) fn new(global: &Global) -> Self {
        let mut words = Vec::new();
        let mut add = |flag: &str, value: &Path| {
            words.extend([flag.to_owned(), value.display().to_string()]);
        };
        for root in &global.roots {
            add("--root", root);
        }
        if let Some(depth) = global.max_depth {
            add("--max-depth", Path::new(&depth.to_string()));
        }
        if let Some(config) = &global.config {
            add("--config", config);
        }
        if let Some(home) = &global.skillmeat_home {
            add("--skillmeat-home", home);
        }
        Self { global: words }
    }

    /// Adds a search root.
    pub(crate) fn with_root(&self, root: &str) -> Self {
        let mut global = self.global.clone();
        global.extend(["--root".to_owned(), root.to_owned()]);
        Self { global }
    }

    /// Looks for projects this deep, whatever was said before.
    pub(crate) fn with_depth(&self, depth: usize) -> Self {
        let mut global = self.global.clone();
        if let Some(at) = global.iter().position(|word| word == "--max-depth") {
            global.drain(at..=at + 1);
        }
        global.extend(["--max-depth".to_owned(), depth.to_string()]);
        Self { global }
    }

    /// Returns a command line between backquotes, as a shell takes it.
    pub(crate) fn line(&self, words: &[&str]) -> String {
        let all = self.global.iter().map(String::as_str).chain(words.iter().copied());
        let words: Vec<_> = std::iter::once("skillstat").chain(all).map(quoted).collect();
        format!("`{}`", plain(&words.join(" ")))
    }
}

/// Quotes a word for a shell, if it needs that.
pub(crate) fn quoted(word: &str) -> String {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(&byte);
    if !word.is_empty() && word.bytes().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_a_line_as_it_stands() {
        let again = Again::default().with_root("/a b").with_root("/it's");
        let line = again.line(&["deploy", "skill:pdf", "--dest", "", "-x=1"]);
        assert_eq!(
            line,
            r"`skillstat --root '/a b' --root '/it'\''s' deploy skill:pdf --dest '' -x=1`"
        );
        let deeper = again.with_depth(4).with_depth(7).line(&["status"]);
        assert_eq!(deeper, r"`skillstat --root '/a b' --root '/it'\''s' --max-depth 7 status`");
        assert_eq!(again.with_root("\u{1b}[2J").line(&[]).find('\u{1b}'), None);
    }
}
