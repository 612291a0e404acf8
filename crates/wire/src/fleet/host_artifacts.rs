//! The artifacts of one machine, as JSON.

use serde::{Deserialize, Serialize};
use skillstat_domain::HostReport;

use super::{FleetHost, worst};

/// One machine and its artifacts, as it reported them last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetHostArtifacts {
    /// The machine; when it is stale, nobody knows whether anything of this is still so.
    pub host: FleetHost,
    /// Its artifacts, sorted; it may have `left_out` more.
    pub artifacts: Vec<FleetHostArtifact>,
}

/// One artifact of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[non_exhaustive]
pub struct FleetHostArtifact {
    /// The artifact.
    pub artifact: String,
    /// In how many projects it is deployed.
    pub total_deployments: usize,
    /// In how many of them it is modified.
    pub modified_deployments: usize,
    /// The worst state of its copies; `unknown` when the machine is stale, null when there is none.
    pub worst: Option<String>,
}

impl From<&HostReport> for FleetHostArtifacts {
    fn from(report: &HostReport) -> Self {
        let stale = report.is_stale();
        let artifacts = report.summary.artifacts.iter().map(|found| FleetHostArtifact {
            artifact: found.artifact.to_string(),
            total_deployments: found.total,
            modified_deployments: found.modified,
            worst: worst(found, stale),
        });
        Self { host: report.into(), artifacts: artifacts.collect() }
    }
}
