#![doc = include_str!("../README.md")]

mod news;
mod problem;
mod projects;
mod statistics;
mod status;
mod watching;

pub use news::News;
pub use problem::Problem;
pub use projects::{Project, Projects};
pub use statistics::{Copy, ProjectDeployment, Statistics};
pub use status::{ArtifactStatistics, Status};
pub use watching::Watching;
