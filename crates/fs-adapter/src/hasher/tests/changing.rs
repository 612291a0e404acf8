//! Copies that change while they are hashed: there is no hash of content that was never there.

use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::{fs, thread};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::*;

/// Large enough that a writer that never rests writes while it is read, cheap because it is hollow.
const LARGE: u64 = 48 * 1024 * 1024;

/// Where SkillMeat stages a copy that it swaps in.
const STAGED: &str = "shop/.claude/skills/.x.txn-01234567";

const CHANGED: &str = "changed each time it was read";

/// Ends the writer, also when an assertion fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Calls `ask` while another thread calls `write` again and again with a growing number.
fn during<T>(write: impl Fn(u64) + Sync, ask: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    let (started, wait) = mpsc::channel();
    thread::scope(|scope| {
        let _end = End(&done);
        let (done, write) = (&done, &write);
        scope.spawn(move || {
            for number in 0.. {
                write(number);
                let _ = started.send(());
                if done.load(Ordering::Relaxed) {
                    break;
                }
            }
        });
        wait.recv().unwrap();
        ask()
    })
}

/// How often it is asked at most: where there is much else to do the writer may not come by for as long
/// as one reading takes, and then the hash is right.
const ASKED: usize = 50;

/// Asks until there is no hash.
#[track_caller]
fn refused<E>(ask: impl Fn() -> Result<ContentHash, E>) -> E {
    (0..ASKED).find_map(|_| ask().err()).expect("a writer that never rests is noticed")
}

/// Checks that it is said why a copy has no hash while it is written.
#[track_caller]
fn check_refused(tree: &TempTree) {
    let HashError::Unverified { path, reason, fix } = refused(|| contained(tree)) else {
        panic!("it is there")
    };
    assert_eq!(path, tree.path(COPY).to_str().unwrap());
    assert_eq!(reason, CHANGED);
    assert!(!fix.is_empty());
}

/// Checks that a copy cannot be verified while it is written, and can be afterwards.
#[track_caller]
fn check_changing(tree: &TempTree, write: impl Fn(u64) + Sync) {
    during(write, || {
        check_refused(tree);
        let error = refused(|| as_the_peer(tree)).to_string();
        assert!(error.contains(CHANGED), "{error}");
    });
    let quiet = contained(tree).expect("is quiet now");
    check_peer(tree, quiet);
}

/// Writes a number over the first and the last bytes of a file.
fn overwrite(file: &fs::File, number: u64) {
    let bytes = number.to_le_bytes();
    file.write_all_at(&bytes, 0).unwrap();
    file.write_all_at(&bytes, LARGE - 8).unwrap();
}

fn writable(tree: &TempTree, relative: &str) -> fs::File {
    fs::OpenOptions::new().write(true).open(tree.path(relative)).unwrap()
}

#[test]
fn a_file_that_is_rewritten_all_the_time() {
    let tree = TempTree::new();
    let file = writable(tree.hollow_file(COPY, LARGE), COPY);
    check_changing(&tree, |number| overwrite(&file, number));
}

#[test]
fn a_file_that_was_read_first_changes_while_the_last_is_read() {
    let tree = copy(&[("a", "????????")]);
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let at = format!("{COPY}/a");
    let file = writable(&tree, &at);
    check_changing(&tree, |number| file.write_all_at(&number.to_le_bytes(), 0).unwrap());
}

#[test]
fn a_file_that_is_replaced_all_the_time() {
    let tree = copy(&[]);
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let (new, at) = (tree.path("new"), tree.path(format!("{COPY}/deep/a")));
    fs::create_dir(at.parent().unwrap()).unwrap();
    check_changing(&tree, |number| {
        fs::write(&new, number.to_le_bytes()).unwrap();
        fs::rename(&new, &at).unwrap();
    });
}

#[test]
fn files_that_come_and_go() {
    let tree = copy(&[]);
    tree.hollow_file(format!("{COPY}/a"), LARGE);
    let at = tree.path(format!("{COPY}/z"));
    let result = during(
        |_| {
            fs::write(&at, "").unwrap();
            fs::remove_file(&at).unwrap();
        },
        || refused(|| contained(&tree)),
    );
    let HashError::Unverified { path, reason, .. } = result else { panic!("{result:?}") };
    // Either the directory has changed, or the file it listed is gone.
    assert!(path == tree.path(COPY).to_str().unwrap() || path == at.to_str().unwrap(), "{path}");
    assert_eq!(reason, CHANGED);
}

#[test]
fn what_a_link_leads_to_changes() {
    let tree = copy(&[]);
    tree.file("shop/.claude/shared", "????????").link(format!("{COPY}/a"), "../../shared");
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let file = writable(&tree, "shop/.claude/shared");
    check_changing(&tree, |number| {
        file.write_all_at(&number.to_le_bytes(), 0).unwrap();
    });
}

#[test]
fn a_copy_that_is_swapped_as_a_whole_is_the_one_or_the_other() {
    let old = [("a", "old"), ("b/c", "old"), ("z", "old")];
    let new = [("a", "new"), ("b/d", "new"), ("z", "new")];
    let tree = copy(&old);
    for (path, content) in new {
        tree.file(format!("{STAGED}/{path}"), content);
    }
    let (ours, staged) = (tree.path(COPY), tree.path(STAGED));
    let whole = [Ok(expected(&old)), Ok(expected(&new))];
    during(
        |_| renameat_with(CWD, &ours, CWD, &staged, RenameFlags::EXCHANGE).unwrap(),
        || {
            for _ in 0..200 {
                match contained(&tree) {
                    Err(HashError::Unverified { reason, .. }) => assert_eq!(reason, CHANGED),
                    result => assert!(whole.contains(&result), "{result:?}"),
                }
            }
        },
    );
}

#[test]
fn the_way_of_a_link_changes() {
    let tree = copy(&[]);
    tree.file("shop/.claude/0/a", "").link("shop/.claude/now", "0");
    tree.link(format!("{COPY}/a"), "../../now/a");
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let (now, next) = (tree.path("shop/.claude/now"), tree.path("shop/.claude/next"));
    // Each time to another place: one that leads back leads to what was read.
    check_changing(&tree, |number| {
        let place = (number + 1).to_string();
        tree.file(format!("shop/.claude/{place}/a"), number.to_le_bytes());
        std::os::unix::fs::symlink(place, &next).unwrap();
        fs::rename(&next, &now).unwrap();
    });
}

#[test]
fn a_file_appears_in_a_directory_that_was_read_first() {
    let tree = copy(&[("a/b", "1")]);
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let directory = tree.path(format!("{COPY}/a"));
    let result = during(
        |number| {
            fs::write(directory.join(format!("{}", number % 100)), "").unwrap();
            fs::remove_file(directory.join(format!("{}", number % 100))).unwrap();
        },
        || refused(|| contained(&tree)),
    );
    let HashError::Unverified { reason, .. } = result else { panic!("{result:?}") };
    assert_eq!(reason, CHANGED);
}

#[test]
fn the_last_of_very_many_files_changes() {
    // More than are kept open: the last ones are found by name again.
    let names: Vec<_> = (0..600).map(|number| format!("{number:03}")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), "????????")).collect();
    let tree = copy(&files);
    tree.hollow_file(format!("{COPY}/z"), LARGE);
    let file = writable(&tree, &format!("{COPY}/599"));
    check_changing(&tree, |number| file.write_all_at(&number.to_le_bytes(), 0).unwrap());
}
