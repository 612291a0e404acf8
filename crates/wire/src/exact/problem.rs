//! A problem, and the artifact it concerns.

use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, Problem};

use super::malformed::{Malformed, in_order};

/// Something skipped or not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactProblem {
    /// The file or directory at fault.
    pub path: String,
    /// The line in it, counted from 1.
    pub line: Option<u32>,
    /// The sort of problem, in snake case.
    pub kind: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// The artifact it concerns, where that is known.
    pub artifact: Option<String>,
}

impl From<&Problem> for ExactProblem {
    fn from(problem: &Problem) -> Self {
        Self {
            path: problem.path.clone(),
            line: problem.line,
            kind: problem.kind.as_str().to_owned(),
            reason: problem.reason.clone(),
            fix: problem.fix.clone(),
            artifact: problem.artifact.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<ExactProblem> for Problem {
    type Error = Malformed;

    fn try_from(problem: ExactProblem) -> Result<Self, Malformed> {
        let ExactProblem { path, line, kind, reason, fix, artifact } = problem;
        let kind = match kind.parse() {
            Ok(kind) => kind,
            Err(error) => return Err(Malformed::new("kind", kind, &error)),
        };
        Ok(Self { path, line, kind, reason, fix, artifact: artifact.map(artifact_id).transpose()? })
    }
}

/// Reads an artifact's id as it was printed.
pub(super) fn artifact_id(text: String) -> Result<ArtifactId, Malformed> {
    ArtifactId::from_printed(&text).map_err(|error| Malformed::new("artifact", text, &error))
}

/// Reads problems that stand in their order, each once.
pub(super) fn problems_in_order(problems: Vec<ExactProblem>) -> Result<Vec<Problem>, Malformed> {
    let problems: Vec<Problem> =
        problems.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    in_order("problem", &problems, |problem| problem.path.clone())?;
    Ok(problems)
}
