//! A problem as JSON.

use serde::{Deserialize, Serialize};

use crate::rows::Shown;

/// Something skipped or not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Problem {
    /// The sort of problem, in snake case.
    pub kind: String,
    /// The file or directory at fault.
    pub path: String,
    /// The line in it, counted from 1, or null.
    pub line: Option<u32>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub fix: String,
}

impl From<&skillstat_domain::Problem> for Problem {
    fn from(problem: &skillstat_domain::Problem) -> Self {
        Self {
            kind: problem.kind.as_str().to_owned(),
            path: problem.path.clone(),
            line: problem.line,
            reason: problem.reason.clone(),
            fix: problem.fix.clone(),
        }
    }
}

impl Shown for [skillstat_domain::Problem] {
    type Row<'a> = Problem;

    fn rows(&self) -> impl Iterator<Item = Problem> {
        self.iter().map(Into::into)
    }
}
