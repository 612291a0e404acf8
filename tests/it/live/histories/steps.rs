//! What may happen to a tree, one thing at a time.

#![expect(
    clippy::unnecessary_debug_formatting,
    reason = "names that are not UTF-8 are to be told apart"
)]

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::live::{TRACKER, record, try_to_deploy, try_to_write};

/// Where projects may be below the base: some in one another, some too deep, some left out, some where
/// no root is, or only when a link leads there.
const PLACES: [&str; 16] = [
    "tree/a",
    "tree/b",
    "tree/a/b",
    "tree/build/x",
    "tree/dist",
    "tree/.h/p",
    "tree/a/node",
    "tree/b/c/d",
    "tree/b/c/d/e",
    "tree/left-out/x",
    "tree/a/.claude/worktrees/w",
    "tree/a/.claude/worktrees/w/x",
    "tree/b/c/d/inner/y",
    "one/p",
    "two/p",
    "two/q/r",
];

const PROFILE_ROOTS: [&str; 4] = [".claude", ".codex", ".agents", ".left-out"];

/// What is like a profile root but in no project.
const STORES: [&str; 3] = ["stores/x", "stores/y", "stores/deep/z"];

/// Links that lead to stores, places and one another.
const HOPS: [&str; 4] = ["hops/1", "hops/2", "hops/far/3", "hops/4"];

const SKILLS: [&str; 3] = ["pdf", "csv", "doc"];

/// Where a record may say that its copy is, besides the usual place.
const OTHER_PATHS: [&str; 4] = ["notes.md", "docs/notes", "skills/pdf/a", "skills"];

/// Files in a copy; the last two have names that are not UTF-8.
const FILES: [&[u8]; 6] =
    [b"SKILL.md", b"scripts/run.py", b"a/b/c/deep.txt", b"a/x", b"a/\xff/x", b"\xfe"];

/// Something that changes a tree at random.
pub(in crate::live) struct Steps {
    random: TestRng,
    base: PathBuf,
    /// How many of the places, of the profile roots and of the files in a copy are made use of.
    places: usize,
    profile_roots: usize,
    files: usize,
}

impl Steps {
    pub(in crate::live) fn new(seed: u64, base: PathBuf) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let (places, profile_roots) = (PLACES.len(), PROFILE_ROOTS.len());
        Self { random, base, places, profile_roots, files: FILES.len() }
    }

    /// The same in one profile root of one project, so that one step has to do with another, and in copies that can
    /// be read.
    pub(in crate::live) fn near(seed: u64, base: PathBuf) -> Self {
        Self { places: 1, profile_roots: 1, files: 4, ..Self::new(seed, base) }
    }

    pub(in crate::live) fn number(&mut self, below: u32) -> u32 {
        self.random.next_u32() % below
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.random.next_u32() as usize % from.len()]
    }

    fn one_of(&mut self, paths: &[&str]) -> PathBuf {
        let path = self.pick(paths);
        self.base.join(path)
    }

    /// Something that is there, if chance finds it.
    fn there(&mut self, pick: impl Fn(&mut Self) -> PathBuf) -> PathBuf {
        for _ in 0..20 {
            let picked = pick(self);
            if fs::symlink_metadata(&picked).is_ok() {
                return picked;
            }
        }
        pick(self)
    }

    fn text(&mut self) -> String {
        format!("text {}", self.number(4))
    }

    fn place(&mut self) -> PathBuf {
        self.one_of(&PLACES[..self.places])
    }

    fn profile_root(&mut self) -> PathBuf {
        if self.number(8) == 0 {
            return self.one_of(&STORES);
        }
        self.place().join(self.pick(&PROFILE_ROOTS[..self.profile_roots]))
    }

    fn copy(&mut self) -> PathBuf {
        self.profile_root().join("skills").join(self.pick(&SKILLS))
    }

    fn file(&mut self) -> PathBuf {
        let file = OsStr::from_bytes(self.pick(&FILES[..self.files]));
        self.copy().join(file)
    }

    fn tracker(&mut self) -> PathBuf {
        self.profile_root().join(TRACKER)
    }

    /// Something that a link may lead to, and the link that leads there from a directory.
    fn target(&mut self) -> PathBuf {
        match self.number(5) {
            0 | 1 => self.one_of(&HOPS),
            2 => self.one_of(&STORES),
            3 => self.profile_root(),
            _ => PathBuf::from(self.pick(&PROFILE_ROOTS[..self.profile_roots])),
        }
    }

    /// Something of any kind.
    fn anything(&mut self) -> PathBuf {
        match self.number(12) {
            0 | 1 => self.copy(),
            2 | 3 => self.profile_root(),
            4 => self.profile_root().join("skills"),
            5 => self.place(),
            6 => self.tracker(),
            7 => self.file(),
            8 => self.file().with_file_name(""),
            9 => self.one_of(&HOPS),
            10 => self.one_of(&["one", "two", "stores", "hops", "stores/deep"]),
            _ => self.place().join(self.pick(&["docs/notes", "docs", "notes.md"])),
        }
    }

    /// Changes something, if it is there to be changed; tells what.
    pub(in crate::live) fn step(&mut self) -> String {
        match self.number(40) {
            0..=8 => self.deploy(),
            9..=15 => self.edit(),
            16 | 17 => self.remove(),
            18..=22 => self.rename(),
            23..=26 => self.link(),
            27 => self.hard_link(),
            28 | 29 => self.undeploy(),
            30 => self.by_another_place(),
            31 => self.mode(),
            32 | 33 => self.record(),
            34 => self.spoil(),
            35 => self.beside(),
            36 | 37 => self.collect(),
            38 => self.move_a_root(),
            _ => self.odd_names(),
        }
    }

    fn deploy(&mut self) -> String {
        let (at, name, text) = (self.profile_root(), self.pick(&SKILLS), self.text());
        // A link may lead round in the way.
        format!("deploy {name} to {at:?}: {:?}", try_to_deploy(&at, name, &text))
    }

    fn edit(&mut self) -> String {
        let (path, text) = (self.file(), self.text());
        if path.parent().is_none_or(|parent| fs::create_dir_all(parent).is_err()) {
            return "edit nothing".to_owned();
        }
        let edited = if self.number(3) == 0 {
            let temporary = path.with_file_name("temporary~");
            fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, &path))
        } else {
            try_to_write(&path, &text)
        };
        format!("edit {path:?}: {edited:?}")
    }

    fn remove(&mut self) -> String {
        let path = self.there(Self::anything);
        let removed = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        format!("remove {path:?}: {removed:?}")
    }

    fn rename(&mut self) -> String {
        let (from, to) = match self.number(6) {
            0 | 1 => (self.there(Self::place), self.place()),
            2 | 3 => (self.there(Self::copy), self.copy()),
            4 => (self.there(Self::profile_root), self.profile_root()),
            _ => (self.there(Self::anything), self.anything()),
        };
        if self.number(2) == 0 && !from.starts_with(&to) {
            drop(fs::remove_file(&to).or_else(|_| fs::remove_dir_all(&to)));
        }
        if let Some(parent) = to.parent() {
            drop(fs::create_dir_all(parent));
        }
        format!("rename {from:?} to {to:?}: {:?}", fs::rename(&from, &to))
    }

    fn link(&mut self) -> String {
        let (at, target) = match self.number(8) {
            0 | 1 => (self.one_of(&HOPS), self.target()),
            2 => (self.profile_root(), self.target()),
            3 => (self.tracker(), self.one_of(&["trackers/1", "trackers/2"])),
            4 => (self.profile_root().join("skills"), self.pick(&["store", "../skills"]).into()),
            5 => {
                // Another copy, its main file, or nothing.
                let (copy, other) = (self.copy(), self.pick(&SKILLS));
                let file = Path::new(other).join("SKILL.md");
                (
                    copy,
                    [other.into(), file, Path::new("..").join(other)][self.number(3) as usize]
                        .clone(),
                )
            }
            6 => (self.copy().join("link"), Path::new("..").join(self.pick(&SKILLS)).join("a/x")),
            _ => (self.base.join("trackers/1"), self.tracker()),
        };
        if let Some(parent) = at.parent() {
            drop(fs::create_dir_all(parent));
        }
        let temporary = self.base.join("temporary~");
        drop(fs::remove_file(&temporary));
        let linked = symlink(&target, &temporary).and_then(|()| fs::rename(&temporary, &at));
        format!("link {at:?} to {target:?}: {linked:?}")
    }

    fn hard_link(&mut self) -> String {
        let (from, to) = (self.there(Self::file), self.file());
        if let Some(parent) = to.parent() {
            drop(fs::create_dir_all(parent));
        }
        format!("hard link {from:?} to {to:?}: {:?}", fs::hard_link(&from, &to))
    }

    fn undeploy(&mut self) -> String {
        let tracker = self.there(Self::tracker);
        let Ok(text) = fs::read_to_string(&tracker) else { return "undeploy nothing".to_owned() };
        let rest: String = text.split_inclusive("\n\n").skip(1).collect();
        let undeployed = if self.number(2) == 0 {
            let temporary = tracker.with_extension("tmp");
            fs::write(&temporary, &rest).and_then(|()| fs::rename(temporary, &tracker))
        } else {
            try_to_write(&tracker, &rest)
        };
        format!("undeploy from {tracker:?}: {undeployed:?}")
    }

    fn by_another_place(&mut self) -> String {
        let other = self.base.join("elsewhere");
        let (from, to) = (self.there(Self::anything), self.anything());
        drop(fs::remove_dir_all(&other).or_else(|_| fs::remove_file(&other)));
        let moved = fs::rename(&from, &other).and_then(|()| fs::rename(&other, &to));
        format!("move {from:?} to {to:?} by another place: {moved:?}")
    }

    fn mode(&mut self) -> String {
        let (path, mode) = (self.there(Self::anything), self.pick(&[0o700, 0o755, 0o500, 0o000]));
        let set = fs::set_permissions(&path, fs::Permissions::from_mode(mode));
        format!("mode {mode:o} of {path:?}: {set:?}")
    }

    fn record(&mut self) -> String {
        let (at, path, text) = (self.profile_root(), self.pick(&OTHER_PATHS), self.text());
        let name = path.replace('/', "-");
        let recorded = record(&at, &name, path, &"0".repeat(64));
        let written = try_to_write(&at.join("notes.md"), &text);
        format!("record {path} in {at:?}: {recorded:?} {written:?}")
    }

    fn spoil(&mut self) -> String {
        let tracker = self.there(Self::tracker);
        let spoilt = match self.number(3) {
            0 => try_to_write(&tracker, "deployed = ["),
            1 => fs::remove_file(&tracker).and_then(|()| fs::create_dir(&tracker)),
            _ => fs::remove_dir(&tracker),
        };
        format!("spoil {tracker:?}: {spoilt:?}")
    }

    fn beside(&mut self) -> String {
        let path = self.place().join(self.pick(&["docs/notes", "docs/notes/x", "notes.md"]));
        let text = self.text();
        format!("beside {path:?}: {:?}", try_to_write(&path, &text))
    }

    fn collect(&mut self) -> String {
        let home = self.base.join("home");
        let collections = home.join(".skillmeat/collections");
        let (name, skill) = (self.pick(&["default", "own"]), self.pick(&SKILLS));
        let manifest = format!(
            "[collection]\nname = \"{name}\"\n\n[[artifacts]]\nname = \"{skill}\"\ntype = \"skill\"\n\
             path = \"skills/{skill}\"\norigin = \"local\"\nadded = \"2026-01-02T03:04:05\"\n"
        );
        let (collection, team) = (collections.join(name), self.base.join("team"));
        let done = match self.number(7) {
            0 | 1 => try_to_write(&collection.join("collection.toml"), &manifest),
            2 => try_to_write(&team.join("collection.toml"), &manifest),
            3 => symlink("../../../team", &collection),
            4 => fs::remove_file(&collection).or_else(|_| fs::remove_dir_all(&collection)),
            5 => fs::rename(&team, self.base.join("team~"))
                .or_else(|_| fs::rename(self.base.join("team~"), &team)),
            _ => try_to_write(
                &home.join(".skillmeat/config.toml"),
                &format!("[settings]\ndefault-collection = \"{name}\"\n"),
            ),
        };
        format!("collect {name} {skill}: {done:?}")
    }

    /// Leads a search root elsewhere, or moves one away and back.
    fn move_a_root(&mut self) -> String {
        let (link, temporary) = (self.base.join("link"), self.base.join("link~"));
        let moved = match self.number(4) {
            0 => fs::rename(self.base.join("tree/b"), self.base.join("b~"))
                .or_else(|_| fs::rename(self.base.join("b~"), self.base.join("tree/b"))),
            1 => fs::remove_file(&link),
            2 => fs::rename(self.base.join("tree"), self.base.join("tree~"))
                .or_else(|_| fs::rename(self.base.join("tree~"), self.base.join("tree"))),
            _ => {
                let target = self.pick(&["one", "two", "hops/4", "tree"]);
                drop(fs::remove_file(&temporary));
                symlink(target, &temporary).and_then(|()| fs::rename(&temporary, &link))
            }
        };
        format!("move a root: {moved:?}")
    }

    fn odd_names(&mut self) -> String {
        let odd: OsString = OsStr::from_bytes(b"tree/odd\xff").to_owned();
        let (odd, place) = (self.base.join(odd), self.there(Self::place));
        let moved = fs::rename(&place, &odd).or_else(|_| fs::rename(&odd, &place));
        format!("{place:?} gets a name that is not UTF-8, or has it no more: {moved:?}")
    }
}
