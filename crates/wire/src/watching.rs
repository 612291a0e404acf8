//! How much is watched, as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::Coverage;

use crate::Problem;

/// How changes on disk come to be known, and what is not seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct Watching {
    /// `live`: every change before a question is in its answer. `degraded`: but for the gaps.
    /// `starting`: watches are being set up. `off`: nobody watches.
    pub state: String,
    /// `inotify`, `notify`, `polling` or `off`.
    pub method: String,
    /// How many directories the system tells changes of.
    pub watches: usize,
    /// How many it may be asked to at most.
    pub budget: usize,
    /// How many copies are looked at from time to time instead.
    pub looked_at: usize,
    /// How many seconds a change may go unseen in a gap, or null when only `ttl` bounds it.
    pub bound_seconds: Option<f64>,
    /// Names of directories in which, outside of copies, new projects are found only when an answer's time
    /// to live has run out.
    pub left_out: Vec<String>,
    /// What is not watched, with the reason and what to do.
    pub gaps: Vec<Problem>,
}

impl From<&Coverage> for Watching {
    fn from(coverage: &Coverage) -> Self {
        Self {
            state: coverage.state().to_string(),
            method: coverage.method.to_string(),
            watches: coverage.watches,
            budget: coverage.budget,
            looked_at: coverage.looked_at,
            bound_seconds: coverage.bound.map(|bound| bound.as_secs_f64()),
            left_out: coverage.left_out.iter().map(|name| (*name).to_owned()).collect(),
            gaps: coverage.gaps.iter().map(Into::into).collect(),
        }
    }
}
