//! The command, run in process.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use skillstat_app::{Config, Flags, Surroundings};
use skillstat_cli::{Console, Exit, Size, Stream, run};

/// A command in some surroundings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Skillstat {
    surroundings: Surroundings,
    size: Option<Size>,
    color: bool,
}

/// What a command said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) exit: Exit,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Skillstat {
    /// In this working directory, with a home that is not there and cannot be made.
    pub(crate) fn at(directory: impl Into<PathBuf>) -> Self {
        let surroundings = Surroundings {
            home: Some(PathBuf::from("/proc/nobody")),
            working_directory: Some(directory.into()),
            ..Surroundings::default()
        };
        Self { surroundings, size: None, color: false }
    }

    /// With a home.
    pub(crate) fn home(mut self, home: impl Into<PathBuf>) -> Self {
        self.surroundings.home = Some(home.into());
        self
    }

    /// With a variable of the environment.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.surroundings.variables.push((name.into(), value.into()));
        self
    }

    /// The configuration that it works with.
    #[track_caller]
    pub(crate) fn config(&self, flags: Flags) -> Config {
        Config::load(flags, &self.surroundings).expect("the configuration is right")
    }

    /// On a terminal with so many columns, in colour.
    pub(crate) fn terminal(self, width: u16) -> Self {
        Self { size: Some(Size { columns: width, rows: 50 }), color: true, ..self }
    }

    /// Runs it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let (exit, out, err) = self.bytes(arguments);
        Answer { exit, out: String::from_utf8(out).expect("answers are UTF-8"), err }
    }

    /// Runs it; what it prints may be anything.
    pub(crate) fn bytes(&self, arguments: &[&str]) -> (Exit, Vec<u8>, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let exit = self.run_over(arguments, &mut out, &mut err);
        (exit, out, String::from_utf8(err).expect("what is said is UTF-8"))
    }

    /// Runs it over streams that are listened to meanwhile.
    pub(crate) fn run_over(
        &self,
        arguments: &[&str],
        out: &mut dyn Write,
        err: &mut dyn Write,
    ) -> Exit {
        let arguments = std::iter::once("skillstat").chain(arguments.iter().copied());
        let out = Stream { writer: out, color: self.color, size: self.size };
        let err = Stream { writer: err, color: self.color, size: None };
        let mut console = Console::new(out, err);
        run(arguments.map(Into::into).collect(), &self.surroundings, &mut console)
    }

    /// Runs it and reads its answer as JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let answer = self.run(&[&["--json"], arguments].concat());
        serde_json::from_str(&answer.out).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
    }

    /// Runs `status` below one root and reads its answer.
    #[track_caller]
    pub(crate) fn status(root: impl AsRef<Path>) -> serde_json::Value {
        let root = root.as_ref().to_str().expect("roots of tests are UTF-8").to_owned();
        Self::at("/").json(&["--root", &root, "status"])
    }
}
