//! How the program ends.

use std::process::ExitCode;

use skillstat_domain::{Overview, StateName};

/// The exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Fine,
    /// With `--exit-code`: a copy is modified or missing.
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

    /// Judges what was shown, as `--exit-code` asks.
    pub(crate) fn of_overview(overview: &Overview, asked: bool) -> Self {
        let drifted = |state| matches!(state, StateName::Modified | StateName::Missing);
        let mut copies = overview
            .artifacts
            .values()
            .flat_map(|artifact| &artifact.projects)
            .flat_map(skillstat_domain::ProjectDeployment::copies);
        if !asked {
            Self::Fine
        } else if copies.any(|copy| drifted(copy.state.name())) {
            Self::Drift
        } else if !overview.problems.is_empty() {
            Self::Failure
        } else {
            Self::Fine
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
