//! Answers with nothing left out, from one program of ours to another: what is read is the value that
//! was written.
//!
//! The other shapes are for people, scripts and SkillMeat's clients: they leave out what these have no
//! use for, and keep their names whatever changes here. What is read is data from outside, so reading
//! takes nothing on trust and says what is wrong.

mod collections;
mod copy;
mod headers;
mod malformed;
mod overview;
mod problem;
mod statistics;

pub use collections::{ExactCollection, ExactCollectionArtifact, ExactCollections, ExactMetadata};
pub use copy::{ExactCopy, ExactDrift, ExactState};
pub use headers::{
    AGE_HEADER, EXACT_VERSION, EXACT_VERSION_HEADER, FINGERPRINT_HEADER, LIVE, WATCH_HEADER,
};
pub use malformed::Malformed;
pub use overview::{ExactArtifactStatistics, ExactOverview};
pub use problem::ExactProblem;
pub use statistics::{ExactDeployment, ExactStatistics};

#[cfg(test)]
mod tests;
