#![doc = include_str!("../README.md")]

mod problem;
mod projects;
mod statistics;
mod status;

pub use problem::Problem;
pub use projects::{Project, Projects};
pub use statistics::{Copy, ProjectDeployment, Statistics};
pub use status::{ArtifactStatistics, Status};
