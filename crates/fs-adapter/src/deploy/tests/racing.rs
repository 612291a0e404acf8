//! A link is put where a directory was, and taken away again, thousands of times while others write there.

use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::world::listing;
use super::*;

/// How often the link comes and goes at least.
const SWAPS: usize = 10_000;

/// How many writes there are meanwhile at least.
const WRITES: usize = 60;

/// A tracker that nobody may read.
const TRACKER_OF_CANARY: &str = "[[deployed]]\nartifact_name = \"canary\"\nartifact_type = \"skill\"\n\
     from_collection = \"work\"\ndeployed_at = \"2026-01-02T03:04:05\"\n\
     artifact_path = \"skills/canary\"\n\
     content_hash = \"0000000000000000000000000000000000000000000000000000000000000000\"\n";

/// Lets `path` of the tree be a directory and a link that leads outside in turn, while a skill is deployed,
/// overwritten and undeployed.
#[track_caller]
fn raced(path: &str) {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text"), ("lib/run", "1")]);
    // Outside there is all that could be written, replaced or deleted by mistake.
    for outside in [
        "pdf/SKILL.md",
        "skills/pdf/SKILL.md",
        ".claude/skills/pdf/SKILL.md",
        "lib/run",
        "SKILL.md",
    ] {
        world.tree.file(format!("outside/{outside}"), "canary");
    }
    for outside in [TRACKER_FILE.to_owned(), format!(".claude/{TRACKER_FILE}")] {
        world.tree.file(format!("outside/{outside}"), TRACKER_OF_CANARY);
    }
    world
        .tree
        .directory("outside/.skillstat-staging")
        .directory("outside/skills/.skillstat-staging");
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let before = listing(&world.tree.path("outside"));
    let (project, pdf) = (world.tree.project("root/shop"), "skill:pdf".parse().unwrap());
    let (place, link) = (world.tree.path(path), world.tree.path("the-link"));
    world.tree.link("the-link", world.tree.path("outside"));

    let (over, swaps) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for _ in 0..2 {
                    exchange(&place, &link);
                    // Long enough there for somebody to come by, now and then.
                    thread::yield_now();
                }
                swaps.fetch_add(2, Ordering::Relaxed);
            }
        });
        let _when_this_ends = Over(&over);
        let mut writes = 0;
        while writes < WRITES || swaps.load(Ordering::Relaxed) < SWAPS {
            let _either_is_right = world.deploy("skill:pdf", Replace::Anything).is_ok();
            let recorded = world.deployer.recorded(&project).unwrap_or_default();
            let read = recorded.iter().flat_map(|found| &found.artifacts);
            assert!(read.into_iter().all(|artifact| *artifact == pdf), "{path}: {recorded:?}");
            let _either_is_right = world.undeploy("skill:pdf", true).is_ok();
            writes += 2;
        }
    });
    assert_eq!(listing(&world.tree.path("outside")), before, "{path}");
    let canary = format!("{:?}", "canary".as_bytes());
    let kept = listing(&world.tree.path("state"));
    assert!(!kept.iter().any(|file| file.contains(canary.trim_matches(['[', ']']))), "{kept:?}");
    // With nobody in the way everything is in order again, or it is said what is not.
    let last = world.deploy("skill:pdf", Replace::Anything);
    assert!(matches!(&last, Ok(_) | Err(DeployError::Interrupted { .. })), "{last:?}");
}

/// Says that it is over when it goes, also in a panic: somebody waits for that.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets two entries change places, if both are there.
fn exchange(one: &Path, other: &Path) {
    let _unless_one_is_gone = renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE);
}

#[test]
fn the_directory_of_the_copy() {
    raced("root/shop/.claude/skills");
}

#[test]
fn the_copy() {
    raced("root/shop/.claude/skills/pdf");
}

#[test]
fn the_profile_root() {
    raced("root/shop/.claude");
}

#[test]
fn the_project() {
    raced("root/shop");
}

#[test]
fn a_directory_of_the_source() {
    raced("home/skills/pdf/lib");
}

#[test]
fn the_source() {
    raced("home/skills");
}

#[test]
fn the_lock_file_does_no_harm_when_it_is_swapped() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "text")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let lock = world.path(&lock_file(TRACKER_FILE));
    fs::remove_file(&lock).unwrap();
    world.tree.link(
        format!("root/shop/.claude/{}", lock_file(TRACKER_FILE)),
        world.tree.path("outside/canary"),
    );
    assert_eq!(kinds(&world.deploy("skill:pdf", Replace::Anything)), "Failed");
    assert!(File::open(world.tree.path("outside/canary")).is_ok());
    world.nothing_is_left_over();
}

#[test]
fn a_source_that_comes_and_goes_is_copied_whole_or_not_at_all() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "0"), ("a/b", "0"), ("z", "0")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let (over, source) = (AtomicBool::new(false), world.tree.path("home/skills/pdf"));
    let (mut done, mut refused) = (0, 0);
    thread::scope(|threads| {
        threads.spawn(|| {
            for version in (0_u32..).take_while(|_| !over.load(Ordering::Relaxed)) {
                let aside = source.with_extension("new");
                fs::create_dir_all(aside.join("a")).unwrap();
                for file in ["SKILL.md", "a/b", "z"] {
                    fs::write(aside.join(file), version.to_string()).unwrap();
                }
                // Moved away and not deleted: half of it would be an artifact, too.
                fs::rename(&source, source.with_extension(format!("old-{version}"))).unwrap();
                // Gone, and there again, long enough for somebody to come by.
                let linger = || {
                    let until = Instant::now() + Duration::from_millis(1 << (version % 6));
                    while Instant::now() < until && !over.load(Ordering::Relaxed) {
                        thread::yield_now();
                    }
                };
                linger();
                fs::rename(&aside, &source).unwrap();
                linger();
            }
        });
        let _when_this_ends = Over(&over);
        while (done < 10 || refused < 10) && done + refused < 20_000 {
            match world.deploy("skill:pdf", Replace::Anything) {
                Ok(_) => done += 1,
                Err(DeployError::Source { .. }) => refused += 1,
                Err(error) => panic!("{error:?}"),
            }
            // Whichever version it is, it is one, and the one on record.
            let version = world.read("skills/pdf/SKILL.md");
            assert_eq!(
                [world.read("skills/pdf/a/b"), world.read("skills/pdf/z")],
                [version.clone(), version]
            );
            assert_eq!(world.states(), ["skill:pdf synced"]);
        }
    });
    assert!(done >= 10 && refused >= 10, "{done} done, {refused} refused");
    world.nothing_is_left_over();
}

#[test]
fn a_source_that_is_rewritten_is_recorded_as_it_was_copied() {
    let world = World::new();
    world.skill("pdf", &[("SKILL.md", "0"), ("z", "0")]);
    world.deploy("skill:pdf", Replace::Nothing).unwrap();
    let (over, source) = (AtomicBool::new(false), world.tree.path("home/skills/pdf"));
    let (mut done, mut refused) = (0, 0);
    thread::scope(|threads| {
        threads.spawn(|| {
            for version in (0_u32..).take_while(|_| !over.load(Ordering::Relaxed)) {
                fs::write(source.join("z"), version.to_string()).unwrap();
                let until = Instant::now() + Duration::from_micros(100 << (version % 8));
                while Instant::now() < until && !over.load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            }
        });
        let _when_this_ends = Over(&over);
        while (done < 20 || refused < 20) && done + refused < 20_000 {
            match world.deploy("skill:pdf", Replace::Anything) {
                Ok(_) => done += 1,
                Err(DeployError::Source { .. }) => refused += 1,
                Err(error) => panic!("{error:?}"),
            }
            assert_eq!(world.states(), ["skill:pdf synced"]);
        }
    });
    assert!(done >= 20 && refused >= 20, "{done} done, {refused} refused");
    world.nothing_is_left_over();
}
