//! The contract of [`ProjectDiscovery`].

use super::{SetUp, record};
use crate::testing::{CopySketch, Sketch, TrackerSketch};
use crate::{ProjectDiscovery, Scanned};

/// Runs the suite.
///
/// # Panics
///
/// Panics when the implementation breaks its contract.
pub fn project_discovery(set_up: SetUp<'_, dyn ProjectDiscovery>) {
    nothing_is_an_empty_list_without_problems(set_up);
    finds_each_project_once_sorted_and_not_too_deep(set_up);
    finds_a_project_whose_tracker_is_broken(set_up);
}

fn nothing_is_an_empty_list_without_problems(set_up: SetUp<'_, dyn ProjectDiscovery>) {
    let stage = set_up(&Sketch::default());
    let found = stage.port.discover();
    assert_eq!((found.value, found.problems), (Vec::new(), Vec::new()));
}

fn finds_each_project_once_sorted_and_not_too_deep(set_up: SetUp<'_, dyn ProjectDiscovery>) {
    let tracker = || TrackerSketch::Records(vec![record("pdf", CopySketch::File(b"x".to_vec()))]);
    let stage = set_up(
        &Sketch::default()
            .tracker("", ".claude", tracker())
            .tracker("a/b", ".claude", tracker())
            .tracker("a/b", ".codex", tracker())
            .tracker("a-b", ".foo", tracker())
            .tracker("a/b/c", ".claude", TrackerSketch::Records(Vec::new()))
            .tracker("a/b/c/d", ".claude", tracker()),
    );
    let expected: Vec<_> =
        ["", "a-b", "a/b", "a/b/c"].iter().map(|path| stage.project(path)).collect();
    let found = stage.port.discover();
    for directory in ["", "a", "a-b", "a/b", "a/b/.claude", "a/b/c", "a/b/c/d", "nowhere"] {
        let directory = stage.project(directory);
        let looked = stage.port.look_at(&directory);
        let expected = Scanned::whole(found.value.contains(&directory));
        assert_eq!(looked, expected, "one look tells what a walk tells: {directory}");
    }
    assert_eq!((found.value, found.problems), (expected, Vec::new()));
}

fn finds_a_project_whose_tracker_is_broken(set_up: SetUp<'_, dyn ProjectDiscovery>) {
    let stage = set_up(&Sketch::default().tracker("shop", ".claude", TrackerSketch::Broken));
    assert_eq!(stage.port.discover().value, [stage.project("shop")]);
}
