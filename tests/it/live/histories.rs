//! A thousand steps of every sort at random: after each, the service answers what a scan answers.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use proptest::prelude::Rng;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::{Followed, deploy, try_to_deploy, write};

/// Where projects may be, some in one another and some too deep.
const PLACES: [&str; 9] =
    ["a", "b", "a/b", "build/x", "dist", ".h/p", "a/node", "b/c/d", "b/c/d/e"];

const PROFILE_ROOTS: [&str; 3] = [".claude", ".codex", ".agents"];

const SKILLS: [&str; 4] = ["pdf", "csv", "doc", "xls"];

/// How many steps a history has.
const STEPS: usize = 1000;

struct History {
    random: TestRng,
    root: PathBuf,
}

impl History {
    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.random.next_u32() as usize % from.len()]
    }

    fn profile_root(&mut self) -> PathBuf {
        let place = self.pick(&PLACES);
        self.root.join(place).join(self.pick(&PROFILE_ROOTS))
    }

    fn copy(&mut self) -> PathBuf {
        self.profile_root().join("skills").join(self.pick(&SKILLS))
    }

    /// Changes something, if it is there to be changed; tells what.
    fn step(&mut self) -> String {
        let number = self.random.next_u32();
        let text = format!("text {}", number % 4);
        match number % 23 {
            0..=3 => {
                let (at, name) = (self.profile_root(), self.pick(&SKILLS));
                // A link may lead round in the way.
                let deployed = try_to_deploy(&at, name, &text);
                format!("deploy {name} to {}: {deployed:?}", at.display())
            }
            4..=6 => self.edit("SKILL.md", &text),
            7 => self.edit("scripts/run.py", &text),
            8 => self.edit("a/b/c/deep.txt", &text),
            9 => self.gone(Self::copy),
            10 => self.gone(|history| history.copy().join("SKILL.md")),
            11 => self.gone(|history| history.copy().join("a")),
            12 => self.gone(Self::profile_root),
            13 => self.gone(|history| history.profile_root().join(".skillmeat-deployed.toml")),
            14 => {
                let place = self.pick(&PLACES);
                self.gone(|history| history.root.join(place))
            }
            15 | 16 => {
                let (from, to) = (self.pick(&PLACES), self.pick(&PLACES));
                Self::rename(&self.root.join(from), &self.root.join(to))
            }
            17 => {
                let (from, to) = (self.copy(), self.copy());
                Self::rename(&from, &to)
            }
            18 => {
                let (from, to) = (self.profile_root(), self.profile_root());
                Self::rename(&from, &to)
            }
            19 => {
                let (from, at) = (self.pick(&PROFILE_ROOTS), self.profile_root());
                if at.parent().is_some_and(Path::is_dir) {
                    drop(symlink(from, &at));
                }
                format!("link {} to {from}", at.display())
            }
            20 => {
                let at = self.copy();
                let target = format!("../{}/SKILL.md", self.pick(&SKILLS));
                if at.is_dir() {
                    drop(symlink(&target, at.join("link.md")));
                }
                format!("link in {} to {target}", at.display())
            }
            21 => {
                let tracker = self.profile_root().join(".skillmeat-deployed.toml");
                if let Ok(text) = fs::read_to_string(&tracker) {
                    let first: String = text.split_inclusive("\n\n").skip(1).collect();
                    let temporary = tracker.with_extension("tmp");
                    write(&temporary, &first);
                    fs::rename(temporary, &tracker).expect("ours");
                }
                format!("undeploy from {}", tracker.display())
            }
            _ => {
                let temporary = self.root.join("outside.tmp");
                drop(fs::remove_dir_all(&temporary));
                let (from, to) = (self.copy(), self.copy());
                if fs::rename(&from, &temporary).is_ok() {
                    drop(fs::rename(&temporary, &to));
                }
                format!("move {} to {} by another place", from.display(), to.display())
            }
        }
    }

    fn edit(&mut self, file: &str, text: &str) -> String {
        let copy = self.copy();
        if copy.is_dir() {
            let path = copy.join(file);
            if path.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok()) {
                // It may be a link that leads nowhere, or a directory.
                drop(fs::write(&path, text));
            }
        }
        format!("edit {file} of {}", copy.display())
    }

    fn gone(&mut self, what: impl Fn(&mut Self) -> PathBuf) -> String {
        let path = what(self);
        let removed = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
        format!("remove {}: {removed:?}", path.display())
    }

    fn rename(from: &Path, to: &Path) -> String {
        if let Some(parent) = to.parent() {
            drop(fs::create_dir_all(parent));
        }
        let renamed = fs::rename(from, to);
        format!("rename {} to {}: {renamed:?}", from.display(), to.display())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_steps_at_random() {
    // A seed of its own each time; a failure names it, and building with `LIVE_SEED` takes it again.
    let seed = option_env!("LIVE_SEED").map_or_else(
        || u64::from(TestRunner::new(Config::default()).new_rng().next_u32()),
        |text| text.parse().expect("a number"),
    );
    let followed = Followed::new(|root| deploy(&root.join("a/.claude"), "pdf", "text 0")).await;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut history = History { random, root: followed.path("") };
    let mut told = Vec::new();
    for number in 0..STEPS {
        told.push(history.step());
        let last = told[told.len().saturating_sub(5)..].join("\n  ");
        followed.check(&format!("seed {seed}, step {number}, the last of\n  {last}\n")).await;
    }
}
