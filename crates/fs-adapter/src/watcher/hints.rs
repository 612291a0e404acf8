//! Hints of the system that something may have changed, where it gives no exact news.

use std::path::PathBuf;

use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use skillstat_domain::Problem;

use super::not_watched;
use crate::fault::printable;

/// Calls for a look as soon as something changes, for as long as it is there.
#[derive(Debug)]
pub(super) struct Hints {
    _system: Option<RecommendedWatcher>,
    /// Where there will be no hints, and why.
    pub(super) gaps: Vec<Problem>,
}

impl Hints {
    /// Has `hint` called whenever something changes below one of these directories.
    pub(super) fn new(directories: &[PathBuf], mut hint: impl FnMut() + Send + 'static) -> Self {
        let told = move |event: notify::Result<Event>| {
            // Reading is no change; what went wrong may have hidden one.
            if event.map_or(true, |event| !matches!(event.kind, EventKind::Access(_))) {
                hint();
            }
        };
        let config = Config::default().with_follow_symlinks(false);
        let mut system = match RecommendedWatcher::new(told, config) {
            Ok(system) => system,
            Err(error) => return Self { _system: None, gaps: vec![gap("/", &error)] },
        };
        let mut gaps = Vec::new();
        for directory in directories {
            if let Err(error) = system.watch(directory, RecursiveMode::Recursive) {
                gaps.push(gap(&printable(directory), &error));
            }
        }
        Self { _system: Some(system), gaps }
    }
}

fn gap(path: &str, error: &notify::Error) -> Problem {
    let reason = format!("the system does not tell of changes here ({error})");
    not_watched(path, reason, "wait for the next look, or set `watch` to \"polling\"".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{TempTree, name};

    #[test]
    fn directories_without_hints_are_told_apart() {
        let tree = TempTree::new();
        let absent = [b"\xfe", b"\xff"].map(|bytes| tree.path(name(bytes)));
        let hints = Hints::new(&absent, || ());
        let paths: Vec<_> = hints.gaps.iter().map(|gap| &*gap.path).collect();
        assert_eq!(paths, absent.each_ref().map(printable));
        assert!(paths[1].ends_with(r"/\xff"), "{paths:?}");
    }
}
