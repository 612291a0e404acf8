//! Other machines.

use std::collections::BTreeSet;
use std::fmt::Debug;

use async_trait::async_trait;

use crate::{FleetLink, HostReport, HostSummary, Renewal, SharedChange, VolumeName, VolumeVersion};

/// Remembers for several machines what has changed on the volumes they share, and how each of them is.
///
/// Each operation MUST happen as a whole or not at all, at one moment between its call and its return,
/// also when several come at once. One that fails may have happened. What cannot be read MUST be an
/// error, never a guess. It MUST be bounded in what it keeps, and MAY forget a volume at any time, then
/// all of it; a volume that was forgotten MUST begin with a version that it never had.
#[cfg_attr(any(test, feature = "test-util"), mockall::automock)]
#[async_trait]
pub trait Fleet: Debug + Send + Sync {
    /// Returns the version of a volume, and what has happened to it since the version that is known.
    ///
    /// # Errors
    ///
    /// - [`FleetError`] when nobody can be reached or what is said makes no sense.
    async fn renew(
        &self,
        volume: &VolumeName,
        known: Option<VolumeVersion>,
    ) -> Result<Renewal, FleetError>;

    /// Tells of changes; returns the version that the volume has with them. Every renewal that happens
    /// later tells them on.
    ///
    /// # Errors
    ///
    /// - [`FleetError`] as above; it is not known whether they are told.
    async fn announce(
        &self,
        volume: &VolumeName,
        changes: &BTreeSet<SharedChange>,
    ) -> Result<VolumeVersion, FleetError>;

    /// Tells how a machine is, in place of what it said before.
    ///
    /// # Errors
    ///
    /// - [`FleetError`] as above.
    async fn report(&self, summary: &HostSummary) -> Result<(), FleetError>;

    /// Returns what each machine said last, sorted by name and id.
    ///
    /// # Errors
    ///
    /// - [`FleetError`] as above.
    async fn hosts(&self) -> Result<Vec<HostReport>, FleetError>;

    /// Returns the state of the way there. Costs nothing.
    fn link(&self) -> FleetLink;
}

const _: fn(&dyn Fleet) = |_| {};

/// Why nothing can be said: whatever it is, nobody may rely on what others say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct FleetError {
    /// What is wrong, as a phrase; it may hold what a stranger wrote.
    pub reason: String,
}
