//! What is neither file nor directory, names that are not UTF-8, and trees that are too deep.

use rustix::fs::{Mode, OFlags, mkdirat, openat};

use super::*;

const NEITHER: &str = "is neither a file nor a directory";
const NOT_UTF8: &str = "has a name that is not UTF-8";

/// Checks something in the copy whose name is not UTF-8, which counts for nothing.
#[track_caller]
fn check_harmless(make: impl Fn(&TempTree, &Path)) {
    let tree = copy(&[("a", "1")]);
    make(&tree, &Path::new(COPY).join(name(b"odd\xff")));
    check(&tree, expected(&[("a", "1")]));
}

/// Checks something in the copy whose name is not UTF-8, so that there is no hash.
#[track_caller]
fn check_undefined(make: impl Fn(&TempTree, &Path), at: &str) {
    let tree = copy(&[("a", "1")]);
    make(&tree, &Path::new(COPY).join(name(b"odd\xff")));
    check_unverified(&tree, &format!("{COPY}/{at}"), NOT_UTF8);
    check_peer_refuses(&tree, &format!("{COPY}/{at}"), NOT_UTF8);
}

#[test]
fn a_fifo_as_copy_is_not_opened() {
    let tree = TempTree::new();
    check_unverified(tree.fifo(COPY), COPY, NEITHER);
    check_peer_refuses(&tree, COPY, NEITHER);
}

#[test]
fn a_link_to_a_fifo_as_copy_is_not_opened() {
    let tree = TempTree::new();
    check_unverified(tree.fifo("shop/.claude/fifo").link(COPY, "../fifo"), COPY, NEITHER);
    check_peer_refuses(&tree, COPY, NEITHER);
}

#[test]
fn a_socket_as_copy_is_not_opened() {
    let tree = TempTree::new();
    check_unverified(tree.socket(COPY), COPY, NEITHER);
    check_peer_refuses(&tree, COPY, NEITHER);
}

#[test]
fn a_fifo_or_socket_in_a_copy_counts_for_nothing() {
    let tree = copy(&[("a", "1"), ("z/a", "2")]);
    tree.fifo(format!("{COPY}/fifo")).socket(format!("{COPY}/z/socket"));
    tree.link(format!("{COPY}/link"), "fifo").link(format!("{COPY}/z/link"), "socket");
    check(&tree, expected(&[("a", "1"), ("z/a", "2")]));
}

#[test]
fn a_file_whose_name_is_not_utf8_leaves_no_hash() {
    check_undefined(|tree, at| drop(tree.file(at, "x").path("")), r"odd\xff");
    check_undefined(|tree, at| drop(tree.link(at, "a").path("")), r"odd\xff");
    check_undefined(
        |tree, at| drop(tree.file(at.join("deep/file"), "x").path("")),
        r"odd\xff/deep/file",
    );
}

#[test]
fn other_things_whose_names_are_not_utf8_are_harmless() {
    check_harmless(|tree, at| drop(tree.directory(at.join("empty")).path("")));
    check_harmless(|tree, at| drop(tree.link(at, "gone").path("")));
    check_harmless(|tree, at| drop(tree.link(at, ".").path("")));
    check_harmless(|tree, at| drop(tree.fifo(at).path("")));
}

#[test]
fn the_name_of_a_single_file_does_not_count() {
    let tree = TempTree::new();
    tree.file(name(b"odd\xff"), "1").file(name(b"d\xff/a"), "1");
    assert_eq!(Sha256Hasher.hash_path(&tree.path(name(b"odd\xff"))).unwrap(), sum("1"));
    assert_eq!(
        Sha256Hasher.hash_path(&tree.path(name(b"d\xff"))).unwrap(),
        expected(&[("a", "1")])
    );
}

#[test]
fn a_copy_can_be_64_directories_deep() {
    let file = format!("{}a", "d/".repeat(64));
    check(&copy(&[(&file, "1")]), expected(&[(&file, "1")]));
}

#[test]
fn a_copy_that_is_deeper_cannot_be_verified() {
    let too_deep = format!("{COPY}/{}", ["d"; 65].join("/"));
    let tree = TempTree::new();
    tree.directory(format!("{too_deep}/and/deeper"));
    check_unverified(&tree, &too_deep, "lies too many directories deep");
    check_peer_refuses(&tree, &too_deep, "lies too many directories deep");
}

#[test]
fn a_path_too_long_for_the_system_cannot_be_verified() {
    let tree = copy(&[("a", "1")]);
    let name = "n".repeat(250);
    let mut directory = std::fs::File::open(tree.path(COPY)).unwrap();
    for _ in 0..20 {
        mkdirat(&directory, &name, Mode::RWXU).unwrap();
        directory = openat(&directory, &name, OFlags::DIRECTORY, Mode::empty()).unwrap().into();
    }
    // The path from the copy on counts: 17 names are the first to have more than 4095 bytes.
    let at = format!("{COPY}/{}", vec![&*name; 17].join("/"));
    check_unverified(&tree, &at, "lies too many directories deep");
}

#[test]
fn directories_side_by_side_are_not_depth() {
    let names: Vec<_> = (0..200).map(|number| format!("{number}/a")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
    check_files(&files);
}
