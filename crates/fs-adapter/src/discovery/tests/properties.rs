//! Any tree: both walks find what the plainest possible search finds.

use std::fs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Something to make; what cannot be made because of its neighbours is left out.
#[derive(Debug, Clone)]
enum Entry {
    Directory(String),
    File(String),
    Tracker(String),
    Link(String, String),
}

fn path(names: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    let name = select(vec!["a", "b", "a-b", ".claude", ".x", "node_modules", TRACKER_FILE]);
    vec(name, names).prop_map(|names| names.join("/"))
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        path(1..6).prop_map(Entry::Directory),
        path(1..5).prop_map(Entry::File),
        (path(0..5), select(vec![".claude", ".x"])).prop_map(|(project, profile_root)| {
            Entry::Tracker(format!("{project}/{profile_root}").trim_start_matches('/').to_owned())
        }),
        (path(1..4), path(1..4)).prop_map(|(at, target)| Entry::Link(at, target)),
    ]
}

fn make(tree: &TempTree, entry: &Entry) {
    let (Entry::Directory(at) | Entry::File(at) | Entry::Tracker(at) | Entry::Link(at, _)) = entry;
    let at = tree.path(at);
    // Through a link in the way, a path still stays in the tree; one that cannot be made is not.
    let made = at.parent().map(fs::create_dir_all);
    let done = match entry {
        Entry::Directory(_) => fs::create_dir_all(&at),
        Entry::File(_) => fs::write(&at, ""),
        Entry::Tracker(_) => {
            fs::create_dir_all(&at).and_then(|()| fs::write(at.join(TRACKER_FILE), ""))
        }
        Entry::Link(_, target) => std::os::unix::fs::symlink(tree.path(target), &at),
    };
    drop((made, done));
}

/// Lists the whole tree, whatever the depth, and picks the projects afterwards.
fn plainly(tree: &TempTree, max_depth: usize) -> Vec<ProjectPath> {
    let mut projects = Vec::new();
    let mut left = vec![String::new()];
    while let Some(directory) = left.pop() {
        for entry in fs::read_dir(tree.path(&directory)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let tracker = entry.path().join(TRACKER_FILE);
            if name.starts_with('.') && fs::symlink_metadata(tracker).is_ok() {
                projects.push(directory.clone());
            }
            if entry.file_type().unwrap().is_dir() {
                left.push(format!("{directory}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    projects
        .retain(|project| project.split('/').filter(|name| !name.is_empty()).count() <= max_depth);
    let mut projects: Vec<_> = projects.iter().map(|project| tree.project(project)).collect();
    projects.sort();
    projects.dedup();
    projects
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn both_walks_find_what_a_plain_search_finds(
        entries in vec(entry(), 0..20),
        max_depth in 0_usize..5,
    ) {
        let tree = TempTree::new();
        for entry in &entries {
            make(&tree, entry);
        }
        let found = discover(&DiscoveryOptions { max_depth, ..options(&tree) });
        prop_assert_eq!(found.value, plainly(&tree, max_depth));
        prop_assert_eq!(found.problems, []);
    }

    #[test]
    fn one_look_tells_what_a_walk_tells(
        entries in vec(entry(), 0..20),
        max_depth in 0_usize..5,
        exclude in vec(select(vec!["b", ".x", "node_modules", "**/a/b"]).prop_map(str::to_owned), 0..2),
    ) {
        let tree = TempTree::new();
        for entry in &entries {
            make(&tree, entry);
        }
        let options = DiscoveryOptions { max_depth, exclude, ..options(&tree) };
        let found = discover(&options).value;
        let everywhere = plainly(&tree, usize::MAX);
        let through_links = everywhere.iter().flat_map(|at| {
            ["a", "b", ".x"].map(|name| ProjectPath::new(&at.as_path().join(name)).unwrap())
        });
        for directory in everywhere.iter().cloned().chain(through_links) {
            let expected = Scanned::whole(found.contains(&directory));
            for discovery in both(&options, &(Arc::new(InTurn) as _)) {
                prop_assert_eq!(discovery.look_at(&directory), expected.clone(), "{}", directory);
            }
        }
    }

    #[test]
    fn the_order_in_which_a_tree_was_made_does_not_count(
        (profile_roots, shuffled) in vec("([ab]/|a-b/){0,3}\\.(claude|x)", 0..12)
            .prop_flat_map(|paths| (Just(paths.clone()), Just(paths).prop_shuffle())),
    ) {
        let found = [profile_roots, shuffled].map(|profile_roots| {
            let tree = TempTree::new();
            for profile_root in &profile_roots {
                tree.tracker(profile_root);
            }
            let base = tree.path("").as_os_str().len();
            let found = discover(&options(&tree)).value;
            found.iter().map(|path| path.as_str()[base..].to_owned()).collect::<Vec<_>>()
        });
        prop_assert_eq!(&found[0], &found[1]);
    }
}
