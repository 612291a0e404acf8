//! Thousands of changes at random, some of them made to look like none: after each, every answer of the index
//! is that of reading everything.

use std::fs::{FileTimes, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::*;

/// How many things happen.
const STEPS: usize = 5_000;

/// After how many of them everything is let settle and kept, so that the next ones meet an index that knows
/// every copy.
const ROUND: usize = 20;

/// Copies below the profile root; some are files.
const COPIES: [&str; 16] = [
    "skills/a",
    "skills/b",
    "skills/c",
    "skills/d",
    "skills/e",
    "skills/f",
    "skills/g",
    "skills/h",
    "agents/i",
    "agents/j",
    "agents/k",
    "agents/l",
    "commands/m.md",
    "commands/n.md",
    "commands/o.md",
    "commands/p.md",
];

const FILES: [&str; 4] = ["SKILL.md", "lib/run.py", "lib/deep/er.txt", "notes"];

struct History {
    tree: TempTree,
    random: TestRng,
    /// How often something happened to what the index knew.
    known: usize,
}

#[test]
fn the_index_never_lies() {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[6; 32]);
    let mut history = History { tree: TempTree::new(), random, known: 0 };
    for copy in COPIES {
        history.make(copy);
    }
    let mut process = process(&history.tree);
    for step in 0..STEPS {
        if step % ROUND == 0 {
            history.mend();
            settle();
            for copy in COPIES {
                history.check(&process, copy, step, "nothing");
            }
            let _new = process.keep().unwrap();
            process = super::process(&history.tree);
        }
        let copy = COPIES[history.below(COPIES.len())];
        let vouched = process.used().vouched;
        history.check(&process, copy, step, "nothing");
        history.known += usize::from(process.used().vouched > vouched);
        let done = history.change(copy);
        history.check(&process, copy, step, done);
        if history.below(4) == 0 {
            // Right after the change, and asked again by another process.
            let _new = process.keep().unwrap();
            let done = if history.below(2) == 0 { history.change(copy) } else { "kept" };
            process = super::process(&history.tree);
            history.check(&process, copy, step, done);
            if history.below(8) == 0 {
                history.check_all(&process, step);
            }
        }
    }
    assert!(history.known > STEPS / 2, "the index hardly knew anything: {}", history.known);
}

impl History {
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.random.next_u32()).unwrap() % limit
    }

    fn path(&self, copy: &str) -> PathBuf {
        self.tree.path(format!("shop/.claude/{copy}"))
    }

    /// Compares all answers about one copy.
    #[track_caller]
    fn check(&self, process: &IndexedHasher, copy: &str, step: usize, done: &str) {
        at(&self.tree, copy, |location| {
            let truth = Sha256Hasher.hash(location);
            assert_eq!(process.hash(location), truth, "step {step}: {done} in {copy}");
            let baselines = [OTHER, truth.unwrap_or(OTHER)];
            let copies = baselines.map(|baseline| (*location, baseline));
            let truth = copies.map(|(copy, baseline)| Sha256Hasher.difference(&copy, baseline));
            assert_eq!(process.differences(&copies), truth, "step {step}: {done} in {copy}");
        });
    }

    /// Compares the answers about all copies, asked for together.
    #[track_caller]
    fn check_all(&self, process: &IndexedHasher, step: usize) {
        let project = self.tree.project("shop");
        let profile_root = ProfileRoot::new(".claude").unwrap();
        let copies = COPIES.map(|path| {
            let path = Utf8Path::new(path);
            (CopyLocation { project: &project, profile_root: &profile_root, path }, OTHER)
        });
        let truth = copies.map(|(copy, baseline)| Sha256Hasher.difference(&copy, baseline));
        assert_eq!(process.differences(&copies), truth, "step {step}");
    }

    /// Makes anew what the index never knows or what has become too small, mostly.
    fn mend(&mut self) {
        if self.path("skills").is_symlink() {
            self.swap_parent();
        }
        for copy in COPIES {
            let path = self.path(copy);
            let is_odd = path.is_symlink() || path.join("link").is_symlink();
            let is_empty = fs::metadata(path.join(FILES[0])).is_err() && !path.is_file();
            if (is_odd || is_empty) && self.below(4) > 0 {
                self.make(copy);
            }
        }
    }

    /// Makes a copy anew, with few contents to choose from.
    fn make(&mut self, copy: &str) {
        let path = self.path(copy);
        remove(&path);
        if copy.starts_with("commands/") {
            let text = self.text();
            self.tree.file(&path, text);
            return;
        }
        fs::create_dir_all(&path).unwrap();
        for file in FILES {
            if self.below(4) > 0 {
                let text = self.text();
                self.tree.file(path.join(file), text);
            }
        }
    }

    /// One of a few texts of one length.
    fn text(&mut self) -> String {
        format!("{}\r\n", ["one", "two", "six"][self.below(3)])
    }

    /// Returns a file of a copy; it may not be there.
    fn file(&mut self, copy: &str) -> PathBuf {
        let path = self.path(copy);
        if path.is_dir() { path.join(FILES[self.below(FILES.len())]) } else { path }
    }

    /// Changes something in one way or another; tells which.
    fn change(&mut self, copy: &str) -> &'static str {
        let file = self.file(copy);
        match fs::metadata(&file) {
            Ok(metadata) if metadata.is_file() && self.below(3) > 0 => {
                self.edit(&file, times(&metadata))
            }
            _ => self.rearrange(copy, &file),
        }
    }

    /// Changes a file, often so that it looks as before; `times` are those it has.
    fn edit(&mut self, file: &Path, times: FileTimes) -> &'static str {
        let (text, draft) = (self.text(), self.tree.path("draft"));
        remove(&draft);
        match self.below(12) {
            0..3 => {
                write(file, &text);
                set(file, times);
                "the same length and the same times"
            }
            3 => {
                write(file, &text);
                "the same length"
            }
            4 | 5 => {
                fs::write(&draft, &text).unwrap();
                set(&draft, times);
                fs::rename(&draft, file).unwrap();
                "another file with the same times in its place"
            }
            6 => {
                fs::hard_link(file.canonicalize().unwrap(), &draft).unwrap();
                write(&draft, &text);
                set(&draft, times);
                "written through another name"
            }
            7 => {
                fs::write(&draft, &text).unwrap();
                set(&draft, times);
                fs::remove_file(file).unwrap();
                fs::hard_link(&draft, file).unwrap();
                "another name of a file in its place"
            }
            8 => {
                let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
                set(file, FileTimes::new().set_modified(long_ago));
                "a time long ago"
            }
            9 => {
                OpenOptions::new().append(true).open(file).unwrap().write_all(b"more").unwrap();
                "longer"
            }
            10 => {
                fs::remove_file(file).unwrap();
                "removed"
            }
            _ => {
                let mode = [0o600, 0o644, 0o755][self.below(3)];
                fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
                "other permissions"
            }
        }
    }

    /// Changes what lies where; `file` need not be there.
    fn rearrange(&mut self, copy: &str, file: &Path) -> &'static str {
        let (path, other) = (self.path(copy), COPIES[self.below(COPIES.len())]);
        match self.below(8) {
            0 | 1 => self.swap(copy, other),
            2 if copy != other => {
                remove(&path);
                symlink(self.path(other), path).unwrap();
                "an absolute link in the place of the copy"
            }
            3 if copy != other => {
                remove(&path);
                symlink(format!("../{other}"), path).unwrap();
                "a link in the place of the copy"
            }
            4 => self.link_within(copy, other),
            5 => self.swap_parent(),
            6 if path.is_dir() && !path.is_symlink() => {
                let text = self.text();
                self.tree.file(file, text);
                "written"
            }
            _ => {
                self.make(copy);
                "made anew"
            }
        }
    }

    /// Has two copies, or a directory of each, change places.
    fn swap(&mut self, copy: &str, other: &str) -> &'static str {
        let inside = ["", "lib"][self.below(2)];
        let place = |copy: &str| {
            if inside.is_empty() { self.path(copy) } else { self.path(copy).join(inside) }
        };
        let (one, two) = (place(copy), place(other));
        // One of them may not be there, or be a link that leads into the other.
        let _refused = renameat_with(CWD, &one, CWD, &two, RenameFlags::EXCHANGE);
        "changed places"
    }

    /// Puts a link into a copy, or has one lead elsewhere.
    fn link_within(&mut self, copy: &str, other: &str) -> &'static str {
        let path = self.path(copy);
        if !path.is_dir() || path.is_symlink() {
            return "nothing";
        }
        let link = path.join("link");
        remove(&link);
        symlink(format!("../../{other}/{}", FILES[self.below(FILES.len())]), &link).unwrap();
        "a link within"
    }

    /// Moves all skills out of the profile root, or within it, with a link in their place; or back.
    fn swap_parent(&mut self) -> &'static str {
        let (skills, within, outside) =
            (self.path("skills"), self.path("moved"), self.tree.path("moved"));
        if skills.is_symlink() {
            fs::remove_file(&skills).unwrap();
            let from = if fs::metadata(&within).is_ok() { within } else { outside };
            fs::rename(from, &skills).unwrap();
            return "moved back";
        }
        let (to, target) =
            if self.below(2) == 0 { (within, "moved") } else { (outside, "../../moved") };
        fs::rename(&skills, to).unwrap();
        symlink(target, &skills).unwrap();
        "moved, with a link in its place"
    }
}

/// Writes over the beginning of a file, which stays the same file.
fn write(path: &Path, text: &str) {
    OpenOptions::new().write(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// What `touch -r` takes from a file.
fn times(metadata: &fs::Metadata) -> FileTimes {
    let modified = SystemTime::UNIX_EPOCH
        + Duration::from_secs(metadata.mtime().unsigned_abs())
        + Duration::from_nanos(metadata.mtime_nsec().unsigned_abs());
    FileTimes::new().set_modified(modified).set_accessed(metadata.accessed().unwrap())
}

fn set(path: &Path, times: FileTimes) {
    OpenOptions::new().write(true).open(path).unwrap().set_times(times).unwrap();
}

/// Removes whatever is there.
fn remove(path: &Path) {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => return,
    };
    removed.unwrap();
}
