#![doc = include_str!("../README.md")]

mod backups;
mod diff;
mod exact;
mod fleet;
mod matrix;
mod news;
mod problem;
mod projects;
mod rows;
mod statistics;
mod status;
mod watching;
mod written;

pub use backups::{Backup, Backups};
pub use diff::{Diff, DiffFile, DiffSummary};
pub use exact::{
    AGE_HEADER, EXACT_VERSION, EXACT_VERSION_HEADER, ExactArtifactStatistics, ExactCollection,
    ExactCollectionArtifact, ExactCollections, ExactCopy, ExactDeployment, ExactDrift,
    ExactMetadata, ExactOverview, ExactProblem, ExactState, ExactStatistics, FINGERPRINT_HEADER,
    LIVE, Malformed, WATCH_HEADER,
};
pub use fleet::{
    FleetArtifact, FleetArtifactHost, FleetHost, FleetHostArtifact, FleetHostArtifacts, FleetHosts,
    FleetTotal, HostBody, HostBodyError,
};
pub use matrix::{Matrix, MatrixRow};
pub use news::News;
pub use problem::Problem;
pub use projects::{Project, Projects};
pub use statistics::{Copy, ProjectDeployment, Statistics};
pub use status::Status;
pub use watching::Watching;
pub use written::{Written, WrittenItem, WrittenResult};
