//! What each machine tells of itself.

use std::time::Duration;

use crate::{ArtifactId, HostId, StateName, WatchState};

/// The state of one machine, as it reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSummary {
    /// Which machine.
    pub host: HostId,
    /// What people call it.
    pub name: String,
    /// The version of the program.
    pub version: String,
    /// How far its answers can be relied on to hold the latest change.
    pub watch: WatchState,
    /// How many search roots it has.
    pub roots: usize,
    /// How many projects.
    pub projects: usize,
    /// How many problems it has with them.
    pub problems: usize,
    /// How many artifacts have a modified copy.
    pub modified: usize,
    /// Its artifacts, sorted; at most [`MOST_ARTIFACTS`](Self::MOST_ARTIFACTS).
    pub artifacts: Vec<HostArtifact>,
    /// How many artifacts there was no place for.
    pub left_out: usize,
}

impl HostSummary {
    /// The most artifacts that are listed.
    pub const MOST_ARTIFACTS: usize = 1000;
}

/// One artifact on one machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostArtifact {
    /// The artifact.
    pub artifact: ArtifactId,
    /// In how many projects it is deployed.
    pub total: usize,
    /// In how many of them it is modified.
    pub modified: usize,
    /// The worst state of its copies; nothing when it is only named in problems.
    pub worst: Option<StateName>,
}

/// What a machine said last, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostReport {
    /// What it said.
    pub summary: HostSummary,
    /// How long ago, by the clock of whoever remembers.
    pub age: Duration,
}

impl HostReport {
    /// After how long without a word nobody knows how a machine is: some of its reports.
    pub const STALE_AFTER: Duration = Duration::from_secs(15);

    /// Tells whether nobody knows how the machine is now.
    pub fn is_stale(&self) -> bool {
        self.age > Self::STALE_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_stale_once_it_is_older_than_some_reports_take() {
        let is_stale = |age: Duration| {
            let summary = HostSummary {
                host: HostId::from_bytes([0; 16]),
                name: "one".to_owned(),
                version: "1".to_owned(),
                watch: WatchState::Live,
                roots: 1,
                projects: 0,
                problems: 0,
                modified: 0,
                artifacts: Vec::new(),
                left_out: 0,
            };
            HostReport { summary, age }.is_stale()
        };
        assert!(!is_stale(Duration::ZERO) && !is_stale(HostReport::STALE_AFTER));
        assert!(is_stale(HostReport::STALE_AFTER + Duration::from_nanos(1)));
    }
}
