//! Whether others can be reached.

use crate::Moment;

/// The state of the way to other machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetLink {
    /// Why nobody can be reached; nothing when they can.
    pub away: Option<String>,
    /// Since when.
    pub since: Moment,
    /// How often it was lost so far.
    pub lost: u64,
}
