//! Showing what is longer than a terminal.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::process::{Command, Stdio};

use skillstat_app::Surroundings;

/// What is run when `PAGER` does not say otherwise.
const DEFAULT: &str = "less";

/// A program that shows a text page by page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    /// A command line for the shell.
    command: OsString,
    /// The variables it is given besides its own.
    variables: Vec<(&'static str, &'static str)>,
}

impl Pager {
    /// Chooses one; nothing when `PAGER` is empty or `cat`.
    pub(crate) fn choose(surroundings: &Surroundings) -> Option<Self> {
        let set = |name: &str| -> Option<&OsStr> {
            let mut all = surroundings.variables.iter().rev();
            all.find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
        };
        let command = set("PAGER").unwrap_or(OsStr::new(DEFAULT));
        if command.is_empty() || command == "cat" {
            return None;
        }
        // Ends by itself when all fits, shows colours, leaves the text on the screen.
        let less = set("LESS").is_none().then_some(("LESS", "FRX"));
        Some(Self { command: command.to_owned(), variables: less.into_iter().collect() })
    }

    /// Shows a text until the reader has seen enough; tells whether the program could be run.
    pub(crate) fn show(&self, text: &[u8]) -> bool {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&self.command).stdin(Stdio::piped());
        let Ok(mut child) = shell.envs(self.variables.iter().copied()).spawn() else {
            return false;
        };
        if let Some(mut stdin) = child.stdin.take() {
            // Whoever has seen enough closes it.
            let _enough = stdin.write_all(text);
        }
        // The shell says 126 and 127 of what it cannot run.
        child.wait().is_ok_and(|status| !matches!(status.code(), Some(126 | 127)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        variables: &[(&str, &str)],
        command: Option<&str>,
        given: &[(&'static str, &'static str)],
    ) {
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        let surroundings =
            Surroundings { variables: variables.collect(), ..Surroundings::default() };
        let expected =
            command.map(|command| Pager { command: command.into(), variables: given.to_vec() });
        assert_eq!(Pager::choose(&surroundings), expected);
    }

    #[test]
    fn variables_choose_the_pager() {
        let less = [("LESS", "FRX")];
        check(&[], Some("less"), &less);
        check(&[("PAGER", "more")], Some("more"), &less);
        check(&[("PAGER", "less -S")], Some("less -S"), &less);
        check(&[("LESS", "R")], Some("less"), &[]);
        check(&[("PAGER", "cat")], None, &[]);
        check(&[("PAGER", "")], None, &[]);
    }

    #[test]
    fn what_cannot_be_run_shows_nothing() {
        let pager = |command: &str| Pager { command: command.into(), variables: Vec::new() };
        assert!(pager("exec true").show(b"text"));
        assert!(!pager("exec /nonexistent/pager 2>/dev/null").show(b"text"));
    }
}
