//! How long a question may take, and how much an answer may be.

use std::time::Duration;

/// What one question may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The time until the connection stands.
    pub connect: Duration,
    /// The time until the whole answer is there, connecting included; reading it comes after.
    pub total: Duration,
    /// The bytes of an answer's body.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_millis(250), total: Duration::from_secs(2), body: 256 << 20 }
    }
}
