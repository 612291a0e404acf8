//! File systems that tell nothing.

use super::*;
use crate::watcher::mounts::Mount;

/// Says that a file system of this type is mounted there.
fn mount(kind: &str, path: PathBuf) -> Mount {
    Mount { path, kind: kind.to_owned(), number: 0 }
}

#[test]
fn what_lies_on_a_silent_file_system_is_looked_at_and_named() {
    let tree = shop();
    tree.tracker("root/far/bank/.claude").file("home/collections/own/collection.toml", "");
    let kernel = Kernels::new();
    *kernel.mounts.lock().unwrap() = vec![
        mount("tmpfs", "/".into()),
        mount("nfs4", tree.path("root/far")),
        mount("ext4", tree.path("root/far/near")),
        mount("fuse.sshfs", tree.path("other")),
    ];
    let watched = Watched::with(tree, 100_000, kernel);
    let looked_at = |most: usize| {
        watched.scribe.wait_until("the look", || watched.watcher.coverage().looked_at == most);
        let gaps = watched.watcher.coverage().gaps.clone();
        gaps.into_iter().map(|gap| gap.path).collect::<Vec<_>>()
    };
    let path = |path: &str| watched.tree.path(path).to_str().unwrap().to_owned();
    // The trackers of bank.
    assert_eq!(looked_at(1), [path("root/far")]);
    assert_eq!(watched.watcher.coverage().state(), WatchState::Degraded);
    watched.tree.tracker("root/far/new/.claude").tracker("root/far/near/x/.claude");
    watched.settle();
    assert_eq!(looked_at(2), [path("root/far")]);
    // The trackers of shop, and its two copies.
    watched.tree.tracker("other/store").link("root/shop/.codex", "../../other/store");
    watched.settle();
    assert_eq!(looked_at(5), [path("other"), path("root/far")]);
    fs::remove_file(watched.tree.path("root/shop/.codex")).unwrap();
    watched.settle();
    assert_eq!(looked_at(2), [path("root/far")]);
}

#[test]
fn what_is_shared_is_silent_whatever_it_lies_on() {
    // Fails when `shared` is not among the mounts.
    let tree = shop();
    tree.tracker("root/team/bank/.claude");
    let shared = tree.path("root/team");
    let options = WatchOptions { shared: vec![shared.clone()], ..options(&tree, 100_000) };
    let watched = Watched::over(tree, options, Kernels::new());
    watched.scribe.wait_until("the look", || watched.watcher.coverage().looked_at == 1);
    let gaps = watched.watcher.coverage().gaps.clone();
    assert_eq!(gaps[0].path, shared.to_str().unwrap());
    assert!(gaps[0].reason.contains("of type shared"), "{gaps:?}");
}

#[test]
fn collections_on_a_silent_file_system_are_looked_at_and_named() {
    let tree = shop();
    tree.file("far/collections/own/collection.toml", "").link("home", "far");
    let kernel = Kernels::new();
    *kernel.mounts.lock().unwrap() = vec![mount("9p", tree.path("far"))];
    let watched = Watched::with(tree, 100_000, kernel);
    watched.scribe.wait_until("the look", || watched.watcher.coverage().looked_at == 1);
    let coverage = watched.watcher.coverage();
    assert_eq!(coverage.gaps.len(), 1);
    assert_eq!(coverage.gaps[0].path, watched.tree.path("far").to_str().unwrap());
}
