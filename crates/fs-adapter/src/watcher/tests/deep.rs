//! Trees that are deeper than any that is made on purpose.

use super::*;

/// As deep as a path can lead.
const LEVELS: usize = 1950;

fn nested(top: &str) -> String {
    format!("{top}{}", "/d".repeat(LEVELS))
}

#[test]
fn a_copy_and_collections_as_deep_as_paths_can_be_are_followed_as_far_as_they_are_read() {
    let tree = shop();
    tree.directory(nested("root/shop/.claude/skills/pdf/deep"))
        .directory(nested("home/collections/own"));
    let watched = Watched::new(tree);
    let level = |level: usize| format!("skills/pdf/deep{}/file", "/d".repeat(level));
    let told = watched.told(|tree| {
        tree.file(format!("root/shop/.claude/{}", level(10)), "");
    });
    assert!(told.contains(&watched.content("root/shop", ".claude", &level(10))));
    // It came in one go, and goes so.
    watched.told(|tree| {
        fs::rename(tree.path("root/shop/.claude/skills/pdf"), tree.path("away")).unwrap();
        fs::rename(tree.path("home/collections"), tree.path("gone")).unwrap();
    });
    let watches = watched.watcher.coverage().watches;
    assert!(watches < 30, "{watches}");
}

#[test]
fn a_walk_without_a_limit_goes_as_deep_as_paths_can_be() {
    let tree = TempTree::new();
    let mut deepest = nested("root");
    deepest.truncate(3900);
    tree.tracker(format!("{deepest}/.claude"));
    let options = options(&tree, 100_000);
    let discovery = DiscoveryOptions { max_depth: usize::MAX, ..options.discovery };
    let options = WatchOptions { discovery, ..options };
    let watched = Watched::over(tree, options, Kernels::new());
    let told = watched.told(|tree| fs::remove_dir_all(tree.path("root/d")).unwrap());
    assert!(!told.is_empty());
}
