//! How the program ends.

use std::process::ExitCode;

use skillstat_domain::{Problem, StateName};

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine,
    /// With `--exit-code`: a copy is modified, in conflict or missing.
    Drift,
    /// The command line or the configuration is wrong.
    Usage,
    /// Something failed; with `--exit-code` also: something could not be verified.
    Failure,
}

impl Exit {
    /// Returns the number.
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Drift => 1,
            Self::Usage => 2,
            Self::Failure => 3,
        }
    }

    /// Judges the copies that were shown and whether there were problems, as `--exit-code` asks.
    pub(crate) fn judge(
        asked: bool,
        shown: impl IntoIterator<Item = StateName>,
        problems: &[Problem],
    ) -> Self {
        let drifted = |state| match state {
            StateName::Modified | StateName::Conflict | StateName::Missing => true,
            StateName::Synced | StateName::Outdated | StateName::Unreadable => false,
        };
        if !asked {
            Self::Fine
        } else if shown.into_iter().any(drifted) {
            Self::Drift
        } else if problems.is_empty() {
            Self::Fine
        } else {
            Self::Failure
        }
    }

    /// Tells a wrong usage from a failure.
    pub(crate) fn of_error(error: &anyhow::Error) -> Self {
        if error.downcast_ref::<Usage>().is_some() { Self::Usage } else { Self::Failure }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// An error in what was asked for, not in answering it.
#[derive(Debug)]
pub(crate) struct Usage(anyhow::Error);

impl Usage {
    pub(crate) fn wrap(error: impl Into<anyhow::Error>) -> anyhow::Error {
        anyhow::Error::new(Self(error.into()))
    }
}

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

impl std::error::Error for Usage {}
