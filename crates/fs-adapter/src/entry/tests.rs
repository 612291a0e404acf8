//! Copies are complete, fingerprints tell everything apart, and deleting stays inside.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;

use skillstat_domain::is_ignored_name;

use super::*;
use crate::test_support::{TempTree, name};

fn open(tree: &TempTree, entry: &CStr) -> Result<Option<Entry>, What> {
    Entry::open(File::open(tree.path("")).unwrap().as_fd(), entry)
}

fn copy(tree: &TempTree, left_out: LeftOut) -> Result<Copied, Fault> {
    let entry = open(tree, c"from").unwrap().unwrap();
    entry.copy((File::open(tree.path("")).unwrap().as_fd(), c"to"), left_out)
}

fn mode(tree: &TempTree, path: &str) -> u32 {
    fs::symlink_metadata(tree.path(path)).unwrap().permissions().mode() & 0o7777
}

fn chmod(tree: &TempTree, path: &str, mode: u32) {
    fs::set_permissions(tree.path(path), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_copy_has_content_modes_links_and_empty_directories() {
    let tree = TempTree::new();
    tree.file("from/SKILL.md", "text").file("from/run", vec![7; 200_000]).directory("from/empty");
    tree.link("from/link", "run")
        .link("from/nowhere", "/etc/nothing")
        .file(name(b"from/\xff"), "x");
    chmod(&tree, "from/run", 0o750);
    chmod(&tree, "from/empty", 0o500);
    chmod(&tree, "from", 0o555);
    let copied = copy(&tree, |_| false).unwrap();
    assert_eq!(copied.size, 4 + 200_000 + 1);
    assert_eq!(fs::read(tree.path("to/run")).unwrap(), vec![7; 200_000]);
    assert_eq!(fs::read(tree.path(name(b"to/\xff"))).unwrap(), b"x");
    assert_eq!(["to", "to/run", "to/empty"].map(|path| mode(&tree, path)), [0o555, 0o750, 0o500]);
    assert_eq!(fs::read_link(tree.path("to/link")).unwrap(), name(b"run"));
    assert_eq!(fs::read_link(tree.path("to/nowhere")).unwrap(), name(b"/etc/nothing"));
    let again = open(&tree, c"to").unwrap().unwrap().fingerprint().unwrap();
    assert_eq!(again, copied.fingerprint, "a copy is the same");
}

#[test]
fn what_is_left_out_is_left_out_at_any_depth_but_not_at_the_top() {
    let tree = TempTree::new();
    for path in
        [".git/x", "a/__pycache__/b.pyc", "a/c.pyc", "a/x.egg-info/y", "a/keep", ".gitignore"]
    {
        tree.file(format!("from/{path}"), "");
    }
    copy(&tree, is_ignored_name).unwrap();
    let names = |path: &str| {
        let mut names: Vec<_> = fs::read_dir(tree.path(path))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!((names("to"), names("to/a")), (vec!["a".to_owned()], vec!["keep".to_owned()]));
    tree.file("node_modules/x", "");
    let top = open(&tree, c"node_modules").unwrap().unwrap();
    top.copy((File::open(tree.path("")).unwrap().as_fd(), c"top"), is_ignored_name).unwrap();
    assert!(tree.path("top/x").is_file());
}

#[test]
fn a_fingerprint_tells_everything_apart() {
    let fingerprint = |make: &dyn Fn(&TempTree)| {
        let tree = TempTree::new();
        tree.directory("from");
        make(&tree);
        open(&tree, c"from").unwrap().unwrap().fingerprint().unwrap()
    };
    let all: Vec<[u8; 32]> = vec![
        fingerprint(&|_| {}),
        fingerprint(&|tree| _ = tree.file("from/a", "b")),
        fingerprint(&|tree| _ = tree.file("from/ab", "")),
        fingerprint(&|tree| _ = tree.link("from/a", "b")),
        fingerprint(&|tree| _ = tree.directory("from/a")),
        fingerprint(&|tree| _ = tree.directory("from/a/b")),
        fingerprint(&|tree| _ = tree.directory("from/a").directory("from/b")),
        fingerprint(&|tree| {
            tree.file("from/a", "b");
            chmod(tree, "from/a", 0o600);
        }),
    ];
    for (index, one) in all.iter().enumerate() {
        assert_eq!(all.iter().position(|other| other == one), Some(index));
    }
}

#[test]
fn what_cannot_be_copied_is_named() {
    let tree = TempTree::new();
    tree.fifo("from/a/pipe");
    let fault = copy(&tree, |_| false).unwrap_err();
    assert_eq!(fault.inside, name(b"a/pipe"));
    assert!(matches!(fault.what, What::Special));
    assert!(matches!(open(&tree, c"nothing"), Ok(None)));
    let deep = TempTree::new();
    deep.directory(format!("from{}", "/d".repeat(MAX_LEVELS)));
    assert!(matches!(copy(&deep, |_| false), Err(Fault { what: What::TooDeep, .. })));
    let taken = TempTree::new();
    taken.file("from", "new").file("to", "old");
    assert!(matches!(copy(&taken, |_| false), Err(Fault { what: What::Unwritten(_), .. })));
    assert_eq!(fs::read(taken.path("to")).unwrap(), b"old");
}

#[test]
fn deleting_follows_no_link_and_minds_no_permission() {
    let tree = TempTree::new();
    tree.file("outside/canary", "x").file("from/a/b/c", "x").link("from/out", "../outside");
    tree.link("from/a/out", tree.path("outside"));
    chmod(&tree, "from/a/b", 0o000);
    chmod(&tree, "from/a", 0o500);
    let directory = File::open(tree.path("")).unwrap();
    for _ in 0..2 {
        remove(directory.as_fd(), c"from").unwrap();
        assert!(fs::symlink_metadata(tree.path("from")).is_err());
    }
    assert_eq!(fs::read(tree.path("outside/canary")).unwrap(), b"x");
}
