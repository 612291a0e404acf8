//! How changes on disk are to be seen.

use std::fmt;
use std::str::FromStr;

/// The setting `watch`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Watch {
    /// Let the system tell of them, and look from time to time where it cannot.
    #[default]
    Auto,
    /// Look at everything as soon as the system hints that something has changed, as other systems than
    /// Linux do.
    Notify,
    /// Look at everything from time to time.
    Polling,
    /// Not at all: an answer is good for its time to live.
    Off,
}

/// What `watch` must be.
pub(super) const A_WAY: &str = "\"auto\", \"notify\", \"polling\" or \"off\"";

impl FromStr for Watch {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Auto, Self::Notify, Self::Polling, Self::Off]
            .into_iter()
            .find(|way| way.to_string() == text)
            .ok_or(())
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Notify => "notify",
            Self::Polling => "polling",
            Self::Off => "off",
        })
    }
}
