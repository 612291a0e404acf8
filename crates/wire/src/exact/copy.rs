//! One copy and what became of it.

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use skillstat_domain::{
    Baseline, ContentHash, CopyReport, CopyState, DeployedAt, Problem, ProblemKind, ProfileRoot,
    ProjectPath, RecordedPath,
};

use super::malformed::Malformed;
use super::problem::ExactProblem;

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExactCopy {
    /// The profile root it lies in.
    pub profile_root: String,
    /// Its path as recorded.
    pub path: String,
    /// When it was deployed, with the seconds of an offset that has some.
    pub deployed_at: String,
    /// The hash on record, as recorded.
    pub baseline: String,
    /// The collection it was deployed from, where the record names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_collection: Option<String>,
    /// The deployment profile, where the record names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_id: Option<String>,
    /// The line of its record.
    pub line: u32,
    /// What became of it.
    pub state: ExactState,
}

/// The state of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExactState {
    /// As deployed.
    Synced,
    /// Edited: the hash of the content as it is now.
    Modified(String),
    /// Gone.
    Missing,
    /// Not verified, and why.
    Unreadable(Box<ExactProblem>),
}

impl From<&CopyReport> for ExactCopy {
    fn from(copy: &CopyReport) -> Self {
        Self {
            profile_root: copy.profile_root.to_string(),
            path: copy.path.as_str().to_owned(),
            deployed_at: copy.deployed_at.exact_text(),
            baseline: copy.baseline.as_str().to_owned(),
            from_collection: copy.from_collection.clone(),
            profile_id: copy.profile_id.clone(),
            line: copy.line,
            state: match &copy.state {
                CopyState::Synced => ExactState::Synced,
                CopyState::Modified { current } => ExactState::Modified(current.to_string()),
                CopyState::Missing => ExactState::Missing,
                CopyState::Unreadable(problem) => {
                    ExactState::Unreadable(Box::new((&**problem).into()))
                }
            },
        }
    }
}

impl TryFrom<ExactCopy> for CopyReport {
    type Error = Malformed;

    fn try_from(copy: ExactCopy) -> Result<Self, Malformed> {
        let profile_root = ProfileRoot::new(&copy.profile_root);
        let profile_root = profile_root
            .map_err(|error| Malformed::new("profile root", copy.profile_root, &error))?;
        let baseline = Baseline::new(&copy.baseline);
        Ok(Self {
            profile_root,
            path: RecordedPath::new(&copy.path),
            deployed_at: date(copy.deployed_at)?,
            from_collection: copy.from_collection,
            profile_id: copy.profile_id,
            line: copy.line,
            state: state(copy.state, &baseline)?,
            baseline,
        })
    }
}

/// Reads a state, which must be one that a copy of this baseline can have.
fn state(state: ExactState, baseline: &Baseline) -> Result<CopyState, Malformed> {
    match (state, baseline.hash()) {
        (ExactState::Synced | ExactState::Modified(_), None) => {
            Err(Malformed::new("baseline", baseline.as_str(), &"nothing can be compared with it"))
        }
        (ExactState::Synced, Some(_)) => Ok(CopyState::Synced),
        (ExactState::Modified(current), Some(recorded)) if current.parse() == Ok(recorded) => {
            Err(Malformed::new("hash", current, &"modified, and as the baseline"))
        }
        (ExactState::Modified(current), Some(_)) => {
            Ok(CopyState::Modified { current: hash(current)? })
        }
        (ExactState::Missing, _) => Ok(CopyState::Missing),
        (ExactState::Unreadable(problem), _) => {
            let problem: Problem = (*problem).try_into()?;
            if problem.kind != ProblemKind::UnreadableCopy {
                return Err(Malformed::new("kind", problem.kind.as_str(), &"not that of a copy"));
            }
            Ok(CopyState::Unreadable(Box::new(problem)))
        }
    }
}

fn hash(text: String) -> Result<ContentHash, Malformed> {
    text.parse().map_err(|error| Malformed::new("hash", text, &error))
}

/// Reads a date.
pub(super) fn date(text: String) -> Result<DeployedAt, Malformed> {
    text.parse().map_err(|error| Malformed::new("date", text, &error))
}

/// Reads the path of a project.
pub(super) fn project_path(text: &str) -> Result<ProjectPath, Malformed> {
    ProjectPath::new(Utf8Path::new(text)).map_err(|error| Malformed::new("project", text, &error))
}
