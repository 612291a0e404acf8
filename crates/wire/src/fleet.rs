//! Several machines, as JSON.

mod host_artifacts;
mod host_body;

pub use host_artifacts::{FleetHostArtifact, FleetHostArtifacts};
pub use host_body::{HostBody, HostBodyError};
use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, HostArtifact, HostId, HostReport, StateName, WatchState};

/// Every machine that has reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetHosts {
    /// The id of the machine that answers, which may not have reported yet.
    pub this: String,
    /// The machines, sorted by name.
    pub hosts: Vec<FleetHost>,
    /// The sums over the machines that are not stale.
    pub total: FleetTotal,
}

/// One machine, as it reported last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetHost {
    /// Its id, 32 hex digits.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How many seconds ago it reported.
    pub age_seconds: f64,
    /// Whether it has been silent for so long that nobody knows how it is: what follows is what it said
    /// last.
    pub stale: bool,
    /// The version of the program.
    pub version: String,
    /// `live`, `degraded`, `starting` or `off`; `unknown` when it is stale.
    pub watch: String,
    /// How many search roots it has.
    pub roots: usize,
    /// How many projects.
    pub projects: usize,
    /// How many artifacts with a record.
    pub artifacts: usize,
    /// How many of them have a modified copy.
    pub modified: usize,
    /// How many problems.
    pub problems: usize,
    /// How many artifacts it has beyond those that it reports one by one.
    pub left_out: usize,
}

/// Sums over machines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetTotal {
    /// How many machines.
    pub hosts: usize,
    /// How many machines are stale, and not in the sums.
    pub stale: usize,
    /// How many projects.
    pub projects: usize,
    /// How many artifacts, one on two machines twice.
    pub artifacts: usize,
    /// How many of them have a modified copy.
    pub modified: usize,
}

/// One artifact on every machine that has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetArtifact {
    /// The artifact.
    pub artifact: String,
    /// In how many projects it is deployed, over the machines that are not stale.
    pub total_deployments: usize,
    /// In how many of them it is modified.
    pub modified_deployments: usize,
    /// The machines that have it, sorted by name.
    pub hosts: Vec<FleetArtifactHost>,
    /// The names of machines that report fewer artifacts than they have: they may have it, too.
    pub may_have_it: Vec<String>,
}

/// One artifact on one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetArtifactHost {
    /// The machine's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How many seconds ago it reported.
    pub age_seconds: f64,
    /// Whether nobody knows how it is now.
    pub stale: bool,
    /// In how many projects the artifact is deployed.
    pub total_deployments: usize,
    /// In how many of them it is modified.
    pub modified_deployments: usize,
    /// The worst state of its copies; `unknown` when the machine is stale, null when there is none.
    pub worst: Option<String>,
}

/// What is said of a machine that has been silent for too long.
const UNKNOWN: &str = "unknown";

impl From<&HostReport> for FleetHost {
    fn from(report: &HostReport) -> Self {
        let (summary, stale) = (&report.summary, report.is_stale());
        let watch = if stale { UNKNOWN } else { summary.watch.as_str() };
        Self {
            id: summary.host.to_string(),
            name: summary.name.clone(),
            age_seconds: report.age.as_secs_f64(),
            stale,
            version: summary.version.clone(),
            watch: watch.to_owned(),
            roots: summary.roots,
            projects: summary.projects,
            artifacts: summary.artifacts.len() + summary.left_out,
            modified: summary.modified,
            problems: summary.problems,
            left_out: summary.left_out,
        }
    }
}

impl FleetHosts {
    /// Sums up what machines said; `this` is the one that answers.
    pub fn new(reports: &[HostReport], this: HostId) -> Self {
        let (hosts, total) = (reports.iter().map(Into::into).collect(), reports.into());
        Self { this: this.to_string(), hosts, total }
    }
}

impl From<&[HostReport]> for FleetTotal {
    fn from(reports: &[HostReport]) -> Self {
        let mut total = Self { hosts: reports.len(), ..Self::default() };
        for report in reports {
            if report.is_stale() {
                total.stale += 1;
                continue;
            }
            total.projects += report.summary.projects;
            total.artifacts += report.summary.artifacts.len() + report.summary.left_out;
            total.modified += report.summary.modified;
        }
        total
    }
}

impl FleetArtifact {
    /// Looks an artifact up in what machines said.
    pub fn new(artifact: &ArtifactId, reports: &[HostReport]) -> Self {
        let mut all = Self {
            artifact: artifact.to_string(),
            total_deployments: 0,
            modified_deployments: 0,
            hosts: Vec::new(),
            may_have_it: Vec::new(),
        };
        for report in reports {
            let (summary, stale) = (&report.summary, report.is_stale());
            let Some(found) = summary.artifacts.iter().find(|found| found.artifact == *artifact)
            else {
                if summary.left_out > 0 {
                    all.may_have_it.push(summary.name.clone());
                }
                continue;
            };
            if !stale {
                all.total_deployments += found.total;
                all.modified_deployments += found.modified;
            }
            all.hosts.push(FleetArtifactHost {
                id: summary.host.to_string(),
                name: summary.name.clone(),
                age_seconds: report.age.as_secs_f64(),
                stale,
                total_deployments: found.total,
                modified_deployments: found.modified,
                worst: worst(found, stale),
            });
        }
        all
    }
}

/// Returns the worst state of an artifact's copies, as far as it is known.
fn worst(found: &HostArtifact, stale: bool) -> Option<String> {
    let worst = if stale { Some(UNKNOWN) } else { found.worst.map(StateName::as_str) };
    worst.map(str::to_owned)
}

/// Finds the state of watching with a name.
fn watch_state(name: &str) -> Option<WatchState> {
    [WatchState::Off, WatchState::Starting, WatchState::Live, WatchState::Degraded]
        .into_iter()
        .find(|state| state.as_str() == name)
}
