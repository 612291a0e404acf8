//! How much of what answers depend on is watched.

use std::fmt;
use std::time::Duration;

use crate::Problem;

/// How changes on disk come to be known, and what is not seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// How changes are seen.
    pub method: WatchMethod,
    /// Whether all that can be watched is watched by now.
    pub complete: bool,
    /// How many directories the system tells changes of.
    pub watches: usize,
    /// How many it may be asked to at most.
    pub budget: usize,
    /// How many copies are looked at from time to time instead.
    pub looked_at: usize,
    /// How long a change may go unseen where nothing tells of it; nothing when only the time to live
    /// of an answer bounds it.
    pub bound: Option<Duration>,
    /// The names of directories in which, outside of copies, nobody watches for new projects: those are
    /// found when an answer's time to live has run out.
    pub left_out: &'static [&'static str],
    /// What is not watched, each with the reason and what to do; sorted.
    pub gaps: Vec<Problem>,
}

impl Coverage {
    /// The coverage when nobody watches.
    pub const fn none() -> Self {
        Self {
            method: WatchMethod::Off,
            complete: true,
            watches: 0,
            budget: 0,
            looked_at: 0,
            bound: None,
            left_out: &[],
            gaps: Vec::new(),
        }
    }

    /// Returns the state in one word.
    pub fn state(&self) -> WatchState {
        match self {
            Self { method: WatchMethod::Off, .. } => WatchState::Off,
            Self { complete: false, gaps, .. } if gaps.is_empty() => WatchState::Starting,
            Self { gaps, .. } if gaps.is_empty() => WatchState::Live,
            _ => WatchState::Degraded,
        }
    }
}

/// How changes on disk are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WatchMethod {
    /// Linux tells them.
    Inotify,
    /// Another system tells them.
    Notify,
    /// Everything is looked at from time to time.
    Polling,
    /// Not at all: an answer is good for its time to live.
    Off,
}

impl WatchMethod {
    /// Returns the name used in answers and in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inotify => "inotify",
            Self::Notify => "notify",
            Self::Polling => "polling",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for WatchMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How far an answer can be relied on to hold the latest change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WatchState {
    /// Nobody watches.
    Off,
    /// Watches are being set up; until then the time to live bounds an answer.
    Starting,
    /// Every change that happened before a question is in its answer.
    Live,
    /// The same, but for what the gaps name.
    Degraded,
}

impl WatchState {
    /// Returns the name used in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Starting => "starting",
            Self::Live => "live",
            Self::Degraded => "degraded",
        }
    }
}

impl fmt::Display for WatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProblemKind;

    #[track_caller]
    fn check(method: WatchMethod, complete: bool, gaps: usize, expected: &str) {
        let gap = Problem {
            path: "/dev/shop".to_owned(),
            line: None,
            kind: ProblemKind::NotWatched,
            reason: "why".to_owned(),
            fix: "how".to_owned(),
            artifact: None,
        };
        let gaps = vec![gap; gaps];
        let coverage = Coverage { method, complete, gaps, ..Coverage::none() };
        assert_eq!(coverage.state().as_str(), expected);
    }

    #[test]
    fn the_state_is_live_only_when_all_is_watched() {
        check(WatchMethod::Off, true, 0, "off");
        check(WatchMethod::Inotify, false, 0, "starting");
        check(WatchMethod::Inotify, true, 0, "live");
        check(WatchMethod::Polling, true, 1, "degraded");
        check(WatchMethod::Polling, false, 1, "degraded");
    }

    #[test]
    fn methods_have_names() {
        use WatchMethod::{Inotify, Notify, Off, Polling};
        let names = [Inotify, Notify, Polling, Off].map(WatchMethod::as_str);
        assert_eq!(names, ["inotify", "notify", "polling", "off"]);
    }
}
