//! A thousand steps of every sort at random: whenever it is asked, the service answers what a scan
//! answers.

pub(super) mod steps;

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use skillstat_app::App;
use steps::Steps;

use super::{Followed, deploy};
use crate::support::seed;

/// How often a service begins while things change.
const BEGINNINGS: usize = 20;

/// How many steps there are before it begins, and after.
const BEFORE: usize = 100;
const AFTER: usize = 100;

/// When a stamp is old enough to tell what changes later.
const OLD: Duration = Duration::from_millis(50);

/// How many steps a history has.
const STEPS: usize = 1000;

/// A root that is a link, one in it, and one that may not be there.
const SETTINGS: [(&str, &str); 2] = [
    ("SKILLSTAT_ROOTS", "~/tree:~/tree/b/c/d:~/link"),
    ("SKILLSTAT_EXCLUDE", "left-out:.left-out:~/tree/a/nod*"),
];

fn tree(base: &Path) {
    deploy(&base.join("tree/a/.claude"), "pdf", "text 0");
    symlink("one", base.join("link")).expect("writable");
}

async fn history(seed: u64, followed: &Followed) {
    let mut steps = Steps::new(seed, followed.base.clone());
    let (mut told, mut most) = (Vec::new(), 0);
    for number in 0..STEPS {
        told.push(steps.step());
        // Several together too: what they mean is told at once.
        if steps.number(3) > 0 {
            let last = told[told.len().saturating_sub(8)..].join("\n  ");
            let what = format!("seed {seed}, step {number}, the last of\n  {last}\n");
            most = most.max(followed.check(&what).await);
        }
    }
    assert!(most >= 5, "seed {seed}: nothing has happened where it counts: {most} projects");
}

/// Has the index remember all that is there, which it does of what is old enough.
fn remember(command: &App, base: &Path) {
    let changed = |path: &Path| {
        let found = fs::symlink_metadata(path).expect("nothing else happens");
        Duration::new(
            found.ctime().try_into().unwrap_or(0),
            found.ctime_nsec().try_into().unwrap_or(0),
        )
    };
    let (mut ahead, mut last) = (vec![base.to_owned()], Duration::ZERO);
    while let Some(path) = ahead.pop() {
        last = last.max(changed(&path));
        let entries = fs::read_dir(&path).into_iter().flatten();
        ahead.extend(entries.map(|entry| entry.expect("it is there").path()));
    }
    while UNIX_EPOCH.elapsed().expect("it is later") < last + OLD {
        std::thread::yield_now();
    }
    let service = command.statistics();
    service.overview(&service.inventory(&()), &|_, _| true, &());
    let _kept = command.keep_index();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_steps_at_random() {
    let followed = Followed::over(&SETTINGS, tree).await;
    history(seed("LIVE_SEED"), &followed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_steps_at_random_while_others_ask() {
    let followed = Followed::over(&SETTINGS, tree).await;
    let done = Arc::new(AtomicBool::new(false));
    let (query, until) = (Arc::clone(&followed.live.query), Arc::clone(&done));
    let asking = tokio::spawn(async move {
        let asked = "skill:pdf".parse().expect("an id");
        while !until.load(Ordering::SeqCst) {
            query.overview().await.expect("it answers");
            query.statistics(&asked).await.expect("it answers");
        }
    });
    history(seed("LIVE_SEED"), &followed).await;
    done.store(true, Ordering::SeqCst);
    asking.await.expect("it does not panic");
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_at_random_while_the_service_begins() {
    // What comes and goes after the first scan and before its watch is found by the next.
    for _ in 0..BEGINNINGS {
        let (seed, mut stepping) = (seed("LIVE_SEED"), None);
        let begun = Arc::new(AtomicBool::new(false));
        let followed = Followed::begin_after(&SETTINGS, tree, |command, base| {
            let mut steps = Steps::new(seed, base.to_owned());
            (0..BEFORE).for_each(|_| drop(steps.step()));
            if seed % 2 == 0 {
                remember(command, base);
            }
            let until = Arc::clone(&begun);
            stepping = Some(std::thread::spawn(move || {
                while !until.load(Ordering::SeqCst) {
                    steps.step();
                }
                steps
            }));
        });
        followed.is_watched().await;
        begun.store(true, Ordering::SeqCst);
        let mut steps = stepping.expect("made").join().expect("it does not panic");
        followed.is_watched().await;
        for number in 0..AFTER {
            let what = format!("seed {seed}, {number} steps after it has begun");
            followed.check(&what).await;
            steps.step();
        }
    }
}
