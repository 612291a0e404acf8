//! The volumes that this machine shares with others.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

use crate::{FleetLink, Problem, VolumeName};

/// Tells other machines of changes, and how that goes.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
#[async_trait]
pub trait SharedVolumes: Debug + Send + Sync {
    /// Tells others that anything may have changed on every volume; returns when they have heard it or
    /// when nobody can rely on what was before. A problem for each volume whose users could not be told.
    ///
    /// An implementation MUST do so to its end even when nobody waits for the answer any more.
    async fn everything_changed(&self) -> Vec<Problem>;

    /// Returns how things are. Costs nothing.
    fn standing(&self) -> FleetStanding;
}

const _: fn(&dyn SharedVolumes) = |_| {};

/// How things are with other machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetStanding {
    /// The way to them.
    pub link: FleetLink,
    /// The volumes, sorted by name.
    pub volumes: Vec<VolumeStanding>,
    /// How many renewals there were.
    pub renewals: u64,
    /// How many of them failed.
    pub failed_renewals: u64,
    /// How many changes were announced.
    pub announcements: u64,
    /// How many could not be.
    pub failed_announcements: u64,
    /// How often everything was forgotten because there was no lease.
    pub dropped: u64,
}

/// How things are with one volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeStanding {
    /// Its name.
    pub name: VolumeName,
    /// Where it is on this machine.
    pub root: String,
    /// How long its lease is good for; zero when there is none.
    pub lease: Duration,
    /// Whether nobody has asked lately, so that a lease is not needed.
    pub is_idle: bool,
    /// What is wrong; nothing when a lease is there or could be had.
    pub fault: Option<String>,
}
