//! One copy and what became of it.

use camino::Utf8Path;
use serde::{Deserialize, Serialize};
use skillstat_domain::{
    Baseline, ContentHash, CopyReport, CopyState, DeployedAt, DriftKind, Problem, ProblemKind,
    ProfileRoot, ProjectPath, RecordedPath,
};

use super::malformed::Malformed;
use super::problem::ExactProblem;

/// One copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
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
    /// What kept the collection's word on it from being known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<ExactProblem>,
}

/// The state of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExactState {
    /// As deployed.
    Synced,
    /// As deployed, and the collection holds something newer.
    Outdated,
    /// Edited.
    Modified(ExactDrift),
    /// Edited, and the collection holds something newer.
    Conflict(ExactDrift),
    /// Gone.
    Missing,
    /// Not verified, and why.
    Unreadable(Box<ExactProblem>),
}

/// How a copy was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct ExactDrift {
    /// The hash of the content as it is now.
    pub current: String,
    /// In what way it differs from what was deployed.
    pub kind: String,
}

impl From<&CopyReport> for ExactCopy {
    fn from(copy: &CopyReport) -> Self {
        Self {
            profile_root: copy.profile_root.to_string(),
            path: copy.path.as_str().to_owned(),
            deployed_at: copy.deployed_at.exact_text(),
            baseline: copy.baseline.as_str().to_owned(),
            from_collection: copy.from_collection.as_deref().map(ToOwned::to_owned),
            profile_id: copy.profile_id.as_deref().map(ToOwned::to_owned),
            line: copy.line,
            state: match &copy.state {
                CopyState::Synced => ExactState::Synced,
                CopyState::Outdated => ExactState::Outdated,
                CopyState::Modified { current, kind } => {
                    ExactState::Modified(ExactDrift::new(*current, *kind))
                }
                CopyState::Conflict { current, kind } => {
                    ExactState::Conflict(ExactDrift::new(*current, *kind))
                }
                CopyState::Missing => ExactState::Missing,
                CopyState::Unreadable(problem) => {
                    ExactState::Unreadable(Box::new((&**problem).into()))
                }
            },
            doubts: copy.doubts.iter().map(Into::into).collect(),
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
            from_collection: copy.from_collection.map(Into::into),
            profile_id: copy.profile_id.map(Into::into),
            line: copy.line,
            state: state(copy.state, &baseline)?,
            doubts: copy.doubts.into_iter().map(doubt).collect::<Result<_, _>>()?,
            baseline,
        })
    }
}

impl ExactDrift {
    fn new(current: ContentHash, kind: DriftKind) -> Self {
        Self { current: current.to_string(), kind: kind.to_string() }
    }

    /// Reads it; the content must not be what was deployed.
    fn read(self, recorded: ContentHash) -> Result<(ContentHash, DriftKind), Malformed> {
        let Self { current, kind } = self;
        if current.parse() == Ok(recorded) {
            return Err(Malformed::new("hash", current, &"modified, and as the baseline"));
        }
        let kind = kind.parse().map_err(|error| Malformed::new("drift", kind, &error))?;
        Ok((hash(current)?, kind))
    }
}

/// Reads a state, which must be one that a copy of this baseline can have.
fn state(state: ExactState, baseline: &Baseline) -> Result<CopyState, Malformed> {
    let recorded = || {
        let why = "nothing can be compared with it";
        baseline.hash().ok_or_else(|| Malformed::new("baseline", baseline.as_str(), &why))
    };
    Ok(match state {
        ExactState::Synced => recorded().map(|_| CopyState::Synced)?,
        ExactState::Outdated => recorded().map(|_| CopyState::Outdated)?,
        ExactState::Modified(drift) => {
            let (current, kind) = drift.read(recorded()?)?;
            CopyState::Modified { current, kind }
        }
        ExactState::Conflict(drift) => {
            let (current, kind) = drift.read(recorded()?)?;
            CopyState::Conflict { current, kind }
        }
        ExactState::Missing => CopyState::Missing,
        ExactState::Unreadable(problem) => {
            CopyState::Unreadable(Box::new(of_kind(*problem, &[ProblemKind::UnreadableCopy])?))
        }
    })
}

/// Reads why the collection's word is not known.
fn doubt(problem: ExactProblem) -> Result<Problem, Malformed> {
    of_kind(problem, &[ProblemKind::MalformedManifest, ProblemKind::UnreadableCollection])
}

/// Reads a problem of a copy, which must be of one of these kinds.
fn of_kind(problem: ExactProblem, kinds: &[ProblemKind]) -> Result<Problem, Malformed> {
    let problem: Problem = problem.try_into()?;
    if !kinds.contains(&problem.kind) {
        return Err(Malformed::new("kind", problem.kind.as_str(), &"not that of a copy"));
    }
    Ok(problem)
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
