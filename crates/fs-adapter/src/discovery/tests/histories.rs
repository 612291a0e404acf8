//! Thousands of changes at random, some of them made to look like none: after each, the walk that remembers finds
//! what the plain one finds.

use std::fs::FileTimes;
use std::os::unix::fs::symlink;

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::*;

/// How many things happen.
const STEPS: usize = 5_000;

/// After how many of them everything is let settle and kept.
const ROUND: usize = 20;

/// What a directory can be called. `out` is left out.
const NAMES: [&str; 6] = ["a", "b", ".claude", ".codex", "out", "deep"];

struct History {
    tree: TempTree,
    cache: TempTree,
    random: TestRng,
}

#[test]
fn the_walk_never_lies() {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut history = History { tree: TempTree::new(), cache: TempTree::new(), random };
    let (mut process, mut known, mut found) = (history.another(), 0, 0);
    for step in 0..STEPS {
        if step % ROUND == 0 {
            settle();
            history.check(&process, step, "nothing");
            let _new = process.0.keep().unwrap();
            process = history.another();
            history.check(&process, step, "nothing");
            known += usize::from(!process.0.keep().unwrap());
        }
        let done = history.change();
        found += history.check(&process, step, done);
        if history.below(4) == 0 {
            // Right after the change, and asked again by another process.
            let _new = process.0.keep().unwrap();
            let done = if history.below(2) == 0 { history.change() } else { "kept" };
            process = history.another();
            history.check(&process, step, done);
        }
    }
    assert!(known > STEPS / ROUND / 2, "the index hardly knew anything: {known}");
    assert!(found > STEPS, "there was hardly anything to be found: {found}");
}

impl History {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.random.next_u32()).unwrap() % limit
    }

    fn options(&self) -> DiscoveryOptions {
        let exclude = vec!["out".to_owned(), "**/b/a".to_owned()];
        DiscoveryOptions { exclude, ..options(&self.tree) }
    }

    fn another(&self) -> (IndexedHasher, IndexedDiscovery) {
        process(&self.options(), &(Arc::new(InTurn) as _), &self.cache)
    }

    /// Compares with the plain walk; returns how many projects there are.
    #[track_caller]
    fn check(&self, process: &(IndexedHasher, IndexedDiscovery), step: usize, done: &str) -> usize {
        let plain = OpenatDiscovery::new(self.options(), Arc::new(InTurn)).unwrap().discover();
        assert_eq!(process.1.discover(), plain, "step {step}: {done}");
        plain.value.len()
    }

    /// Returns a path of at most so many names, which need not be there.
    fn place(&mut self, most: usize) -> PathBuf {
        let mut place = self.tree.path("");
        for _ in 0..=self.below(most) {
            place.push(NAMES[self.below(NAMES.len())]);
        }
        place
    }

    /// Changes something in one way or another, often so that it looks as before; tells which. What cannot be
    /// done is not done.
    fn change(&mut self) -> &'static str {
        let (one, two) = (self.place(4), self.place(4));
        match self.below(16) {
            0..3 => {
                let _refused = fs::create_dir_all(&one);
                "a directory"
            }
            3..6 => {
                let above = one.join(NAMES[2 + self.below(2)]);
                let _refused = fs::create_dir_all(&above)
                    .and_then(|()| fs::write(above.join(TRACKER_FILE), ""));
                "a tracker"
            }
            6 => {
                let _refused = fs::remove_file(one.join(".claude").join(TRACKER_FILE));
                "no tracker"
            }
            7 | 8 => {
                remove(&one);
                "removed"
            }
            9 => {
                let _refused = fs::rename(&one, &two);
                "moved"
            }
            10 => {
                let _refused = renameat_with(CWD, &one, CWD, &two, RenameFlags::EXCHANGE);
                "changed places"
            }
            11 => {
                let aside = self.tree.path("aside");
                remove(&aside);
                // With a link to it where it was.
                let _refused = fs::rename(&one, &aside).and_then(|()| symlink(&aside, &one));
                "moved, with a link in its place"
            }
            12 => {
                let _refused = symlink(&two, &one);
                "a link"
            }
            13 => {
                // Made anew with the same time.
                let times = fs::metadata(&one).and_then(|metadata| metadata.modified());
                if let Ok(modified) = times
                    && one.is_dir()
                {
                    let _refused = fs::create_dir(one.join("deep"));
                    set(&one, modified);
                }
                "a directory, and the time set back"
            }
            14 => {
                let times = fs::metadata(&one).and_then(|metadata| metadata.modified());
                let tracker = one.join(TRACKER_FILE);
                if let Ok(modified) = times {
                    let _refused = fs::remove_file(&tracker).or_else(|_| fs::write(&tracker, ""));
                    set(&one, modified);
                }
                "a tracker comes or goes, and the time set back"
            }
            _ => {
                remove(&one);
                let _refused = fs::write(&one, "");
                "a file in its place"
            }
        }
    }
}

fn set(path: &Path, modified: std::time::SystemTime) {
    let opened = fs::File::open(path);
    let _refused = opened.and_then(|file| file.set_times(FileTimes::new().set_modified(modified)));
}

/// Removes whatever is there.
fn remove(path: &Path) {
    let _refused = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return,
    };
}
