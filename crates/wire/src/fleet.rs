//! Several machines, as JSON.

mod host_body;

pub use host_body::{HostBody, HostBodyError};
use serde::{Deserialize, Serialize};
use skillstat_domain::{ArtifactId, HostReport, StateName, WatchState};

/// Every machine that has reported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FleetHosts {
    /// The machines, sorted by name.
    pub hosts: Vec<FleetHost>,
    /// The sums over the machines that are not stale.
    pub total: FleetTotal,
}

/// One machine, as it reported last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

impl From<&[HostReport]> for FleetHosts {
    fn from(reports: &[HostReport]) -> Self {
        let hosts: Vec<FleetHost> = reports.iter().map(Into::into).collect();
        let mut total = FleetTotal { hosts: hosts.len(), ..FleetTotal::default() };
        for host in &hosts {
            if host.stale {
                total.stale += 1;
                continue;
            }
            total.projects += host.projects;
            total.artifacts += host.artifacts;
            total.modified += host.modified;
        }
        Self { hosts, total }
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
            let worst = found.worst.map(StateName::as_str);
            let worst = if stale { Some(UNKNOWN) } else { worst };
            all.hosts.push(FleetArtifactHost {
                id: summary.host.to_string(),
                name: summary.name.clone(),
                age_seconds: report.age.as_secs_f64(),
                stale,
                total_deployments: found.total,
                modified_deployments: found.modified,
                worst: worst.map(str::to_owned),
            });
        }
        all
    }
}

/// Finds the state of watching with a name.
fn watch_state(name: &str) -> Option<WatchState> {
    [WatchState::Off, WatchState::Starting, WatchState::Live, WatchState::Degraded]
        .into_iter()
        .find(|state| state.as_str() == name)
}
