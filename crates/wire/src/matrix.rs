//! Which artifact is in which project, as JSON that is small enough to be drawn at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use skillstat_domain::{
    ArtifactId, Collection, DeploymentStatistics, Overview, ProjectPath, Scanned, StateName,
};

use crate::Problem;

/// What stands in a row for a project that the artifact is not in.
const NOT_THERE: u8 = b'.';

/// Every artifact, deployed or only in a collection, and every project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Matrix {
    /// The paths of the projects, sorted: the columns.
    pub projects: Vec<String>,
    /// The names of the states, from the least to the most serious; `cells` refers to them.
    pub states: Vec<String>,
    /// The artifacts, sorted by id.
    pub artifacts: Vec<MatrixRow>,
    /// All problems, those of the collections in the end.
    pub problems: Vec<Problem>,
}

/// One artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct MatrixRow {
    /// Its id, `type:name`.
    pub artifact: String,
    /// Whether a collection has it, so that it can be deployed.
    pub in_collection: bool,
    /// One character for each project: a full stop where it is not, else a digit, the place in `states`
    /// of the worst state of its copies there.
    pub cells: String,
}

impl Matrix {
    /// Joins what is deployed and what could be.
    pub fn new(overview: &Overview, collections: &Scanned<Vec<Collection>>) -> Self {
        let columns: HashMap<&ProjectPath, usize> = overview.projects.iter().zip(0..).collect();
        let held: BTreeSet<&ArtifactId> = collections
            .value
            .iter()
            .flat_map(|collection| &collection.artifacts)
            .map(|artifact| &artifact.id)
            .collect();
        let mut rows: BTreeMap<&ArtifactId, Option<&DeploymentStatistics>> =
            held.iter().map(|artifact| (*artifact, None)).collect();
        rows.extend(overview.artifacts.iter().map(|(artifact, found)| (artifact, Some(found))));
        let artifacts = rows.into_iter().map(|(artifact, statistics)| MatrixRow {
            artifact: artifact.to_string(),
            in_collection: held.contains(artifact),
            cells: cells(&columns, statistics),
        });
        let unread = collections.problems.iter();
        let unread = unread.filter(|problem| !overview.problems.contains(problem));
        Self {
            projects: overview.projects.iter().map(ToString::to_string).collect(),
            states: StateName::ALL.map(|state| state.to_string()).into(),
            artifacts: artifacts.collect(),
            problems: overview.problems.iter().chain(unread).map(Into::into).collect(),
        }
    }
}

fn cells(
    columns: &HashMap<&ProjectPath, usize>,
    statistics: Option<&DeploymentStatistics>,
) -> String {
    let mut cells = vec![NOT_THERE; columns.len()];
    for deployment in statistics.into_iter().flat_map(|statistics| &statistics.projects) {
        let state =
            StateName::ALL.iter().zip(b'0'..).find(|(state, _)| **state == deployment.state());
        if let (Some((_, digit)), Some(column)) = (state, columns.get(deployment.project())) {
            cells[*column] = digit;
        }
    }
    // Full stops and digits.
    String::from_utf8(cells).unwrap_or_default()
}
