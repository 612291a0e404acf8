//! What is said of a shared volume when a lease is renewed.

use std::collections::BTreeSet;

use crate::{SharedChange, VolumeVersion};

/// The answer to whoever renews a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// The version that the volume has.
    pub version: VolumeVersion,
    /// What has happened to it.
    pub missed: Missed,
}

/// What has happened to a shared volume since the version that somebody knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missed {
    /// These changes; none when it is the version that is known.
    Changes(BTreeSet<SharedChange>),
    /// Nobody remembers: anything.
    Everything,
}
